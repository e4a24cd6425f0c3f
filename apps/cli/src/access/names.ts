/** What people call the people and groups that rules name by id. */
import type { Grantee } from '@hq/shared/acl/rule';
import type { Api } from '@hq/sdk/api/client';

export interface Names {
  readonly person: (id: string) => string;
  readonly group: (id: string) => string;
  readonly grantee: (grantee: Grantee) => string;
  /** True for an address that a member has, so that a rule for it waits for nobody. */
  readonly isMembers: (email: string) => boolean;
}

/** The ids themselves: for one's own vault, which has no members and no groups. */
export const idsAsNames: Names = namesOf(new Map(), new Map());

function namesOf(people: ReadonlyMap<string, string>, groups: ReadonlyMap<string, string>): Names {
  const person = (id: string): string => people.get(id) ?? id;
  const group = (id: string): string => groups.get(id) ?? id;
  const addresses = new Set(people.values());
  return {
    isMembers: (email) => addresses.has(email),
    person,
    group,
    grantee: (grantee) => {
      if (grantee.kind === 'org') return '@all';
      if (grantee.kind === 'email') return grantee.email;
      return grantee.kind === 'group' ? group(grantee.id) : person(grantee.id);
    },
  };
}

/** The names of an organization, in one request. Who is no member any more, and a group that is gone, keep their ids. */
export async function loadNames(api: Api, vault: string): Promise<Names> {
  if (vault === 'personal') return idsAsNames;
  const [{ members }, { groups }] = await Promise.all([api.members.list.query({ vault }), api.groups.list.query({ vault })]);
  return namesOf(
    new Map(members.flatMap(({ personId, email }) => (email === null ? [] : [[personId, email] as const]))),
    new Map(groups.map(({ id, name }) => [id, name])),
  );
}
