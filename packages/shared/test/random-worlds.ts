/** Random rules and people for properties: few names, so that rules meet, and biased to chains of folders, where one rule hides another. */
import * as fc from 'fast-check';
import { levels, type AclRecord, type Caller, type Grantee, type Rule } from '../src/acl/rule.ts';
import type { Member } from '../src/acl/reach.ts';
import { canonicalPath, root, selfAndAncestors, type Path } from '../src/path.ts';

export const now = 100;

const segment = fc.constantFrom('a', 'b', 'team', 'team-secret', '😀', '\uffff', '*');
const scattered = fc
  .tuple(fc.array(segment, { maxLength: 4 }), fc.boolean())
  .map(([segments, folder]) => canonicalPath(segments.join('/') + (folder && segments.length > 0 ? '/' : '')));
/** One line of folders and the file at its end. */
const line = selfAndAncestors(canonicalPath('a/b/a/team/a'));
/** A path, more often than not on the one line. */
export const path: fc.Arbitrary<Path> = fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...line) }, scattered);

const grantee = fc.constantFrom<Grantee>(
  { kind: 'person', id: 'ada' },
  { kind: 'person', id: 'eve' },
  { kind: 'email', email: 'ada@example.com' },
  { kind: 'email', email: 'bob@example.com' },
  { kind: 'group', id: 'staff' },
  { kind: 'group', id: 'crew' },
  { kind: 'group', id: 'board' },
  { kind: 'org' },
  { kind: 'org' },
);
const rule: fc.Arbitrary<Rule> = fc.record(
  { grantee, level: fc.constantFrom(...levels, 'none'), expiresAt: fc.integer({ min: 98, max: 103 }) },
  { requiredKeys: ['grantee', 'level'] },
);
const scarcely = fc.integer({ min: 0, max: 4 }).map((drawn) => drawn === 0);

/** All that may be stored at one path, save the path. */
export const content: fc.Arbitrary<Omit<AclRecord, 'path'>> = fc
  .record({ rules: fc.array(rule, { maxLength: 4 }), open: scarcely, created: scarcely, by: fc.constantFrom('ada', 'eve') })
  .map(({ rules, open, created, by }) => ({ rules, open, version: 1, ...(created ? { createdBy: by } : {}) }));

export const records: fc.Arbitrary<ReadonlyMap<Path, AclRecord>> = fc
  .array(fc.tuple(path, content), { maxLength: 9 })
  .map((all) => new Map(all.map(([at, inside]) => [at, { path: at, ...inside }])));

const groups = fc.subarray(['staff', 'crew', 'board']).map((held) => new Set(held));

export const caller: fc.Arbitrary<Caller> = fc.record(
  {
    personId: fc.constant('ada'),
    email: fc.constant('ada@example.com'),
    groups,
    standing: fc.constantFrom<Caller['standing']>(
      { kind: 'owner' },
      { kind: 'member', role: 'admin' },
      { kind: 'member', role: 'contributor' },
      { kind: 'member', role: 'contributor' },
      { kind: 'member', role: 'contributor' },
      { kind: 'member', role: 'read-only' },
      { kind: 'none' },
    ),
    cap: fc.constantFrom(...levels),
  },
  { requiredKeys: ['personId', 'groups', 'standing'] },
);

const person = (personId: string): fc.Arbitrary<Member> =>
  fc.record(
    {
      personId: fc.constant(personId),
      email: fc.constantFrom('ada@example.com', 'bob@example.com', 'eve@example.com'),
      role: fc.constantFrom('admin', 'contributor', 'contributor', 'contributor', 'read-only'),
      groups,
    },
    { requiredKeys: ['personId', 'role', 'groups'] },
  );

/** Up to six people, in any order: two that rules name, and some that share everything. */
export const members: fc.Arbitrary<readonly Member[]> = fc
  .subarray(['ada', 'bob', 'eve', 'kim', 'lea', 'max'])
  .chain((ids) => fc.tuple(...ids.map(person)))
  .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }));

/** Every path of the records given, the folders above them, and a stranger's name inside each folder: wherever an answer can differ. */
export function placesOf(...worlds: readonly ReadonlyMap<Path, AclRecord>[]): ReadonlySet<Path> {
  const places = new Set<Path>([root]);
  for (const at of worlds.flatMap((all) => [...all.keys()]).flatMap(selfAndAncestors)) {
    places.add(at);
    if (at === root || at.endsWith('/')) places.add(canonicalPath(`${at}stranger`)).add(canonicalPath(`${at}stranger/deep/`));
  }
  return places;
}
