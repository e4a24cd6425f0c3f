/**
 * The canonical request and the string to sign.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { hash } from 'node:crypto';
import { canonicalEncoding, encodeText } from './percent.ts';
import type { QueryParameter, WireRequest } from './wire-request.ts';

/** The canonical request, as Latin-1 text: one character is one byte of what is hashed. */
export function canonicalRequest(request: WireRequest, service: string, signedHeaders: readonly string[], payloadHash: string): string {
  const headers = signedHeaders.map((name) => `${name}:${collapse(request.headers.get(name) ?? '')}\n`).join('');
  return [request.method, canonicalPath(request.rawPath, service), canonicalQuery(request.query), headers, signedHeaders.join(';'), payloadHash].join('\n');
}

/** `AWS4-HMAC-SHA256`, the time, the scope and the hash of the canonical request. */
export function stringToSign(amzDate: string, scope: string, canonical: string): string {
  return `AWS4-HMAC-SHA256\n${amzDate}\n${scope}\n${hash('sha256', Buffer.from(canonical, 'latin1'), 'hex')}`;
}

/** S3 signs the path as it is, since `a/../b` and `a//b` are keys; all others normalise it and encode it a second time. */
function canonicalPath(rawPath: string, service: string): string {
  const path = canonicalEncoding(rawPath, 'path');
  if (service === 's3') return path;
  const kept: string[] = [];
  const segments = path.split('/');
  for (const segment of segments) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(encodeText(segment));
  }
  const last = segments.at(-1);
  const folder = kept.length > 0 && (last === '' || last === '.' || last === '..');
  return `/${kept.join('/')}${folder ? '/' : ''}`;
}

function canonicalQuery(query: readonly QueryParameter[]): string {
  return query
    .filter(({ name }) => name !== 'X-Amz-Signature')
    .map(({ encodedName, encodedValue }) => ({ name: encodedName, pair: `${encodedName}=${encodedValue}`, value: encodedValue }))
    .sort((left, right) => order(left.name, right.name) || order(left.value, right.value))
    .map(({ pair }) => pair)
    .join('&');
}

const order = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

function collapse(value: string): string {
  return /\s\s|\t/.test(value) ? value.replace(/\s+/g, ' ') : value;
}
