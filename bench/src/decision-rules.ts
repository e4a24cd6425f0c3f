/** The rules and the questions of the decision benchmark: the same for us and for each peer. */
import type { AclRecord, Caller } from '@hq/shared/acl/rule';
import type { Path } from '@hq/shared/path';
import { randomFrom } from './measure.ts';

export const group = 'grp_staff';
export const caller: Caller = {
  personId: '00000000-0000-4000-8000-000000000001',
  email: 'ada@example.com',
  groups: new Set([group]),
  standing: { kind: 'member', role: 'contributor' },
};

/** Rules below one another would be told apart by some peers only; here none is, so that all can give the same answers. */
const folderOf = (i: number) => `team-${i % 97}/project-${Math.floor(i / 97) % 1009}/area-${i}/`;

/** `count` rules, one a path, in a tree of folders three deep; a third of them for the caller, by way of a group. One in five takes access away. */
export function rules(count: number): Map<Path, AclRecord> {
  const records = new Map<Path, AclRecord>();
  for (let i = 0; i < count; i++) {
    const path = folderOf(i) as Path;
    const grantee = i % 3 === 0 ? ({ kind: 'group', id: group } as const) : ({ kind: 'person', id: `someone-${i % 500}` } as const);
    records.set(path, { path, rules: [{ grantee, level: i % 5 === 0 ? 'none' : 'write' }], open: false, version: 1 });
  }
  return records;
}

/** How many questions there are: a power of two, so that picking the next one costs nothing. */
export const questionCount = 4096;

/** Paths below the rules, made before the clock starts; a new string each, as a request brings one. */
export function questions(count: number): Path[] {
  const next = randomFrom(7);
  return Array.from({ length: questionCount }, () => `${folderOf(Math.floor(next() * count))}notes/file-${Math.floor(next() * 1000)}.md` as Path);
}
