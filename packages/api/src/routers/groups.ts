/** `groups`: names for several people, and for groups of them. */
import * as schema from '@hq/shared/schema/groups';
import { previewOutput } from '@hq/shared/schema/preview';
import { addToGroup, dropFromGroup } from '../operations/group-members.ts';
import { removeGroup } from '../operations/group-removal.ts';
import { previewGroup } from '../operations/preview-group.ts';
import { createGroup, listGroups } from '../operations/groups.ts';
import { member } from '../procedures/member.ts';
import { router } from '../trpc.ts';

export const groups = router({
  list: member(schema.listInput)
    .output(schema.listOutput)
    .query(({ ctx, input: { group } }) => listGroups(ctx.ports, ctx, { group })),

  create: member(schema.createInput)
    .meta({ errors: ['FORBIDDEN', 'CONFLICT', 'TOO_LARGE'] })
    .output(schema.createOutput)
    .mutation(({ ctx, input: { name } }) => ctx.once((commit) => createGroup(ctx.ports, ctx, { name }, commit))),

  remove: member(schema.removeInput)
    .meta({ errors: ['FORBIDDEN', 'CONFLICT'] })
    .output(schema.removeOutput)
    .mutation(({ ctx, input: { group, version } }) => removeGroup(ctx.ports, ctx, { group, version }, ctx.once)),

  add: member(schema.addInput)
    .meta({ errors: ['FORBIDDEN', 'CONFLICT', 'TOO_LARGE', 'SCOPE_TOO_LARGE'] })
    .output(schema.addOutput)
    .mutation(({ ctx, input: { group, member: who, version } }) => ctx.once((commit) => addToGroup(ctx.ports, ctx, { group, member: who, version }, commit))),

  drop: member(schema.dropInput)
    .meta({ errors: ['FORBIDDEN', 'CONFLICT'] })
    .output(schema.dropOutput)
    .mutation(({ ctx, input: { group, member: who, version } }) =>
      ctx.once((commit) => dropFromGroup(ctx.ports, ctx, { group, member: who, version }, commit)),
    ),

  preview: member(schema.previewInput)
    .meta({ errors: ['FORBIDDEN', 'TOO_LARGE', 'CLOCK_SKEW'] })
    .output(previewOutput)
    .query(({ ctx, input: { group, change } }) => previewGroup(ctx.ports, ctx, group, change)),
});
