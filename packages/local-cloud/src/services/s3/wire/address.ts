/** Which bucket and key a request names: path style (`/bucket/key`) or virtual-host style (`bucket.localhost/key`). */
import { AwsError } from '../../../http/aws-error.ts';

export interface Address {
  /** Undefined for the service itself (ListBuckets). */
  readonly bucket: string | undefined;
  /** Undefined for a bucket; never empty. */
  readonly key: string | undefined;
}

const MAX_KEY_BYTES = 1024;

/**
 * Reads the address. Segments are never normalised: `//`, `.` and `..` are ordinary parts of a key.
 * @param host the Host header.
 * @param rawPath the path as it came, percent-encoded.
 * @param domains names below which a label is a bucket, for example `localhost`.
 * @throws AwsError 400 `InvalidURI` or `KeyTooLongError`.
 */
export function readAddress(host: string | undefined, rawPath: string, domains: readonly string[]): Address {
  const path = rawPath.startsWith('/') ? rawPath.slice(1) : rawPath;
  const virtual = bucketOfHost(host, domains);
  if (virtual !== undefined) return { bucket: virtual, key: readKey(path) };
  const slash = path.indexOf('/');
  const bucket = decode(slash < 0 ? path : path.slice(0, slash));
  return bucket === '' ? { bucket: undefined, key: undefined } : { bucket, key: slash < 0 ? undefined : readKey(path.slice(slash + 1)) };
}

function bucketOfHost(host: string | undefined, domains: readonly string[]): string | undefined {
  const name = host?.replace(/:\d+$/, '').toLowerCase() ?? '';
  if (domains.includes(name)) return undefined;
  const domain = domains.find((candidate) => name.endsWith(`.${candidate}`));
  return domain === undefined ? undefined : name.slice(0, -domain.length - 1);
}

function readKey(encoded: string): string | undefined {
  const key = decode(encoded);
  checkKey(key);
  return key === '' ? undefined : key;
}

/** @throws AwsError 400 `KeyTooLongError` over 1,024 bytes of UTF-8. */
export function checkKey(key: string): void {
  const bytes = Buffer.byteLength(key);
  if (bytes > MAX_KEY_BYTES) {
    throw new AwsError(400, 'KeyTooLongError', 'Your key is too long', { Size: String(bytes), MaxSizeAllowed: String(MAX_KEY_BYTES) });
  }
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new AwsError(400, 'InvalidURI', "Couldn't parse the specified URI.");
  }
}
