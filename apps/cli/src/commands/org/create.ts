/** `hq org create`: an organization with a bucket and a key of its own. */
import { defineVerb } from '../../verb.ts';

export default defineVerb({
  summary: 'Make an organization, with storage and a key of its own',
  details: 'Running it again with the same name finishes what was interrupted, or finds what is there.',
  arguments: { name: { help: '1 to 48 lower-case letters, digits and "-"' } },
  options: { use: { type: 'boolean', help: 'Also make it the one that is meant when --org is not given' } },
  run: async ({ hq, out, profile, settings }, { arguments: { name }, options }) => {
    out.progress(`Making ${name} …`);
    const organization = await (await hq()).api.orgs.create.mutate({ name });
    if (options.use) await profile.choose(settings.server, organization.id);
    out.data(organization, () => `${organization.name}  ${organization.role}  ${organization.id}`);
  },
});
