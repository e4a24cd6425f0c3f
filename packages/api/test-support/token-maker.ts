/** An issuer's hand: signs whatever a test wants, with a key that is published, or one that is not. */
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export interface TokenMaker {
  /** The published keys. */
  readonly jwks: { readonly keys: object[] };
  /** Signed with the published key unless told otherwise; claims that are undefined are left out. */
  sign(claims: Readonly<Record<string, unknown>>, options?: { readonly stranger?: boolean; readonly kid?: string }): Promise<string>;
}

export async function makeTokens(kid = 'key-1'): Promise<TokenMaker> {
  const [ours, strangers] = await Promise.all([generateKeyPair('RS256', { extractable: true }), generateKeyPair('RS256')]);
  const jwk = { ...(await exportJWK(ours.publicKey)), kid, alg: 'RS256', use: 'sig' };
  return {
    jwks: { keys: [jwk] },
    sign(claims, options = {}) {
      const present = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined)) as JWTPayload;
      const key = options.stranger === true ? strangers.privateKey : ours.privateKey;
      return new SignJWT(present).setProtectedHeader({ alg: 'RS256', kid: options.kid ?? kid }).sign(key);
    },
  };
}

/** A token with one of its three parts edited. */
export function edited(token: string, part: 0 | 1 | 2, edit: (text: string) => string): string {
  const parts = token.split('.');
  parts[part] = Buffer.from(edit(Buffer.from(parts[part] ?? '', 'base64url').toString('latin1')), 'latin1').toString('base64url');
  return parts.join('.');
}
