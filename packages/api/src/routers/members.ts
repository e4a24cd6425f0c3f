/** `members`: who belongs to an organization. */
import * as schema from '@hq/shared/schema/members';
import { previewOutput } from '@hq/shared/schema/preview';
import { acceptInvitation } from '../operations/invitations/accept.ts';
import { invite, mailInvitation } from '../operations/invitations/invite.ts';
import { withdraw } from '../operations/invitations/withdraw.ts';
import { endMembership } from '../operations/members/end-membership.ts';
import { listMembers } from '../operations/members/list.ts';
import { previewMember } from '../operations/members/preview.ts';
import { setRole } from '../operations/members/set-role.ts';
import { member } from '../procedures/member.ts';
import { signedInChange } from '../procedures/signed-in.ts';
import { router } from '../trpc.ts';

export const members = router({
  list: member(schema.listInput)
    .output(schema.listOutput)
    .query(({ ctx }) => listMembers(ctx.ports, ctx)),

  invite: member(schema.inviteInput)
    .meta({ errors: ['FORBIDDEN', 'CONFLICT', 'TOO_LARGE'] })
    .output(schema.inviteOutput)
    .mutation(async ({ ctx, input: { email, role, memberUntil } }) =>
      mailInvitation(ctx.ports, ctx, await ctx.once((commit) => invite(ctx.ports, ctx, { email, role, memberUntil }, commit))),
    ),

  withdraw: member(schema.withdrawInput)
    .meta({ errors: ['FORBIDDEN', 'CONFLICT'] })
    .output(schema.withdrawOutput)
    .mutation(({ ctx, input: { invitation } }) => ctx.once((commit) => withdraw(ctx.ports, ctx, { invitation }, commit))),

  accept: signedInChange(schema.acceptInput)
    .meta({ errors: ['NOT_FOUND', 'CONFLICT', 'TOO_LARGE'] })
    .output(schema.acceptOutput)
    .mutation(({ ctx, input: { invitation } }) => ctx.once((commit) => acceptInvitation(ctx.ports, ctx, { invitation }, commit))),

  setRole: member(schema.setRoleInput)
    .meta({ errors: ['FORBIDDEN', 'LAST_ADMIN', 'CONFLICT', 'SCOPE_TOO_LARGE', 'TOO_LARGE'] })
    .output(schema.setRoleOutput)
    .mutation(({ ctx, input: { personId, role, expiresAt, version } }) =>
      ctx.once((commit) => setRole(ctx.ports, ctx, { personId, role, expiresAt, version }, commit)),
    ),

  remove: member(schema.removeInput)
    .meta({ errors: ['FORBIDDEN', 'LAST_ADMIN', 'CONFLICT', 'TOO_LARGE'] })
    .output(schema.removeOutput)
    .mutation(({ ctx, input: { personId, version } }) => ctx.once((commit) => endMembership(ctx.ports, ctx, { personId, version }, commit))),

  leave: member(schema.leaveInput)
    .meta({ errors: ['LAST_ADMIN', 'CONFLICT', 'TOO_LARGE'] })
    .output(schema.leaveOutput)
    .mutation(({ ctx }) => ctx.once((commit) => endMembership(ctx.ports, ctx, { personId: ctx.access.person.id }, commit))),

  preview: member(schema.previewInput)
    .meta({ errors: ['FORBIDDEN', 'TOO_LARGE', 'CLOCK_SKEW'] })
    .output(previewOutput)
    .query(({ ctx, input: { personId, change } }) => previewMember(ctx.ports, ctx, personId, change)),
});
