/** `credentials`: short sessions for storage itself. */
import * as schema from '@hq/shared/schema/credentials';
import { issueCredentials, listSessions, whereIs } from '../operations/credentials.ts';
import { authorized } from '../procedures/authorized.ts';
import { member } from '../procedures/member.ts';
import { router } from '../trpc.ts';

export const credentials = router({
  where: member(schema.whereInput)
    .output(schema.whereOutput)
    .query(({ ctx }) => whereIs(ctx.ports, ctx)),

  issue: authorized(schema.issueInput, { cone: 'visible' })
    .meta({ errors: ['EMPTY_SCOPE', 'SCOPE_TOO_LARGE', 'FORBIDDEN', 'CLOCK_SKEW'] })
    .output(schema.issueOutput)
    .mutation(({ ctx, input: { access, durationSeconds } }) => issueCredentials(ctx.ports, ctx, { access, durationSeconds })),

  list: authorized(schema.listInput, { path: 'visible' })
    .meta({ errors: ['TOO_LARGE'] })
    .output(schema.listOutput)
    .query(({ ctx, input: { personId } }) => listSessions(ctx.ports, ctx, personId)),
});
