/** What all listings read from their query, and how they write names back. */
import type { S3Request } from '../core.ts';
import { invalidArgument } from '../wire/refusals.ts';
import { encodeUrl } from '../wire/xml.ts';

export interface ListingQuery {
  readonly prefix: string;
  /** Empty for none. */
  readonly delimiter: string;
  /** At most 1,000. */
  readonly limit: number;
  /** What was asked for, to be echoed. */
  readonly maxKeys: number;
  readonly encoding: 'url' | undefined;
  /** Writes a key or prefix as the client asked for it. */
  readonly name: (text: string) => string;
}

const LARGEST_PAGE = 1000;

/** Reads the common parameters. @throws AwsError 400 `InvalidArgument`. */
export function readListing({ call }: S3Request, limitName: 'max-keys' | 'max-uploads' = 'max-keys'): ListingQuery {
  const encoding = call.query.get('encoding-type');
  if (encoding !== undefined && encoding !== '' && encoding !== 'url')
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', encoding);
  const maxKeys = readCount(call.query.get(limitName), limitName);
  return {
    prefix: call.query.get('prefix') ?? '',
    delimiter: call.query.get('delimiter') ?? '',
    limit: Math.min(maxKeys, LARGEST_PAGE),
    maxKeys: Math.min(maxKeys, LARGEST_PAGE),
    encoding: encoding === 'url' ? 'url' : undefined,
    name: encoding === 'url' ? encodeUrl : (text) => text,
  };
}

/** A count from the query: 0 to 2,147,483,647; 1,000 where it is absent. @throws AwsError 400 `InvalidArgument`. */
export function readCount(text: string | undefined, name: string): number {
  if (text === undefined || text === '') return LARGEST_PAGE;
  const count = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(count <= 0x7fffffff)) throw invalidArgument(`Argument ${name} must be an integer between 0 and 2147483647`, name, text);
  return count;
}

/** Condition keys of a listing. An absent parameter is an absent key: a policy that demands a prefix refuses a list without one. */
export function listingContext({ call }: S3Request): Record<string, string> {
  const context: Record<string, string> = {};
  for (const name of ['prefix', 'delimiter', 'max-keys']) {
    const value = call.query.get(name);
    if (value !== undefined) context[`s3:${name}`] = value;
  }
  return context;
}
