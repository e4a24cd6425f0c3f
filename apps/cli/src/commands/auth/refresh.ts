/** `hq auth refresh`: new tokens now, for a script that wants to start with fresh ones. */
import { toIso } from '@hq/shared/time';
import { defineVerb } from '../../verb.ts';

export default defineVerb({
  summary: 'Renew the access token now',
  run: async ({ hq, out, settings }) => {
    const { expiresAt } = await (await hq()).tokens.refreshNow();
    out.data({ server: settings.server, accessTokenExpiresAt: expiresAt }, () => `Renewed, until ${toIso(expiresAt)}.`);
  },
});
