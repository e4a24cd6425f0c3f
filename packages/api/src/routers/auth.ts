/** `auth`: what a client needs before it has a token. */
import * as schema from '@hq/shared/schema/auth';
import { refreshTokens, signInConfig } from '../operations/auth.ts';
import { anyone } from '../procedures/public.ts';
import { router } from '../trpc.ts';

export const auth = router({
  config: anyone
    .input(schema.configInput)
    .output(schema.configOutput)
    .query(({ ctx }) => signInConfig(ctx.ports)),

  refresh: anyone
    .input(schema.refreshInput)
    .meta({ errors: ['UNAUTHENTICATED'] })
    .output(schema.refreshOutput)
    .mutation(({ ctx, input }) => refreshTokens(ctx.ports, input)),
});
