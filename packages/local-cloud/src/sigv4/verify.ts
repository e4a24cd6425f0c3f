/**
 * Verification of a request's signature. The order is chosen so that nothing a stranger sends is trusted early: the shape, the scope, who owns the key, the time, what
 * had to be signed, and then the signature itself, compared in constant time.
 */
import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { AwsError } from '../http/aws-error.ts';
import { formatAmzDate, parseAmzDate } from './amz-date.ts';
import { canonicalRequest, stringToSign } from './canonical-request.ts';
import type { Claim } from './claim.ts';
import type { FormClaim } from './form-claim.ts';
import { scopeText, type SigningKeys } from './signing-key.ts';
import type { WireRequest } from './wire-request.ts';

/** How far a client's clock may be off, in milliseconds. */
const MAX_SKEW = 15 * 60_000;

/** What chunk signatures go on from. */
export interface Verified {
  readonly signingKey: KeyObject;
  readonly scope: string;
  readonly amzDate: string;
  readonly signature: string;
}

/** Checks that a claim is made for this place and for now. @throws AwsError in S3's words. */
export function checkScopeAndTime(claim: Claim, region: string, now: number): void {
  const time = parseAmzDate(claim.amzDate);
  if (time === undefined) throw new AwsError(403, 'AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header');
  if (!claim.amzDate.startsWith(claim.scopeDate)) {
    throw malformed(
      claim,
      `The authorization header is malformed; the date in the credential scope must be the date of the request, ${claim.amzDate.slice(0, 8)}.`,
    );
  }
  if (claim.region !== region) {
    throw malformed(claim, `The authorization header is malformed; the region '${claim.region}' is wrong; expecting '${region}'`, { Region: region });
  }
  // How long a form is good for is said by its policy, which is read once its signature is verified.
  if (claim.carrier === 'form') return;
  if (claim.expires === undefined) checkSkew(claim.amzDate, time, now);
  else checkExpiry(claim.expires, time, now);
}

function checkSkew(amzDate: string, time: number, now: number): void {
  if (Math.abs(now - time) <= MAX_SKEW) return;
  throw new AwsError(403, 'RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.', {
    RequestTime: amzDate,
    ServerTime: new Date(now).toISOString(),
    MaxAllowedSkewMilliseconds: String(MAX_SKEW),
  });
}

function checkExpiry(expires: number, time: number, now: number): void {
  if (time > now + MAX_SKEW) throw new AwsError(403, 'AccessDenied', 'Request is not valid yet', { 'X-Amz-Date': formatAmzDate(time) });
  if (now < time + expires * 1000) return;
  throw new AwsError(403, 'AccessDenied', 'Request has expired', {
    'X-Amz-Expires': String(expires),
    Expires: new Date(time + expires * 1000).toISOString(),
    ServerTime: new Date(now).toISOString(),
  });
}

function malformed(claim: Claim, message: string, fields: Readonly<Record<string, string>> = {}): AwsError {
  return new AwsError(400, claim.carrier === 'header' ? 'AuthorizationHeaderMalformed' : 'AuthorizationQueryParametersError', message, fields);
}

/**
 * Checks the signature.
 * @param payloadHash the last line of the canonical request: a hash in hexadecimal or one of S3's words for an unsigned or streamed body
 * @throws AwsError 403 `SignatureDoesNotMatch`, or `AccessDenied` where a header that has power was not signed.
 */
export function verifySignature(request: WireRequest, claim: Claim, secret: string, payloadHash: string, keys: SigningKeys): Verified {
  checkSignedHeaders(request, claim);
  const scope = scopeText(claim);
  const signingKey = keys.derive(claim.accessKeyId, secret, claim);
  const canonical = canonicalRequest(request, claim.service, claim.signedHeaders, payloadHash);
  compare(claim, signingKey, stringToSign(claim.amzDate, scope, canonical), { CanonicalRequest: printable(canonical) });
  return { signingKey, scope, amzDate: claim.amzDate, signature: claim.signature };
}

/** Checks the signature of a form, which covers its policy in base64. @throws AwsError 403 `SignatureDoesNotMatch`. */
export function verifyFormSignature(claim: FormClaim, secret: string, keys: SigningKeys): void {
  compare(claim, keys.derive(claim.accessKeyId, secret, claim), claim.policy, { StringToSign: claim.policy });
}

function compare(claim: Claim, signingKey: KeyObject, signed: string, fields: Readonly<Record<string, string>>): void {
  const expected = createHmac('sha256', signingKey).update(signed).digest();
  if (timingSafeEqual(expected, Buffer.from(claim.signature, 'hex'))) return;
  const message = 'The request signature we calculated does not match the signature you provided. Check your key and signing method.';
  throw new AwsError(403, 'SignatureDoesNotMatch', message, { AWSAccessKeyId: claim.accessKeyId, SignatureProvided: claim.signature, ...fields });
}

/** Host and all of `x-amz-*` must be signed, or someone on the way could add them. A browser's `x-amz-user-agent` has no power. */
function checkSignedHeaders(request: WireRequest, { signedHeaders }: Claim): void {
  const unsigned: string[] = signedHeaders.includes('host') ? [] : ['host'];
  for (const name of request.headers.keys()) {
    if (name.startsWith('x-amz-') && name !== 'x-amz-user-agent' && !signedHeaders.includes(name)) unsigned.push(name);
  }
  if (unsigned.length === 0) return;
  throw new AwsError(403, 'AccessDenied', 'There were headers present in the request which were not signed', { HeadersNotSigned: unsigned.join(', ') });
}

/** The session token is a secret and stays out of an error. */
function printable(canonical: string): string {
  return canonical.replace(/(X-Amz-Security-Token=|x-amz-security-token:)[^&\n]*/g, '$1…').slice(0, 4096);
}
