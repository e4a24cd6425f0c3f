/**
 * Identifiers. Each kind has a prefix of its own, so that one can't be taken for another, and 26 base-32 characters of randomness (130 bits), so that none
 * can be guessed and none is ever used twice. A person's id is the `sub` of their token and is not made here.
 */

/** Crockford's base 32 in lower case: valid in a bucket name, no letter that reads as a digit. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const randomPart = '[0-9a-hjkmnp-tv-z]{26}';

export const idPrefixes = {
  organization: 'cmp',
  group: 'grp',
  invitation: 'inv',
  term: 'trm',
  session: 'ses',
  audit: 'aud',
} as const;

export type IdKind = keyof typeof idPrefixes;

/** Fills a buffer with unpredictable bytes: `crypto.getRandomValues` in production. */
export type RandomBytes = (length: number) => Uint8Array;

/** A new identifier, for example `cmp_3v7x…`. */
export function newId(kind: IdKind, randomBytes: RandomBytes): string {
  let id = `${idPrefixes[kind]}_`;
  // 32 divides 256, so the low five bits of a uniform byte are uniform.
  for (const byte of randomBytes(26)) id += alphabet[byte & 31];
  return id;
}

/** The exact form of one kind of identifier. */
export function idPattern(kind: IdKind): RegExp {
  return new RegExp(`^${idPrefixes[kind]}_${randomPart}$`);
}

/** A person's id: the `sub` claim of Cognito or of the local issuer, a UUID in both. */
export const personIdPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
