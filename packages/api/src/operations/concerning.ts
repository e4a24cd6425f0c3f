/** Which records concern someone. The others neither give them anything nor hide anything from them, so questions about many people look at a few each. */
import type { AclRecord, Caller, Grantee } from '@hq/shared/acl/rule';
import type { Path } from '@hq/shared/path';

export interface Concern {
  /** The paths of the records: what is for everybody, for the person's groups, and for themselves. */
  readonly paths: ReadonlySet<Path>;
  /** True where something names the person alone. */
  readonly personal: boolean;
  /** Equal for people of the same role whom nothing personal tells apart. */
  readonly standing: string;
}

/** Indexes records by whom they name, ended rules included; answers for one caller at a time. */
export function createConcerns(records: Iterable<AclRecord>): (caller: Caller) => Concern {
  const everyones: Path[] = [];
  const named = new Map<string, Path[]>();
  for (const { path, rules, createdBy, open } of records) {
    const names = new Set(rules.map(({ grantee }) => nameOf(grantee)));
    if (createdBy !== undefined) names.add(personName(createdBy));
    if (open) names.add(everyone);
    for (const name of names) {
      if (name === everyone) everyones.push(path);
      else {
        const paths = named.get(name);
        if (paths === undefined) named.set(name, [path]);
        else paths.push(path);
      }
    }
  }
  return ({ personId, email, groups, standing }) => {
    const shared = [...groups]
      .map(groupName)
      .filter((name) => named.has(name))
      .toSorted();
    const own = [personName(personId), ...(email === undefined ? [] : [addressName(email)])].filter((name) => named.has(name));
    return {
      paths: new Set([...everyones, ...[...shared, ...own].flatMap((name) => named.get(name) ?? [])]),
      personal: own.length > 0,
      standing: JSON.stringify([standing, ...shared]),
    };
  };
}

const everyone = '@all';
const personName = (id: string) => `person ${id}`;
const groupName = (id: string) => `group ${id}`;
const addressName = (email: string) => `email ${email}`;

function nameOf(grantee: Grantee): string {
  if (grantee.kind === 'org') return everyone;
  if (grantee.kind === 'person') return personName(grantee.id);
  return grantee.kind === 'group' ? groupName(grantee.id) : addressName(grantee.email);
}
