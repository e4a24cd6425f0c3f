/** `hq members leave`: ends one's own membership. */
import { HqError } from '@hq/shared/errors';
import { departureLines } from '../../access/departure.ts';
import { loadNames } from '../../access/names.ts';
import { organizationOf } from '../../organization.ts';
import { ask, canAsk } from '../../question.ts';
import { findOrganization } from '../../vault-choice.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

export default defineVerb({
  summary: 'Leave an organization',
  details: 'Your files in it stay, your rules go, and coming back takes a new invitation: so a question is asked first, and without a terminal it needs --yes.',
  options: { ...vaultOptions, yes: { type: 'boolean', short: 'y', help: 'Leave without asking' } },
  run: async (context, { options }) => {
    const vault = await organizationOf(context, options.org);
    const hq = await context.hq();
    const { api } = hq;
    const [{ name }, names] = await Promise.all([findOrganization(hq, vault), loadNames(api, vault)]);
    if (!options.yes && !canAsk()) throw new HqError('CONFLICT', `You are still in ${name}.`, { hint: 'Leave it with --yes.' });
    if (!options.yes && !(await ask(`Leave ${name}?`, context.signal))) throw new HqError('CONFLICT', `You are still in ${name}.`);
    const departure = await api.members.leave.mutate({ vault });
    context.out.data(departure, () => [`You are no longer in ${name}.`, ...departureLines(departure, names.group)]);
  },
});
