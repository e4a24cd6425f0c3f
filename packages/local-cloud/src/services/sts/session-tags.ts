/** Tags that a caller puts on a session, and those that come along from the caller's own. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html */
import type { Principal } from '../../principals/principal.ts';
import { type Form, validationError } from './form.ts';

export interface SessionTags {
  /** What the caller asked for; `sts:TagSession` is about these. */
  readonly requested: Readonly<Record<string, string>>;
  /** With the caller's transitive ones. */
  readonly all: Readonly<Record<string, string>>;
  /** The keys that go on from here. */
  readonly transitive: readonly string[];
}

const MAX_TAGS = 50;
const TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Reads them. @throws AwsError 400 `ValidationError` */
export function readSessionTags(form: Form, caller: Principal): SessionTags {
  const inherited = caller.kind === 'session' ? caller : undefined;
  const tags = new Map(Object.entries(inherited?.tags ?? {}).filter(([key]) => inherited?.transitiveTagKeys.includes(key)));
  const taken = new Set([...tags.keys()].map((key) => key.toLowerCase()));
  const requested = new Map<string, string>();
  for (const member of form.members('Tags')) {
    const key = form.required(`${member}.Key`, TEXT, 128);
    const value = form.required(`${member}.Value`, TEXT, 256);
    if (key === '' || /^aws:/i.test(key)) throw validationError('The key of a tag must not be empty or begin with aws:');
    if (taken.has(key.toLowerCase())) throw validationError(`The tag ${key} is there twice, or comes from the calling session and cannot be changed.`);
    taken.add(key.toLowerCase());
    requested.set(key, value);
  }
  for (const [key, value] of requested) tags.set(key, value);
  if (tags.size > MAX_TAGS) throw validationError(`A session may have ${MAX_TAGS} tags.`);
  const chosen = form.members('TransitiveTagKeys').map((member) => form.required(member, TEXT, 128));
  const unknown = chosen.find((key) => !tags.has(key));
  if (unknown !== undefined) throw validationError(`The transitive tag key ${unknown} must be included in the requested tags.`);
  return {
    requested: Object.fromEntries(requested),
    all: Object.fromEntries(tags),
    transitive: [...new Set([...(inherited?.transitiveTagKeys ?? []), ...chosen])],
  };
}
