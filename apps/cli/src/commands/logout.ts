/** `hq logout`: forgets the tokens of this profile; `--everywhere` also ends all other sign-ins of this person. */
import { toIso } from '@hq/shared/time';
import { defineVerb } from '../verb.ts';

export default defineVerb({
  summary: 'Sign out here, or everywhere',
  options: { everywhere: { type: 'boolean', help: 'Also end the sign-ins on all other devices' } },
  run: async ({ hq, out }, { options }) => {
    const client = await hq();
    if (options.everywhere) {
      const { sessionsEndBy } = await client.api.me.signOutEverywhere.mutate();
      if (sessionsEndBy !== null) out.note(`Storage sessions that exist already end by ${toIso(sessionsEndBy)}.`);
    }
    const wasSignedIn = await client.signOut();
    out.data({ signedOut: wasSignedIn }, () => (wasSignedIn ? 'Signed out.' : 'Nobody was signed in.'));
  },
});
