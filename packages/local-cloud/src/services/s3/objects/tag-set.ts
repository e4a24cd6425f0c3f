/** Tags: from a header (as a query string), from XML, and back. Limits as on AWS: ten tags on an object, fifty on a bucket. */
import { AwsError } from '../../../http/aws-error.ts';
import { branch, leaf } from '../wire/xml.ts';
import { child, childrenNamed, childText, malformedXml, type XmlElement } from '../wire/read-xml.ts';

export type Tags = Readonly<Record<string, string>>;

const MAX_NAME = 128;
const MAX_VALUE = 256;
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Tags from `x-amz-tagging`. @throws AwsError 400 `InvalidArgument`, `InvalidTag` or `BadRequest`. */
export function parseTagHeader(header: string | undefined, limit = 10): Tags {
  if (header === undefined || header === '') return {};
  const pairs = header.split('&').map((pair) => {
    const equals = pair.indexOf('=');
    return equals < 0 ? ([decode(pair), ''] as const) : ([decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))] as const);
  });
  return checkedTags(pairs, limit);
}

/** Tags from a `Tagging` element. @throws AwsError 400 `MalformedXML`, `InvalidTag` or `BadRequest`. */
export function parseTagging(tagging: XmlElement, limit: number): Tags {
  const set = child(tagging, 'TagSet');
  if (set === undefined) throw malformedXml();
  const pairs = childrenNamed(set, 'Tag').map((tag) => {
    const [name, value] = [childText(tag, 'Key'), childText(tag, 'Value')];
    if (name === undefined || value === undefined) throw malformedXml();
    return [name, value] as const;
  });
  return checkedTags(pairs, limit);
}

/** A `TagSet` element. */
export function tagSetXml(tags: Tags): string {
  return branch('TagSet', ...Object.entries(tags).map(([name, value]) => branch('Tag', leaf('Key', name), leaf('Value', value))));
}

function checkedTags(pairs: readonly (readonly [string, string])[], limit: number): Tags {
  if (pairs.length > limit) throw new AwsError(400, 'BadRequest', `${limit === 10 ? 'Object' : 'Bucket'} tags cannot be greater than ${limit}`);
  const tags = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (name === '' || name.length > MAX_NAME || !ALLOWED.test(name)) throw invalidTag('The TagKey you have provided is invalid', name);
    if (value.length > MAX_VALUE || !ALLOWED.test(value)) throw invalidTag('The TagValue you have provided is invalid', name);
    if (name.toLowerCase().startsWith('aws:')) throw invalidTag('System tags cannot be added/updated by requester', name);
    if (tags.has(name)) throw invalidTag('Cannot provide multiple Tags with the same key', name);
    tags.set(name, value);
  }
  return Object.fromEntries(tags);
}

function invalidTag(message: string, name: string): AwsError {
  return new AwsError(400, 'InvalidTag', message, { TagKey: name });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    const message = "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.";
    throw new AwsError(400, 'InvalidArgument', message, { ArgumentName: 'x-amz-tagging' });
  }
}
