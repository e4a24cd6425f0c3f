/** `hq auth status`: what this profile holds, without asking the server. */
import { toIso } from '@hq/shared/time';
import { defineVerb } from '../../verb.ts';

export default defineVerb({
  summary: 'Show whether this profile is signed in, and until when its token lasts',
  run: async ({ hq, out, settings }) => {
    const tokens = await (await hq()).tokens.current();
    if (tokens === undefined) {
      out.data({ server: settings.server, signedIn: false }, () => `Not signed in to ${settings.server}. Sign in with "hq login".`);
      return 1;
    }
    const { issuer, expiresAt } = tokens;
    out.data({ server: settings.server, signedIn: true, issuer, accessTokenExpiresAt: expiresAt }, () => [
      `Signed in to ${settings.server}`,
      `issuer        ${issuer}`,
      expiresAt * 1000 > Date.now() ? `access token  until ${toIso(expiresAt)}, renewed by itself` : 'access token  ended, renewed by the next call',
    ]);
    return 0;
  },
});
