/** `me`: who the caller is. */
import * as schema from '@hq/shared/schema/me';
import { describeMe, signOutEverywhere } from '../operations/me.ts';
import { signedIn } from '../procedures/signed-in.ts';
import { router } from '../trpc.ts';

export const me = router({
  get: signedIn
    .input(schema.getInput)
    .output(schema.getOutput)
    .query(({ ctx }) => describeMe(ctx.ports, ctx)),

  signOutEverywhere: signedIn
    .input(schema.signOutEverywhereInput)
    .output(schema.signOutEverywhereOutput)
    .mutation(({ ctx }) => signOutEverywhere(ctx.ports, ctx)),
});
