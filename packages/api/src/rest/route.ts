/** Which of the six routes an address is. */
import { HqError } from '@hq/shared/errors';

export interface RestRequest {
  readonly method: string;
  /** After `/api`, still percent-encoded: `/files/a%20b.md`. */
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string | undefined;
}

export type Route =
  | { readonly name: 'list' | 'refresh' | 'credentials' }
  | { readonly name: 'get' | 'put' | 'remove'; readonly path: string }
  /** The address is one of ours, the method is not. */
  | { readonly allow: string };

const files = '/files/';

/** @throws HqError `NOT_FOUND` for an address that is none of ours, `BAD_REQUEST` for broken percent-encoding. */
export function matchRoute({ method, path }: RestRequest): Route {
  const isGet = method === 'GET' || method === 'HEAD';
  if (path === '/files' || path === files) return isGet ? { name: 'list' } : { allow: 'GET, HEAD' };
  if (path === '/auth/refresh') return method === 'POST' ? { name: 'refresh' } : { allow: 'POST' };
  if (path === '/auth/credentials') return isGet ? { name: 'credentials' } : { allow: 'GET, HEAD' };
  if (!path.startsWith(files))
    throw new HqError('NOT_FOUND', 'There is no such address.', {
      hint: 'There are /api/files, /api/files/{path}, /api/auth/refresh and /api/auth/credentials.',
    });
  const name = isGet ? 'get' : method === 'PUT' ? 'put' : method === 'DELETE' ? 'remove' : undefined;
  return name === undefined ? { allow: 'GET, HEAD, PUT, DELETE' } : { name, path: decodeOnce(path.slice(files.length)) };
}

/** Percent-decoded exactly once: `%252F` is a name that holds `%2F`, not a folder. */
function decodeOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new HqError('BAD_REQUEST', 'The address holds broken percent-encoding.', { hint: 'Encode each name with encodeURIComponent.' });
  }
}
