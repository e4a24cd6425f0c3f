/** Tags of keys. Policies may depend on them (`aws:ResourceTag`), so that changing one is a change of access and is asked for as such. */
import * as z from 'zod';
import { AwsError } from '../../http/aws-error.ts';
import { operation, type Operations } from '../json-protocol.ts';
import { type AskContext, changeable } from './access.ts';
import { keyId, page, pageOf, tag } from './fields.ts';
import type { Room } from './room.ts';

const maxTags = 50;

/** TagResource, UntagResource, ListResourceTags. */
export function tagging(room: Room): Operations {
  const { store, access } = room;
  return {
    TagResource: operation(z.object({ KeyId: keyId, Tags: z.array(tag).min(1).max(maxTags) }), (call, input) => {
      const added = asTags(input.Tags);
      const key = changeable(access.authorized(call, input.KeyId, 'TagResource', tagContext(added)));
      const tags = new Map([...key.tags, ...added]);
      if (tags.size > maxTags) throw new AwsError(400, 'LimitExceededException', `A key has at most ${maxTags} tags.`);
      store.change(key, { tags });
      return {};
    }),
    UntagResource: operation(z.object({ KeyId: keyId, TagKeys: z.array(tag.shape.TagKey).min(1).max(maxTags) }), (call, input) => {
      const key = changeable(access.authorized(call, input.KeyId, 'UntagResource', { 'aws:TagKeys': input.TagKeys }));
      const removed = new Set(input.TagKeys);
      store.change(key, { tags: new Map([...key.tags].filter(([name]) => !removed.has(name))) });
      return {};
    }),
    ListResourceTags: operation(z.object({ KeyId: keyId, ...page, Limit: z.int().min(1).max(50).default(50) }), (call, input) => {
      const key = access.authorized(call, input.KeyId, 'ListResourceTags');
      const after = input.Marker ?? '';
      const sorted = [...key.tags].sort(([left], [right]) => (left < right ? -1 : 1)).filter(([name]) => name > after);
      const { rows, ...rest } = pageOf(sorted, input.Limit, ([name]) => name);
      return { Tags: rows.map(([TagKey, TagValue]) => ({ TagKey, TagValue })), ...rest };
    }),
  };
}

/** @throws AwsError `TagException` for a reserved or repeated name. */
export function asTags(list: readonly z.output<typeof tag>[]): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const { TagKey, TagValue } of list) {
    if (/^aws:/i.test(TagKey)) throw new AwsError(400, 'TagException', 'Names that start with aws: are reserved.');
    if (tags.has(TagKey)) throw new AwsError(400, 'TagException', `Tag ${TagKey} is given twice.`);
    tags.set(TagKey, TagValue);
  }
  return tags;
}

/** `aws:RequestTag/…` and `aws:TagKeys`. */
export function tagContext(tags: ReadonlyMap<string, string>): AskContext {
  if (tags.size === 0) return {};
  const context: AskContext = { 'aws:TagKeys': [...tags.keys()] };
  for (const [name, value] of tags) context[`aws:RequestTag/${name}`] = value;
  return context;
}
