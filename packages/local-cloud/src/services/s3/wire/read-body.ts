/** Small request bodies (XML, JSON policies), read whole and checked against the digests that the client sent. */
import { createHash } from 'node:crypto';
import { AwsError } from '../../../http/aws-error.ts';
import type { Call } from '../../service.ts';
import { claimedChecksum, readContentMd5, verifyChecksum } from '../checksum/claims.ts';
import { startTally } from '../checksum/algorithms.ts';
import { parseXml, type XmlElement } from './read-xml.ts';

/** The largest body of a configuration or batch request: a DeleteObjects of 1,000 keys of 1,024 escaped bytes fits. */
const MAX_BYTES = 8 * 1024 * 1024;

/** The whole body. @throws AwsError 400 where it is too long or a digest does not hold. */
export async function readBody(call: Call, limit = MAX_BYTES): Promise<Buffer> {
  const tooLong = (): AwsError => new AwsError(400, 'MaxMessageLengthExceeded', 'Your request was too big.', { MaxMessageLengthBytes: String(limit) });
  if (call.bodyLength !== undefined && call.bodyLength > limit) throw tooLong();
  const md5 = readContentMd5(call);
  const claim = claimedChecksum(call);
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of call.body) {
    length += piece.byteLength;
    if (length > limit) throw tooLong();
    pieces.push(piece);
  }
  const body = Buffer.concat(pieces);
  if (md5 !== undefined && !createHash('md5').update(body).digest().equals(md5)) throw badContentMd5();
  if (claim !== undefined) {
    const tally = startTally(claim.algorithm);
    tally.update(body);
    verifyChecksum(call, claim, tally.digest());
  }
  return body;
}

/** The refusal where Content-MD5 does not fit the body. */
export function badContentMd5(): AwsError {
  return new AwsError(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.');
}

/** The body as XML with this root. @throws AwsError 400 `MalformedXML`. */
export async function readXmlBody(call: Call, ...roots: readonly string[]): Promise<XmlElement> {
  const body = await readBody(call);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return parseXml('', ...roots);
  }
  return parseXml(text, ...roots);
}
