/** `hq members invite`: an invitation that only the owner of that address can accept. */
import { roles } from '@hq/shared/roles';
import { toIso } from '@hq/shared/time';
import { endOptions, readEnd, untilWords } from '../../access/until.ts';
import { oneOf } from '../../one-of.ts';
import { organizationOf } from '../../organization.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

export default defineVerb({
  summary: 'Invite someone by e-mail address',
  details:
    'The invitation is good for seven days and for one use. --until and --for say when the membership itself ends.\n' +
    'Rules can be granted to the address at once: they wait until someone joins with it.',
  arguments: { email: { help: 'The address; whoever accepts has to have verified it' } },
  options: { ...vaultOptions, role: { type: 'string', value: 'ROLE', help: 'admin, contributor or read-only (default: contributor)' }, ...endOptions },
  run: async (context, { arguments: { email }, options }) => {
    const role = oneOf('A role', roles, options.role ?? 'contributor');
    const { expiresAt } = readEnd(options, Math.floor(Date.now() / 1000));
    const vault = await organizationOf(context, options.org);
    const { api } = await context.hq();
    const invitation = await api.members.invite.mutate({ vault, email, role, ...(expiresAt === undefined ? {} : { memberUntil: expiresAt }) });
    context.out.data(invitation, () => [
      `${invitation.email} is invited as ${invitation.role}, until ${toIso(invitation.expiresAt)}.`,
      ...(invitation.memberUntil === null ? [] : [`The membership lasts ${untilWords(invitation.memberUntil)}.`]),
      `They accept with: hq members accept ${invitation.id}`,
    ]);
  },
});
