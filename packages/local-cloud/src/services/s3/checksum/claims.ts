/** The digests that a client claims for its body: Content-MD5, one `x-amz-checksum-…` header, or a trailer that was announced. */
import { AwsError } from '../../../http/aws-error.ts';
import type { Call } from '../../service.ts';
import { ALGORITHMS, algorithmNamed, type ChecksumAlgorithm, checksumHeader, DIGEST_BYTES } from './algorithms.ts';

export interface ChecksumClaim {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; undefined while it is still to come as a trailer. */
  readonly value: string | undefined;
}

/** Bytes of a base64 text that has exactly this many of them, or undefined. */
function decodeDigest(text: string, bytes: number): Buffer | undefined {
  const decoded = Buffer.from(text, 'base64');
  return decoded.byteLength === bytes && decoded.toString('base64') === text ? decoded : undefined;
}

/** Content-MD5, or undefined. @throws AwsError 400 `InvalidDigest` where it is no digest. */
export function readContentMd5(call: Call): Buffer | undefined {
  const text = call.header('content-md5');
  if (text === undefined) return undefined;
  const digest = decodeDigest(text, 16);
  if (digest === undefined) throw new AwsError(400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.', { 'Content-MD5': text });
  return digest;
}

/** What the client says about its body's checksum. @throws AwsError 400 `InvalidRequest` where headers contradict each other or hold no digest. */
export function claimedChecksum(call: Call): ChecksumClaim | undefined {
  const claims: ChecksumClaim[] = [];
  for (const algorithm of ALGORITHMS) {
    const value = headerAlone(call, checksumHeader(algorithm));
    if (value !== undefined) claims.push({ algorithm, value: checkedValue(algorithm, value) });
  }
  for (const name of trailerNames(call)) {
    const algorithm = ALGORITHMS.find((candidate) => checksumHeader(candidate) === name);
    if (algorithm === undefined) throw new AwsError(400, 'InvalidRequest', 'The value specified in the x-amz-trailer header is not supported');
    claims.push({ algorithm, value: undefined });
  }
  const [claim, second] = claims;
  if (second !== undefined) throw new AwsError(400, 'InvalidRequest', 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.');
  checkAnnounced(call, claim);
  return claim;
}

/** A real header. The SDK that presigns a PUT writes the checksum of the empty body it sees into the URL; S3 takes no checksum from there. */
function headerAlone(call: Call, name: string): string | undefined {
  return call.ownHeader(name);
}

function trailerNames(call: Call): string[] {
  const header = call.header('x-amz-trailer');
  return header === undefined
    ? []
    : header
        .toLowerCase()
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '');
}

/** `x-amz-sdk-checksum-algorithm` must agree with the checksum that came. */
function checkAnnounced(call: Call, claim: ChecksumClaim | undefined): void {
  const announced = headerAlone(call, 'x-amz-sdk-checksum-algorithm');
  if (announced === undefined) return;
  const algorithm = algorithmNamed(announced);
  if (algorithm === undefined || (claim !== undefined && claim.algorithm !== algorithm)) {
    throw new AwsError(400, 'InvalidRequest', 'Value for x-amz-sdk-checksum-algorithm header is invalid.');
  }
  if (claim === undefined && call.bodyLength !== undefined && call.bodyLength > 0) {
    const message = 'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.';
    throw new AwsError(400, 'InvalidRequest', message);
  }
}

function checkedValue(algorithm: ChecksumAlgorithm, value: string): string {
  if (decodeDigest(value, DIGEST_BYTES[algorithm]) === undefined) {
    throw new AwsError(400, 'InvalidRequest', `Value for ${checksumHeader(algorithm)} header is invalid.`);
  }
  return value;
}

/** After the body: the claim against what was received. @returns the checksum in base64. @throws AwsError 400 `BadDigest` or `InvalidRequest`. */
export function verifyChecksum(call: Call, claim: ChecksumClaim, received: Buffer): string {
  const trailer = claim.value ?? call.trailers.get(checksumHeader(claim.algorithm));
  if (trailer === undefined)
    throw new AwsError(
      400,
      'MalformedTrailerError',
      'The request contained trailing data that was not well-formed or did not conform to our published schema.',
    );
  const actual = received.toString('base64');
  if (checkedValue(claim.algorithm, trailer) !== actual) {
    throw new AwsError(400, 'BadDigest', `The ${claim.algorithm} you specified did not match the calculated checksum.`);
  }
  return actual;
}
