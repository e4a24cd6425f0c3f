/** `hq members invite`: an invitation that only the owner of that address can accept. */
import { roles } from '@hq/shared/roles';
import { toIso } from '@hq/shared/time';
import { oneOf } from '../../one-of.ts';
import { organizationOf } from '../../organization.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

export default defineVerb({
  summary: 'Invite someone by e-mail address',
  arguments: { email: { help: 'The address; whoever accepts has to have verified it' } },
  options: { ...vaultOptions, role: { type: 'string', value: 'ROLE', help: 'admin, contributor or read-only (default: contributor)' } },
  run: async (context, { arguments: { email }, options }) => {
    const role = oneOf('A role', roles, options.role ?? 'contributor');
    const vault = await organizationOf(context, options.org);
    const invitation = await (await context.hq()).api.members.invite.mutate({ vault, email, role });
    context.out.data(invitation, () => [
      `${invitation.email} is invited as ${invitation.role}, until ${toIso(invitation.expiresAt)}.`,
      `They accept with: hq members accept ${invitation.id}`,
    ]);
  },
});
