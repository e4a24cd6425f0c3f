/**
 * What is asked of a request before anything of its body is read: who sends a lot has to be somebody. A stranger's body is read where a call needs no
 * sign-in, and only as far as such a call could need.
 */
import type { IncomingMessage } from 'node:http';
import type { AppRouter } from '@hq/api';
import type { Context } from '@hq/api/context';
import { verifyCaller } from '@hq/api/procedures/authenticated';
import { TRPCError } from '@trpc/server';
import { readBody } from './http-body.ts';
import { isOpen } from './http-trpc.ts';

export interface BodyLimits {
  /** Bytes of a body: what `files.put` takes, in base64, and room for its envelope. */
  readonly bodyBytes: number;
  /** Bytes of a body from somebody whose token was not verified. */
  readonly strangerBodyBytes: number;
}

/**
 * The body of a POST or PUT; undefined for another method.
 * @throws TRPCError for another type than JSON; HqError `UNAUTHENTICATED`, `EXPIRED` or `UNAVAILABLE` before the first byte is read; `TOO_LARGE`, `BAD_REQUEST`.
 */
export async function admitBody(req: IncomingMessage, router: AppRouter, path: string, context: Context, limits: BodyLimits): Promise<string | undefined> {
  if (req.method !== 'POST' && req.method !== 'PUT') return undefined;
  const type = req.headers['content-type'];
  if (type === undefined || !/^application\/json *(;|$)/i.test(type)) throw new TRPCError({ code: 'UNSUPPORTED_MEDIA_TYPE' });
  const open = path === '/api/auth/refresh' || (path.startsWith('/trpc/') && isOpen(router, path.slice('/trpc/'.length)));
  return readBody(req, (await isKnown(context, open)) ? limits.bodyBytes : limits.strangerBodyBytes);
}

/** Whether the token of the request holds. @throws HqError why it does not, unless the request is open to strangers. */
async function isKnown(context: Context, open: boolean): Promise<boolean> {
  if (open && context.request.token === undefined) return false;
  try {
    await verifyCaller(context);
    return true;
  } catch (refused) {
    if (open) return false;
    throw refused;
  }
}
