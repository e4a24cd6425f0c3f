/** One organization of 10,000 people and 10,000 rules: a third for everybody, a third for groups, a third for persons. The same on every run. */
import type { AclRecord, Grantee, Level, Rule } from '@hq/shared/acl/rule';
import type { Member } from '@hq/shared/acl/reach';
import { canonicalPath, root, selfAndAncestors, type Path } from '@hq/shared/path';
import type { Role } from '@hq/shared/roles';
import { randomFrom } from './measure.ts';

const people = 10_000;
const rules = 10_000;
const groups = 200;

/** People in three of 200 groups each; one in twenty reads only, one in a thousand is an admin. */
export function everyone(): Member[] {
  const random = randomFrom(1);
  return Array.from({ length: people }, (_, n) => {
    const role: Role = n % 1000 === 0 ? 'admin' : n % 20 === 0 ? 'read-only' : 'contributor';
    const held = Array.from({ length: 3 }, () => groupId(Math.floor(random() * groups)));
    return { personId: personId(n), email: `person-${n}@example.com`, role, groups: new Set(held) };
  });
}

/** One rule a path, all over a tree of folders, and one at the root for everybody. */
export function scattered(): Map<Path, AclRecord> {
  const random = randomFrom(2);
  const records = new Map<Path, AclRecord>([[root, recordAt(root, [{ grantee: { kind: 'org' }, level: 'read' }])]]);
  for (let n = 1; n < rules; n++) {
    const path = canonicalPath(`team-${n % 97}/project-${n % 1009}/area-${n}/`);
    records.set(path, recordAt(path, [ruleOf(n, random)]));
  }
  return records;
}

/** The path of a file eight folders deep. */
export const deepFile = canonicalPath('a/b/c/d/e/f/g/h/notes.md');

/** All rules on the way up from one file: the most that a question about a single path can have to look at. */
export function stacked(): Map<Path, AclRecord> {
  const random = randomFrom(3);
  const way = selfAndAncestors(deepFile);
  const held = new Map<Path, Rule[]>(way.map((path) => [path, []]));
  for (let n = 0; n < rules; n++) held.get(way[n % way.length] ?? root)?.push(ruleOf(Math.floor(n / way.length), random));
  return new Map([...held].map(([path, all]) => [path, recordAt(path, all)]));
}

/** The same records with one rule at the root that lets everybody write. */
export function openedAtRoot(records: ReadonlyMap<Path, AclRecord>): Map<Path, AclRecord> {
  return new Map([...records, [root, recordAt(root, [{ grantee: { kind: 'org' }, level: 'write' }])]]);
}

function recordAt(path: Path, all: readonly Rule[]): AclRecord {
  return { path, rules: all, open: false, version: 1 };
}

function ruleOf(n: number, random: () => number): Rule {
  const grantee: Grantee =
    n % 3 === 0
      ? { kind: 'org' }
      : n % 3 === 1
        ? { kind: 'group', id: groupId(Math.floor(random() * groups)) }
        : { kind: 'person', id: personId(Math.floor(random() * people)) };
  const level: Level = n % 5 === 0 ? 'none' : n % 2 === 0 ? 'read' : 'write';
  return { grantee, level };
}

function personId(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

function groupId(n: number): string {
  return `grp_${String(n).padStart(26, '0')}`;
}
