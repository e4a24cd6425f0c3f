/** `orgs`: organizations, each with a bucket and a key of its own. */
import * as schema from '@hq/shared/schema/orgs';
import { createOrganization, describeOrganization, listOrganizations } from '../operations/organizations.ts';
import { member } from '../procedures/member.ts';
import { signedIn } from '../procedures/signed-in.ts';
import { router } from '../trpc.ts';

export const orgs = router({
  create: signedIn
    .input(schema.createInput)
    .meta({ errors: ['FORBIDDEN', 'CONFLICT'] })
    .output(schema.createOutput)
    .mutation(({ ctx, input }) => createOrganization(ctx.ports, ctx, input)),

  get: member(schema.getInput)
    .output(schema.getOutput)
    .query(({ ctx }) => describeOrganization(ctx.ports, ctx)),

  list: signedIn
    .input(schema.listInput)
    .output(schema.listOutput)
    .query(({ ctx }) => listOrganizations(ctx.ports, ctx)),
});
