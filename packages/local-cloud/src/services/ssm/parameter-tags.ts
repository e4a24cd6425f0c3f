/** Tags of parameters. Policies may depend on them, so that changing one is a change of access and is asked for as such. */
import * as z from 'zod';
import { AwsError } from '../../http/aws-error.ts';
import { operation, type Operations } from '../json-protocol.ts';
import type { Call } from '../service.ts';
import type { Parameter } from './parameter.ts';
import { ask, type AskContext, type Room } from './room.ts';

const maxTags = 50;

export const tag = z.object({ Key: z.string().min(1).max(128), Value: z.string().max(256) });

const target = { ResourceType: z.literal('Parameter'), ResourceId: z.string().min(1).max(2048) };

/** AddTagsToResource, RemoveTagsFromResource, ListTagsForResource. */
export function tagging(room: Room): Operations {
  const tagged = (call: Call, action: string, id: string, extra?: AskContext): Parameter => {
    const name = room.names.nameOf(id);
    const found = room.store.find(name);
    ask(room, call, action, name, found, extra);
    if (found === undefined) throw new AwsError(400, 'InvalidResourceId', `The resource ID "${name}" is not valid. Verify the ID and try again.`);
    return found;
  };
  return {
    AddTagsToResource: operation(z.object({ ...target, Tags: z.array(tag).min(1).max(1000) }), (call, input) => {
      const added = asTags(input.Tags);
      const found = tagged(call, 'AddTagsToResource', input.ResourceId, tagContext(added));
      const tags = new Map([...found.tags, ...added]);
      if (tags.size > maxTags) throw new AwsError(400, 'TooManyTagsError', `A parameter has at most ${maxTags} tags.`);
      room.store.setTags(found.name, tags);
      return {};
    }),
    RemoveTagsFromResource: operation(z.object({ ...target, TagKeys: z.array(tag.shape.Key).min(1).max(1000) }), (call, input) => {
      const found = tagged(call, 'RemoveTagsFromResource', input.ResourceId, { 'aws:TagKeys': input.TagKeys });
      const removed = new Set(input.TagKeys);
      room.store.setTags(found.name, new Map([...found.tags].filter(([name]) => !removed.has(name))));
      return {};
    }),
    ListTagsForResource: operation(z.object(target), (call, input) => ({
      TagList: [...tagged(call, 'ListTagsForResource', input.ResourceId).tags].map(([Key, Value]) => ({ Key, Value })),
    })),
  };
}

/** @throws AwsError for a reserved or repeated name. */
export function asTags(list: readonly z.output<typeof tag>[]): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const { Key, Value } of list) {
    if (/^aws:/i.test(Key)) throw new AwsError(400, 'ValidationException', 'Names of tags that start with aws: are reserved.');
    if (tags.has(Key)) throw new AwsError(400, 'ValidationException', `Tag ${Key} is given twice.`);
    tags.set(Key, Value);
  }
  return tags;
}

/** `aws:RequestTag/…` and `aws:TagKeys`. */
export function tagContext(tags: ReadonlyMap<string, string>): AskContext {
  if (tags.size === 0) return {};
  const context: Record<string, string | readonly string[]> = { 'aws:TagKeys': [...tags.keys()] };
  for (const [name, value] of tags) context[`aws:RequestTag/${name}`] = value;
  return context;
}
