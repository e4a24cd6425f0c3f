/** `groups`: names for several people, and for groups of them. Seen by every member, changed by admins. */
import * as z from 'zod';
import { groupId } from './acl.ts';
import { email, epochSeconds, organizationId, personId, requestId, version } from './fields.ts';

/** Unique in its organization, and never the form of an id or an address. */
export const groupName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/, 'A group’s name is 1 to 48 lower-case letters, digits and "-", and starts and ends with a letter or digit.');

/** A person or a group in a group. */
export const memberOfGroup = z.union([personId, groupId], { error: 'Name a person or a group by id.' });

const group = z.object({ id: groupId, name: groupName, createdAt: epochSeconds, version: z.int() });

/** Without `group`, all groups; with it, that one and who is in it. */
export const listInput = z.object({ vault: organizationId, group: groupId.optional() });
export const listOutput = z.object({
  groups: z.array(
    group.extend({
      /** Groups in it, directly. */
      groups: z.array(groupId),
      /** People in it directly; null unless it was asked for alone. */
      people: z.array(z.object({ personId, email: email.nullable() })).nullable(),
      /** All people in it, unfolded: how many. */
      reach: z.int(),
    }),
  ),
});

export const createInput = z.object({ vault: organizationId, name: groupName, requestId });
export const createOutput = group;

const change = { vault: organizationId, group: groupId, version, requestId };

/** Takes its people's access by it, and the rules that name it. Its id is never used again. */
export const removeInput = z.object(change);
export const removeOutput = z.object({
  id: groupId,
  name: groupName,
  /** Paths of the rules that went with it, the first hundred. */
  rules: z.array(z.string()),
  /** How many there were. */
  ruleCount: z.int(),
  sessionsEndBy: epochSeconds.nullable(),
});

/** Adding whom it holds already, or dropping whom it does not, changes nothing and is no error. */
export const addInput = z.object({ ...change, member: memberOfGroup });
export const addOutput = group;
export const dropInput = addInput;
/** Sessions that storage granted before live until `sessionsEndBy` at the latest. */
export const dropOutput = group.extend({ sessionsEndBy: epochSeconds.nullable() });

/** A change of a group that is not made (`preview.ts` has the answer). */
export const previewInput = z.object({
  vault: organizationId,
  group: groupId,
  change: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('add'), member: memberOfGroup }),
    z.object({ kind: z.literal('drop'), member: memberOfGroup }),
    z.object({ kind: z.literal('remove') }),
  ]),
});
