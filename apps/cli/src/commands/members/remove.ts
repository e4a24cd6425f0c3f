/** `hq members remove`: ends a membership with all that hung on it, and says what that was and how long storage sessions from before still work. */
import { approve, changeHelp, changeOptions } from '../../access/change.ts';
import { departureLines } from '../../access/departure.ts';
import { findMember } from '../../access/find.ts';
import { loadNames } from '../../access/names.ts';
import { organizationOf } from '../../organization.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

export default defineVerb({
  summary: 'Remove a member, with their rules and invitations',
  details: `Their files stay. Who joins again later gets none of the old rules.\n${changeHelp}`,
  arguments: { person: { help: 'Their e-mail address or id' } },
  options: { ...vaultOptions, ...changeOptions },
  run: async (context, { arguments: given, options }) => {
    const vault = await organizationOf(context, options.org);
    const { api } = await context.hq();
    const { personId, name } = await findMember(api, vault, given.person);
    const [preview, names] = await Promise.all([api.members.preview.query({ vault, personId, change: { kind: 'remove' } }), loadNames(api, vault)]);
    const ended = await approve(context, options, [preview]);
    if (ended !== undefined) return ended;
    const departure = await api.members.remove.mutate({ vault, personId, version: preview.version });
    context.out.data(departure, () => [`${name} is removed.`, ...departureLines(departure, names.group)]);
    return 0;
  },
});
