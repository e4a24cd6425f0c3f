/** `acl`: the rules at a path. */
import * as schema from '@hq/shared/schema/acl';
import { grantRule, listRules, revokeRule } from '../operations/rules.ts';
import { authorized } from '../procedures/authorized.ts';
import { router } from '../trpc.ts';

export const acl = router({
  list: authorized(schema.listInput, { path: 'readRules' })
    .output(schema.listOutput)
    .query(({ ctx }) => listRules(ctx.ports, ctx)),

  grant: authorized(schema.grantInput, { path: 'changeRules' })
    .meta({ errors: ['CONFLICT', 'TOO_LARGE'] })
    .output(schema.grantOutput)
    .mutation(({ ctx, input: { grantee, level, expiresAt, version } }) => grantRule(ctx.ports, ctx, { grantee, level, expiresAt, version })),

  revoke: authorized(schema.revokeInput, { path: 'changeRules' })
    .meta({ errors: ['CONFLICT'] })
    .output(schema.revokeOutput)
    .mutation(({ ctx, input: { grantee, version } }) => revokeRule(ctx.ports, ctx, { grantee, version })),
});
