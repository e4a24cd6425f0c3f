/** Which vault a folder's marker has to name. */
import type { Hq } from '@hq/sdk';

/** The person whose tokens these are, for comparison with a marker; the server decides by the token itself. Empty for a token of another shape. */
async function personOf(hq: Hq): Promise<string> {
  const [, payload = ''] = (await hq.tokens.accessToken()).split('.');
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof claims === 'object' && claims !== null && 'sub' in claims && typeof claims.sub === 'string' ? claims.sub : '';
  } catch {
    return '';
  }
}

/** `cmp_…` for an organization's vault; one's own is `usr_…`, since `personal` means another vault to everyone. */
export async function vaultIdOf(hq: Hq, selector: string): Promise<string> {
  return selector === 'personal' ? `usr_${await personOf(hq)}` : selector;
}

/** The other way round: what the API calls the vault that a marker names. */
export function selectorOf(vaultId: string): string {
  return vaultId.startsWith('usr_') ? 'personal' : vaultId;
}
