/** `members`: who belongs to an organization. */
import * as schema from '@hq/shared/schema/members';
import { acceptInvitation, invite, listMembers, removeMember } from '../operations/members.ts';
import { member } from '../procedures/member.ts';
import { signedIn } from '../procedures/signed-in.ts';
import { router } from '../trpc.ts';

export const members = router({
  list: member(schema.listInput)
    .output(schema.listOutput)
    .query(({ ctx }) => listMembers(ctx.ports, ctx)),

  invite: member(schema.inviteInput)
    .meta({ errors: ['FORBIDDEN', 'CONFLICT'] })
    .output(schema.inviteOutput)
    .mutation(({ ctx, input: { email, role } }) => invite(ctx.ports, ctx, { email, role })),

  accept: signedIn
    .input(schema.acceptInput)
    .meta({ errors: ['NOT_FOUND', 'CONFLICT'] })
    .output(schema.acceptOutput)
    .mutation(({ ctx, input }) => acceptInvitation(ctx.ports, ctx, input)),

  remove: member(schema.removeInput)
    .meta({ errors: ['FORBIDDEN', 'LAST_ADMIN', 'CONFLICT'] })
    .output(schema.removeOutput)
    .mutation(({ ctx, input: { personId } }) => removeMember(ctx.ports, ctx, { personId })),
});
