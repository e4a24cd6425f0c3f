/** Takes a body in, with every digest verified and the ones to keep computed, on one pass. */
import { createHash, randomBytes } from 'node:crypto';
import { AwsError } from '../../../http/aws-error.ts';
import type { Call } from '../../service.ts';
import { type ChecksumAlgorithm, checksumHeader, startTally } from '../checksum/algorithms.ts';
import { claimedChecksum, readContentMd5, verifyChecksum } from '../checksum/claims.ts';
import type { S3Request } from '../core.ts';
import { type Received, receiveBody } from '../store/body-writer.ts';
import type { Checksum } from '../store/records.ts';
import { badContentMd5 } from '../wire/read-body.ts';
import { type NewDataKey, objectName } from './encryption.ts';

/** The largest body of one PUT, part or copy: 5 GiB. */
export const MAX_PUT_BYTES = 5 * 1024 ** 3;

/** What S3 computes where the client asks for nothing. */
export const DEFAULT_ALGORITHM: ChecksumAlgorithm = 'CRC64NVME';

export interface Taken {
  readonly received: Received;
  /** The MD5 of the plaintext in hex; opaque under SSE-KMS, as on AWS, so that the index holds no fingerprint of what is encrypted. */
  readonly etag: string;
  readonly checksum: Checksum;
}

/** Takes the request's own body, and verifies what the client claims about it. `keep` is the checksum to keep; else the claimed one, else the default. */
export async function takeRequestBody(
  request: S3Request,
  key: NewDataKey,
  { keep, body = request.call.body }: { readonly keep?: ChecksumAlgorithm; readonly body?: AsyncIterable<Uint8Array> } = {},
): Promise<Taken> {
  const { call } = request;
  // A form says how long it is as a whole, not how long its file is.
  if (call.form === undefined) checkLength(call.bodyLength);
  const claim = claimedChecksum(call);
  return takeBody(request, key, body, { claims: call, algorithm: keep ?? claim?.algorithm ?? DEFAULT_ALGORITHM });
}

/** Takes any stream of bytes for the request's key. `claims` is the call whose digests must hold. */
export async function takeBody(
  { core, bucket, key: name }: S3Request,
  { dataKey, encryption }: NewDataKey,
  body: AsyncIterable<Uint8Array>,
  { claims, algorithm }: { readonly claims?: Call; readonly algorithm: ChecksumAlgorithm },
): Promise<Taken> {
  const claimedMd5 = claims && readContentMd5(claims);
  const claim = claims && claimedChecksum(claims);
  const fingerprint = encryption.algorithm === 'AES256';
  const md5 = claimedMd5 !== undefined || fingerprint ? createHash('md5') : undefined;
  const kept = startTally(algorithm);
  const claimed = claim === undefined || claim.algorithm === algorithm ? kept : startTally(claim.algorithm);
  let length = 0;
  const received = await receiveBody(core.blobs, dataKey, objectName(bucket, name), body, (piece) => {
    length += piece.byteLength;
    if (length > MAX_PUT_BYTES) throw entityTooLarge(length);
    md5?.update(piece);
    kept.update(piece);
    if (claimed !== kept) claimed.update(piece);
  });
  try {
    const digest = md5?.digest();
    if (claimedMd5 !== undefined && digest?.equals(claimedMd5) !== true) throw badContentMd5();
    const sum = kept.digest();
    if (claims !== undefined && claim !== undefined) verifyChecksum(claims, claim, claimed === kept ? sum : claimed.digest());
    const etag = fingerprint && digest !== undefined ? digest.toString('hex') : randomBytes(16).toString('hex');
    return { received, etag, checksum: { algorithm, value: sum.toString('base64'), type: 'FULL_OBJECT' } };
  } catch (error) {
    received.discard();
    throw error;
  }
}

/** A checksum as response headers. */
export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  return checksum === undefined ? {} : { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type };
}

function checkLength(length: number | undefined): void {
  if (length === undefined) throw new AwsError(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  if (length > MAX_PUT_BYTES) throw entityTooLarge(length);
}

function entityTooLarge(size: number): AwsError {
  const fields = { ProposedSize: String(size), MaxSizeAllowed: String(MAX_PUT_BYTES) };
  return new AwsError(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', fields);
}
