/** From what a person types to the member or the group that is meant. */
import { HqError } from '@hq/shared/errors';
import { idPattern, personIdPattern } from '@hq/shared/ids';
import type { Api } from '@hq/sdk/api/client';

const groupId = idPattern('group');

export interface FoundMember {
  readonly personId: string;
  /** What to call them: their address, or the id where there is none. */
  readonly name: string;
}

/** The member with that address or id. @throws HqError `NOT_FOUND`. */
export async function findMember(api: Api, vault: string, text: string): Promise<FoundMember> {
  const { members } = await api.members.list.query({ vault });
  const wanted = text.toLowerCase();
  const found = members.find(({ personId, email }) => (personIdPattern.test(wanted) ? personId === wanted : email === wanted));
  if (found !== undefined) return { personId: found.personId, name: found.email ?? found.personId };
  throw new HqError('NOT_FOUND', `No member of this organization is called "${text}".`, {
    hint: 'Name them by e-mail address or id: "hq members list" shows both.',
  });
}

export interface FoundGroup {
  readonly id: string;
  readonly name: string;
}

/** The group with that name or id. @throws HqError `NOT_FOUND`. */
export async function findGroup(api: Api, vault: string, text: string): Promise<FoundGroup> {
  const { groups } = await api.groups.list.query({ vault });
  const found = groups.find(({ id, name }) => (groupId.test(text) ? id === text : name === text));
  if (found !== undefined) return found;
  const names = groups.slice(0, 10).map(({ name }) => name);
  throw new HqError('NOT_FOUND', `There is no group called "${text}".`, {
    hint: names.length === 0 ? 'Make one with "hq groups create NAME".' : `There are: ${names.join(', ')}${groups.length > 10 ? ', …' : ''}.`,
  });
}

/** A person, who is typed as an address or an id, or otherwise a group. @throws HqError `NOT_FOUND`. */
export async function findMemberOrGroup(api: Api, vault: string, text: string): Promise<FoundGroup> {
  if (!text.includes('@') && !personIdPattern.test(text)) return findGroup(api, vault, text);
  const { personId, name } = await findMember(api, vault, text);
  return { id: personId, name };
}
