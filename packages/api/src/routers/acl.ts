/** `acl`: the rules at a path. */
import * as schema from '@hq/shared/schema/acl';
import { changeRules, listRules } from '../operations/rules.ts';
import { authorized } from '../procedures/authorized.ts';
import { router } from '../trpc.ts';

/** What a change of rules may refuse with. */
const changeErrors = ['CONFLICT', 'TOO_LARGE', 'SCOPE_TOO_LARGE', 'STORAGE_FULL'] as const;

export const acl = router({
  list: authorized(schema.listInput, { path: 'readRules' })
    .meta({ errors: ['TOO_LARGE'] })
    .output(schema.listOutput)
    .query(({ ctx }) => listRules(ctx.ports, ctx)),

  grant: authorized(schema.grantInput, { path: 'changeRules' })
    .meta({ errors: changeErrors })
    .output(schema.grantOutput)
    .mutation(({ ctx, input: { grantee, level, expiresAt, version } }) =>
      ctx.once((commit) => changeRules(ctx.ports, ctx, { kind: 'grant', grantee, level, expiresAt, version }, commit)),
    ),

  revoke: authorized(schema.revokeInput, { path: 'changeRules' })
    .meta({ errors: changeErrors })
    .output(schema.revokeOutput)
    .mutation(({ ctx, input: { grantee, version } }) => ctx.once((commit) => changeRules(ctx.ports, ctx, { kind: 'revoke', grantee, version }, commit))),

  setOpen: authorized(schema.setOpenInput, { path: 'changeRules' })
    .meta({ errors: changeErrors })
    .output(schema.setOpenOutput)
    .mutation(({ ctx, input: { open, version } }) => ctx.once((commit) => changeRules(ctx.ports, ctx, { kind: 'set-open', open, version }, commit))),
});
