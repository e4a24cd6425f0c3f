/**
 * An encryption context is bound to a ciphertext as additional authenticated data: whoever decrypts must bring exactly the same pairs, in any order.
 * https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html
 */
import * as z from 'zod';
import { validation } from '../json-protocol.ts';

/** Pairs sorted by the UTF-8 bytes of their keys. Pairs, not an object: a key may be `__proto__`. */
export type EncryptionContext = readonly (readonly [string, string])[];

const maxBytes = 8192;

/** Reads the member `EncryptionContext` of a request. */
export const encryptionContext = z
  .unknown()
  .optional()
  .transform((value): EncryptionContext => {
    if (value === undefined || value === null) return [];
    if (typeof value !== 'object' || Array.isArray(value)) throw validation('EncryptionContext must be an object of strings.');
    let size = 0;
    const pairs: [string, string][] = [];
    for (const [key, text] of Object.entries(value)) {
      if (typeof text !== 'string' || key === '') throw validation('EncryptionContext must map names that are not empty to strings.');
      size += Buffer.byteLength(key) + Buffer.byteLength(text);
      pairs.push([key, text]);
    }
    if (size > maxBytes) throw validation(`EncryptionContext must not be larger than ${maxBytes} bytes.`);
    return sorted(pairs);
  });

/** The same from a plain object of the program's own. */
export function contextOf(values: Readonly<Record<string, string>>): EncryptionContext {
  return sorted(Object.entries(values));
}

/** One unambiguous byte string: every name and value is preceded by its length in bytes. */
export function contextBytes(context: EncryptionContext): Buffer {
  const parts: Buffer[] = [];
  for (const pair of context) {
    for (const text of pair) {
      const bytes = Buffer.from(text);
      const length = Buffer.allocUnsafe(4);
      length.writeUInt32BE(bytes.length);
      parts.push(length, bytes);
    }
  }
  return Buffer.concat(parts);
}

function sorted(pairs: [string, string][]): EncryptionContext {
  return pairs.length < 2 ? pairs : pairs.sort(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
}
