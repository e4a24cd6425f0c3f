/** The part of an address after `?`, decoded once. `URL` would do it too, at several times the cost of a whole call. */
import { HqError } from '@hq/shared/errors';

const empty: ReadonlyMap<string, string> = new Map();

/**
 * Names and values (application/x-www-form-urlencoded: `+` is a space). The first of several equal names counts.
 * @throws HqError `BAD_REQUEST` for broken percent-encoding.
 */
export function parseQuery(query: string): ReadonlyMap<string, string> {
  if (query === '') return empty;
  const all = new Map<string, string>();
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const name = decode(at < 0 ? pair : pair.slice(0, at));
    if (!all.has(name)) all.set(name, at < 0 ? '' : decode(pair.slice(at + 1)));
  }
  return all;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.includes('+') ? text.replaceAll('+', ' ') : text);
  } catch {
    throw new HqError('BAD_REQUEST', 'The address holds broken percent-encoding.', { hint: 'Encode it with encodeURIComponent.' });
  }
}
