/**
 * The six REST routes, for clients that speak HTTP alone. Each calls the procedure that tRPC clients call, in process and through the same chain, on the
 * caller's personal vault; this file only translates. Transport-neutral: `node:http` and Lambda hand it the same facts.
 */
import { HqError } from '@hq/shared/errors';
import { toIso } from '@hq/shared/time';
import type { Context } from '../context.ts';
import { restStatuses, toHqError } from '../error-map.ts';
import type { AppRouter } from '../index.ts';
import { matchRoute, type RestRequest } from './route.ts';
import { conditionOf, filePut, refreshBody } from './rest-input.ts';

export interface RestAnswer {
  readonly status: number;
  readonly body: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

type Caller = ReturnType<AppRouter['createCaller']>;

/** Answers one request under `/api`. Never throws. */
export async function answerRest(router: AppRouter, context: Context, request: RestRequest): Promise<RestAnswer> {
  try {
    const route = matchRoute(request);
    if ('allow' in route) return refusal(405, new HqError('BAD_REQUEST', `This address takes ${route.allow}.`), { allow: route.allow });
    const call = router.createCaller(context);
    if (route.name === 'get') return await get(call, route.path);
    if (route.name === 'put') return await put(call, route.path, request);
    if (route.name === 'remove') return await remove(call, route.path, request);
    if (route.name === 'refresh') return await refresh(router, context, request);
    return route.name === 'list' ? await list(call, request) : await credentials(call);
  } catch (cause) {
    const error = toHqError(cause);
    // Failures inside a procedure are logged there.
    return refusal(restStatuses[error.code], error);
  }
}

async function list(call: Caller, { query }: RestRequest): Promise<RestAnswer> {
  const prefix = query.get('prefix') ?? '';
  const continuationToken = query.get('continuationToken');
  const page = await call.files.list({ vault: 'personal', prefix, ...(continuationToken === undefined ? {} : { continuationToken }) });
  return json({
    files: page.files.map(({ path, size, lastModified }) => ({ key: path, size, lastModified: toIso(lastModified) })),
    continuationToken: page.continuationToken,
    isTruncated: page.isTruncated,
  });
}

async function credentials(call: Caller): Promise<RestAnswer> {
  const { userId, bucket, region, prefix } = await call.credentials.where({ vault: 'personal' });
  return json({ userId, bucket, region, prefix });
}

async function get(call: Caller, path: string): Promise<RestAnswer> {
  const { content, contentType, etag } = await call.files.get({ vault: 'personal', path });
  return json({ content, contentType }, { etag: `"${etag}"` });
}

async function put(call: Caller, path: string, request: RestRequest): Promise<RestAnswer> {
  const { size, etag, ...file } = await call.files.put({ vault: 'personal', path, ...filePut(request.body), ...conditionOf(request.headers) });
  return json({ key: file.path, size }, { etag: `"${etag}"` });
}

async function remove(call: Caller, path: string, request: RestRequest): Promise<RestAnswer> {
  const { ifMatch } = conditionOf(request.headers);
  const removed = await call.files.remove({ vault: 'personal', path, ...(ifMatch === undefined ? {} : { ifMatch }) });
  return json({ key: removed.path });
}

/** New tokens, and storage credentials for the whole personal vault under the name of whom they belong to. */
async function refresh(router: AppRouter, context: Context, { body }: RestRequest): Promise<RestAnswer> {
  const tokens = await router.createCaller(context).auth.refresh(refreshBody(body));
  const call = router.createCaller({ ...context, request: { ...context.request, token: tokens.accessToken } });
  const issued = await call.credentials.issue({ vault: 'personal', cone: '', access: 'write', durationSeconds: 3600 });
  const [session] = issued.sessions;
  if (session === undefined) throw new HqError('UNAVAILABLE', 'Storage granted no session.');
  const { expiration, ...secret } = session.credentials;
  return json({
    accessToken: tokens.accessToken,
    idToken: tokens.idToken,
    // The one that was sent is used up.
    refreshToken: tokens.refreshToken,
    credentials: { ...secret, expiration: toIso(expiration) },
  });
}

function json(value: unknown, headers: Readonly<Record<string, string>> = {}): RestAnswer {
  return { status: 200, body: JSON.stringify(value), headers };
}

/** `{error, code, hint?}`, and what HTTP asks for beside some statuses. */
function refusal(status: number, error: HqError, headers: Readonly<Record<string, string>> = {}): RestAnswer {
  const retryAfter = error.details?.['retryAfterSeconds'];
  return {
    status,
    body: JSON.stringify({ error: error.message, code: error.code, hint: error.hint }),
    headers: {
      ...headers,
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...(status === 429 ? { 'retry-after': String(retryAfter ?? 1) } : {}),
    },
  };
}
