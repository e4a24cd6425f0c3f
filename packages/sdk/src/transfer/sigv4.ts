/**
 * AWS Signature Version 4 for S3, in headers. Small because S3's rules are the simple ones: the path is signed as it is sent, nothing is normalised, and every
 * header that we send and that matters is signed.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
import type { Hashing } from './hashing.ts';

export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A request before it is signed. Header names are in lower case; `host` is among them. */
export interface UnsignedRequest {
  readonly method: string;
  /** Percent-encoded as it goes on the wire. */
  readonly path: string;
  /** Encoded and in order, as `canonicalQuery` makes it; empty for none. */
  readonly query: string;
  readonly headers: Record<string, string>;
  /** SHA-256 of the body in hex, or `UNSIGNED-PAYLOAD`. */
  readonly payloadHash: string;
}

/** The hash of nothing. */
export const emptyPayloadHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** For bodies over TLS, which guards them already. */
export const unsignedPayload = 'UNSIGNED-PAYLOAD';

const reserved: Readonly<Record<string, string>> = { '!': '%21', "'": '%27', '(': '%28', ')': '%29', '*': '%2A' };

/** RFC 3986's encoding: everything but letters, digits, `-`, `.`, `_` and `~`, as UTF-8. */
export function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => reserved[character] ?? character);
}

/** A key as a path: every segment encoded, the slashes kept. */
export function encodeKey(key: string): string {
  // Most keys hold nothing that needs encoding.
  return /^[A-Za-z0-9/._~-]*$/.test(key) ? key : encodeRfc3986(key).replaceAll('%2F', '/');
}

/** Parameters encoded, and sorted by their encoded names. */
export function canonicalQuery(parameters: Readonly<Record<string, string | undefined>>): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) pairs.push(`${encodeRfc3986(name)}=${encodeRfc3986(value)}`);
  }
  return pairs.sort().join('&');
}

/** Seconds since 1970 as `20260130T120000Z`. */
export function amzDate(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

export interface Signer {
  /** Adds `x-amz-date`, `x-amz-content-sha256`, `x-amz-security-token` and `authorization` to the request's headers. */
  sign(request: UnsignedRequest, credentials: SigningCredentials, epochSeconds: number): void;
}

/** A signer for one region's S3. It keeps the last signing keys, which change with the day and with the credentials only. */
export function createSigner(region: string, hashing: Hashing, service = 's3'): Signer {
  const keys = new Map<string, Uint8Array>();
  let dateSecond = -1;
  let date = '';

  const keyFor = (secret: string, day: string): Uint8Array => {
    const name = `${day}${secret}`;
    let key = keys.get(name);
    if (key === undefined) {
      if (keys.size > 32) keys.clear();
      key = hashing.hmac(hashing.hmac(hashing.hmac(hashing.hmac(`AWS4${secret}`, day), region), service), 'aws4_request');
      keys.set(name, key);
    }
    return key;
  };

  return {
    sign: (request, credentials, epochSeconds) => {
      if (epochSeconds !== dateSecond) {
        date = amzDate(epochSeconds);
        dateSecond = epochSeconds;
      }
      const { headers } = request;
      headers['x-amz-date'] = date;
      headers['x-amz-content-sha256'] = request.payloadHash;
      if (credentials.sessionToken !== undefined) headers['x-amz-security-token'] = credentials.sessionToken;
      const names = Object.keys(headers).sort();
      let lines = '';
      for (const name of names) lines += `${name}:${(headers[name] ?? '').trim().replace(/ {2,}/g, ' ')}\n`;
      const signed = names.join(';');
      const canonical = `${request.method}\n${request.path}\n${request.query}\n${lines}\n${signed}\n${request.payloadHash}`;
      const day = date.slice(0, 8);
      const scope = `${day}/${region}/${service}/aws4_request`;
      const toSign = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hashing.sha256(canonical)}`;
      const signature = hashing.hmacHex(keyFor(credentials.secretAccessKey, day), toSign);
      headers['authorization'] = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope},SignedHeaders=${signed},Signature=${signature}`;
    },
  };
}
