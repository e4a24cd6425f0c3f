/**
 * The input of a call as superjson packs it, unpacked by us. Superjson's own reader makes Sets, Dates, BigInts and typed arrays of whatever it is told to, at
 * a cost that grows faster than what was sent. No input here needs one: of its annotations there is `undefined` to read, which JSON can't say.
 */
import { HqError } from '@hq/shared/errors';
import { toTrpcError } from './error-map.ts';

/** More fields than any input has. */
const maxUndefined = 64;
/** More levels than any input has. */
const maxDepth = 8;

type Holder = Record<string, unknown>;

/**
 * The input in `{json, meta?}`, in time and memory linear in what was sent. What was sent is changed: each place that `meta` names becomes undefined.
 * @param sent A value from `JSON.parse` that nobody else holds.
 * @throws TRPCError `BAD_REQUEST` for any other envelope, and for annotations other than `undefined` at a place that holds null.
 */
export function readInput(sent: unknown): unknown {
  const { json, meta, ...rest } = record(sent);
  refuseUnless(Object.keys(rest).length === 0);
  if (meta === undefined) return json;
  // `v` is the version of superjson's paths: versions differ in names with a dot or a backslash, of which we have none.
  const { values, v: _, ...others } = record(meta);
  refuseUnless(Object.keys(others).length === 0);
  if (values === undefined) return json;
  if (isUndefined(values)) {
    refuseUnless(json === null || json === undefined);
    return undefined;
  }
  const places = Object.entries(record(values));
  refuseUnless(places.length <= maxUndefined);
  for (const [place, kind] of places) {
    refuseUnless(isUndefined(kind));
    unset(json, place);
  }
  return json;
}

/** Superjson's annotation of a value that is undefined; it stands as null in the JSON. */
function isUndefined(kind: unknown): boolean {
  return Array.isArray(kind) && kind.length === 1 && kind[0] === 'undefined';
}

/** Makes `a.b.0` undefined, by own properties alone. */
function unset(json: unknown, place: string): void {
  const names = place.split('.', maxDepth + 1);
  refuseUnless(names.length <= maxDepth && !place.includes('\\'));
  const last = names.pop() ?? '';
  let holder = json;
  for (const name of names) holder = own(holder, name);
  refuseUnless(own(holder, last) === null);
  // `own` has seen an object with this property.
  (holder as Holder)[last] = undefined;
}

function own(holder: unknown, name: string): unknown {
  refuseUnless(typeof holder === 'object' && holder !== null && Object.hasOwn(holder, name));
  return (holder as Holder)[name];
}

function record(value: unknown): Holder {
  refuseUnless(typeof value === 'object' && value !== null && !Array.isArray(value));
  return value as Holder;
}

function refuseUnless(fits: boolean): void {
  if (fits) return;
  throw toTrpcError(
    new HqError('BAD_REQUEST', 'The input can not be read.', { hint: 'Send {"json": …}; in "meta" only values that are undefined are understood.' }),
  );
}
