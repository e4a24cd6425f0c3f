/** Percent-encoding as SigV4 wants it: RFC 3986's unreserved characters stand for themselves, every other byte is `%XX` in capitals. */
import { AwsError } from '../http/aws-error.ts';

const PLAIN = /^[A-Za-z0-9\-._~]*$/;
const PLAIN_PATH = /^[A-Za-z0-9\-._~/]*$/;
const PIECE = /%([0-9A-Fa-f]{2})|[\s\S]/g;

/** Which characters mean something in the part of a URI that is rewritten. */
export type UriPart = 'path' | 'query';

/**
 * Rewrites what came on the wire into SigV4's one spelling, byte by byte, so that text that is no UTF-8 keeps its bytes.
 * In a path `/` stays; in a query `+` is a space.
 * @throws AwsError 400 `InvalidURI` for a `%` without two hexadecimal digits.
 */
export function canonicalEncoding(wire: string, part: UriPart): string {
  if ((part === 'path' ? PLAIN_PATH : PLAIN).test(wire)) return wire;
  return wire.replace(PIECE, (piece: string, hex: string | undefined) => {
    if (hex !== undefined) {
      const character = String.fromCharCode(Number.parseInt(hex, 16));
      return PLAIN.test(character) || (part === 'path' && character === '/') ? character : `%${hex.toUpperCase()}`;
    }
    if (piece === '%') throw new AwsError(400, 'InvalidURI', "Couldn't parse the specified URI.");
    if (PLAIN.test(piece) || (part === 'path' && piece === '/')) return piece;
    if (part === 'query' && piece === '+') return '%20';
    // Node hands over a request line as Latin-1, so a character is a byte.
    return `%${piece.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
}

/** Encodes text that is not encoded yet, `/` included. */
export function encodeText(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Decodes a canonical encoding. @throws AwsError 400 `InvalidURI` where the bytes are no UTF-8. */
export function decodeCanonical(canonical: string): string {
  if (!canonical.includes('%')) return canonical;
  try {
    return decodeURIComponent(canonical);
  } catch {
    throw new AwsError(400, 'InvalidURI', "Couldn't parse the specified URI: it is not UTF-8.");
  }
}
