/** AWS's unique ids: four letters for the kind and sixteen of base 32. */
import { createHash, randomBytes } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const spell = (bytes: Uint8Array): string => Array.from(bytes.subarray(0, 16), (byte) => ALPHABET.charAt(byte & 31)).join('');

/** The id of something that has a name of its own: the same for the same name, so that it survives a restart without being written down. */
export function stableId(prefix: 'AIDA' | 'AROA', name: string): string {
  return prefix + spell(createHash('sha256').update(`${prefix}/${name}`).digest());
}

/** A new access key id of a session; 80 random bits. */
export function sessionKeyId(): string {
  return `ASIA${spell(randomBytes(16))}`;
}
