/** `hq org list`: the organizations one is in. */
import { defineVerb } from '../../verb.ts';

export default defineVerb({
  summary: 'List your organizations',
  run: async ({ hq, out, profile, settings }) => {
    const { organizations } = await (await hq()).api.orgs.list.query();
    const chosen = await profile.vault(settings.server);
    out.table(
      { organizations, chosen: chosen ?? 'personal' },
      organizations.map(({ id, name, role, state }) => [id === chosen ? '*' : ' ', name, role, state, id]),
    );
  },
});
