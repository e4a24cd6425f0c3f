/** `hq org use`: which vault is meant when `--org` is not given. */
import { findOrganization } from '../../vault-choice.ts';
import { defineVerb } from '../../verb.ts';

export default defineVerb({
  summary: 'Choose the vault that is meant when --org is not given',
  arguments: { name: { help: 'An organization, by name or id; or "personal" for your own vault' } },
  run: async ({ hq, out, profile, settings }, { arguments: { name } }) => {
    const chosen = name === 'personal' ? { id: 'personal', name: 'your own vault' } : await findOrganization(await hq(), name);
    await profile.choose(settings.server, chosen.id);
    out.data({ vault: chosen.id }, () => `Commands now work in ${chosen.name}.`);
  },
});
