/** Every code has an answer on every transport, and nothing of a cause is ever said aloud. */
import { TRPCError } from '@trpc/server';
import { getStatusCodeFromKey } from '@trpc/server/unstable-core-do-not-import';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { errorCodes, HqError } from '@hq/shared/errors';
import { restStatuses, toHqError, toTrpcError, trpcCodes } from '../../src/error-map.ts';

describe('every code', () => {
  it.each(errorCodes)('%s is an error of the same kind on both transports', (code) => {
    const http = getStatusCodeFromKey(trpcCodes[code]);
    expect(Math.floor(http / 100)).toBe(Math.floor(restStatuses[code] / 100));
  });

  it('survives the way through tRPC', () => {
    const error = new HqError('LAST_ADMIN', 'public', { hint: 'hint', details: { a: 1 } });
    expect(toHqError(toTrpcError(error))).toBe(error);
  });
});

describe('a failure that is none of ours', () => {
  it('is INTERNAL, says nothing of itself, and keeps its cause for the log', () => {
    const cause = new Error('secret');
    for (const failure of [cause, new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: 'secret', cause })]) {
      const error = toHqError(failure);
      expect(error.code).toBe('INTERNAL');
      expect(`${error.message} ${error.hint}`).not.toContain('secret');
      expect(error.cause).toBe(failure);
    }
    expect(toHqError('thrown text').code).toBe('INTERNAL');
    expect(toHqError(undefined).code).toBe('INTERNAL');
  });

  it('of an output is INTERNAL too, though zod finds it as it finds a wrong input', () => {
    const { error: cause } = z.object({ a: z.string() }).safeParse({});
    expect(toHqError(new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause })).code).toBe('INTERNAL');
    expect(toHqError(new TRPCError({ code: 'BAD_REQUEST', cause }))).toMatchObject({ code: 'BAD_REQUEST', details: { fields: ['a'] } });
  });
});
