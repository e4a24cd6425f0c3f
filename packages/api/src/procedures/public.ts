/** A procedure for anybody, with or without a token. Counted by address, since there is no person to count. */
import { HqError } from '@hq/shared/errors';
import { procedure, translated } from '../trpc.ts';

/** Refuses a caller that has spent their share. @throws HqError `RATE_LIMITED` with `details.retryAfterSeconds`. */
export function refuseFlood(retryAfterSeconds: number): void {
  if (retryAfterSeconds === 0) return;
  throw new HqError('RATE_LIMITED', `Too many requests. Try again in ${retryAfterSeconds} s.`, { details: { retryAfterSeconds } });
}

/** Any procedure may refuse so. */
export const publicRefusals = ['BAD_REQUEST', 'RATE_LIMITED', 'UNAVAILABLE', 'INTERNAL'] as const;

export const anyone = procedure.meta({ needs: 'nothing', refusals: publicRefusals }).use((call) =>
  translated(call, () => {
    refuseFlood(call.ctx.ports.limiter.take(`address ${call.ctx.request.sourceIp}`));
    return call.next();
  }),
);
