/** A request as it came on the wire, in the parts that a signature covers. */
import type { IncomingMessage } from 'node:http';
import { AwsError } from '../http/aws-error.ts';
import { canonicalEncoding, decodeCanonical } from './percent.ts';

/** One query parameter in SigV4's spelling, and decoded. */
export interface QueryParameter {
  readonly encodedName: string;
  readonly encodedValue: string;
  readonly name: string;
  readonly value: string;
}

export interface WireRequest {
  readonly method: string;
  /** Percent-encoded as it came, with its leading slash, without the query. */
  readonly rawPath: string;
  readonly query: readonly QueryParameter[];
  /** Lower-case name → trimmed value, as Latin-1 text; several headers of a name are joined by commas in their order. */
  readonly headers: ReadonlyMap<string, string>;
}

/** Two of these in one request would have two readings. */
const SINGLE = new Set([
  'host',
  'authorization',
  'date',
  'x-amz-date',
  'x-amz-content-sha256',
  'x-amz-security-token',
  'x-amz-decoded-content-length',
  'x-amz-target',
]);

/** Takes a message apart. @throws AwsError 400 `InvalidURI` or `InvalidRequest`. */
export function readWireRequest(message: IncomingMessage): WireRequest {
  const target = message.url ?? '';
  // The absolute form of a proxy's request names the origin again; Host is what counts.
  const origin = /^https?:\/\/[^/?#]*/i.exec(target)?.[0].length ?? 0;
  const local = target.slice(origin) || '/';
  const mark = local.indexOf('?');
  const rawPath = mark === -1 ? local : local.slice(0, mark);
  if (!rawPath.startsWith('/')) throw new AwsError(400, 'InvalidURI', "Couldn't parse the specified URI.");
  return { method: message.method ?? '', rawPath, query: mark === -1 ? [] : readQuery(local.slice(mark + 1)), headers: readHeaders(message.rawHeaders) };
}

/** The parameters of a query string, in their order. @throws AwsError 400 `InvalidURI` */
function readQuery(rawQuery: string): QueryParameter[] {
  return rawQuery
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const encodedName = canonicalEncoding(equals === -1 ? pair : pair.slice(0, equals), 'query');
      const encodedValue = equals === -1 ? '' : canonicalEncoding(pair.slice(equals + 1), 'query');
      return { encodedName, encodedValue, name: decodeCanonical(encodedName), value: decodeCanonical(encodedValue) };
    });
}

function readHeaders(raw: readonly string[]): Map<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    const value = (raw[index + 1] ?? '').trim();
    const before = headers.get(name);
    if (before !== undefined && SINGLE.has(name)) throw new AwsError(400, 'InvalidRequest', `The header ${name} is there twice.`);
    headers.set(name, before === undefined ? value : `${before},${value}`);
  }
  return headers;
}
