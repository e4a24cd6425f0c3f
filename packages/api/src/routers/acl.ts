/** `acl`: the rules at a path, what they come to, and what a change of them would do. */
import * as schema from '@hq/shared/schema/acl';
import { previewOutput } from '@hq/shared/schema/preview';
import { explainAccess } from '../operations/explain.ts';
import { previewRules } from '../operations/preview-rules.ts';
import { proveCone } from '../operations/prove.ts';
import { changeRules, listRules } from '../operations/rules.ts';
import { whoReaches } from '../operations/who.ts';
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

  explain: authorized(schema.explainInput, { path: 'visible' })
    .meta({ errors: ['FORBIDDEN'] })
    .output(schema.explainOutput)
    .query(({ ctx, input: { personId } }) => explainAccess(ctx.ports, ctx, personId)),

  who: authorized(schema.whoInput, { path: 'readRules' })
    .meta({ errors: ['TOO_LARGE'] })
    .output(schema.whoOutput)
    .query(({ ctx }) => whoReaches(ctx.ports, ctx)),

  preview: authorized(schema.previewInput, { path: 'changeRules' })
    .meta({ errors: ['TOO_LARGE', 'CLOCK_SKEW'] })
    .output(previewOutput)
    .query(({ ctx, input: { change } }) => previewRules(ctx.ports, ctx, change)),

  prove: authorized(schema.proveInput, { cone: 'visible' })
    .meta({ errors: ['FORBIDDEN', 'TOO_LARGE'] })
    .output(schema.proveOutput)
    .query(({ ctx, input: { personId } }) => proveCone(ctx.ports, ctx, personId)),
});
