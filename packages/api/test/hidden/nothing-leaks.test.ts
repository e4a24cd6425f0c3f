/**
 * Hidden is absent: two worlds that differ only in what is hidden from the caller answer every question of every procedure alike, to the byte, and at the same
 * cost. The questions are made from the router's own schemas, so a new procedure is asked too.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf, type Name } from '../../test-support/api-under-test.ts';
import { isPath, placesIn, samplesOf, withValue, type Hints, type Place } from '../../test-support/inputs.ts';
import { seeded } from '../../test-support/seeded.ts';
import { surface } from '../surface/surface.ts';
import { addresses, bareWorld, fullWorld, observe, people, type Question, type World } from './two-worlds.ts';

/** Paths that are there in both worlds, in one of them, in none; visible or not. */
const paths = [
  '',
  'area/',
  'area/b.md',
  'area/c/',
  'area/hidden',
  'area/hidden/',
  'area/hidden/deep/',
  'area/hidden/deep/y.md',
  'area/hidden/x.md',
  'area/hidden/nothing.md',
  'area/new.md',
  'lone.md',
  'other/',
  'other/o.md',
  'shut/',
  'team/',
  'team/a.md',
  'team/hidden/',
  'team/hidden/plans/',
  'team/hidden/plans/q3.md',
  'team/hidden/plans/none.md',
  'team/missing.md',
]; // prettier-ignore

/** Ids stand as words, which each world knows its own ids for; schemas are asked with ids of the right form. */
const stand = {
  ORG: `cmp_${'1'.repeat(26)}`,
  OTHER: `cmp_${'2'.repeat(26)}`,
  FINANCE: `grp_${'1'.repeat(26)}`,
  BOARD: `grp_${'2'.repeat(26)}`,
  INVITATION: `inv_${'1'.repeat(26)}`,
};
const asWord = new Map(Object.entries(stand).map(([word, id]) => [id, word]));
const nobody = '00000000-0000-4000-8000-00000000dead';

const hints: Hints = {
  vault: [stand.ORG],
  cone: [''],
  paths: [paths],
  from: ['area/b.md'],
  to: ['area/new.md'],
  path: ['area/b.md', 'area/'],
  group: [stand.FINANCE],
  id: [idOf('eve'), stand.FINANCE],
  personId: [idOf('eve')],
  member: [idOf('eve')],
  email: ['waiting@example.com'],
  invitation: [stand.INVITATION],
  name: ['board'],
  text: ['d'],
  content: ['AA=='],
  contentType: ['text/plain'],
  level: ['read'],
  role: ['read-only'],
  version: [undefined],
  expiresAt: [undefined],
  memberUntil: [undefined],
  requestId: [undefined],
  ifMatch: [undefined],
  ifNoneMatch: [undefined],
  versionId: ['v1'],
  continuationToken: [undefined],
  durationSeconds: [900],
};

/** What else may stand in a place, by the name of its field. */
const others: Readonly<Record<string, readonly unknown[]>> = {
  vault: [stand.OTHER],
  group: [stand.BOARD],
  id: [idOf('bob'), idOf('ada'), nobody, stand.BOARD],
  personId: [idOf('bob'), idOf('ada'), nobody],
  member: [idOf('bob'), stand.FINANCE, stand.BOARD],
  email: addresses,
  level: ['none', 'write', 'admin'],
  access: ['read', 'write'],
  role: ['admin'],
  version: [0, 1, 7],
  versionId: ['v9'],
  recursive: [false],
  ifNoneMatch: ['*'],
  text: ['q', 'hidden'],
};

/** Not asked: they end the caller's part in all of it, and say nothing of a vault. */
const apart = new Set(['auth.config', 'auth.refresh', 'me.signOutEverywhere', 'members.leave', 'orgs.create']);

function questions(type: 'query' | 'mutation'): Question[] {
  return surface()
    .filter((entry) => entry.type === type && !apart.has(entry.name))
    .flatMap(({ name, inputs: [schema] }) => {
      if (schema === undefined) return [];
      const inputs = samplesOf(schema, hints).flatMap((sample) => [sample, ...placesIn(schema, sample).flatMap((place) => variations(sample, place))]);
      // Twice the same question is once too many: many samples differ in one place only.
      const taken = new Map(inputs.filter((input) => schema.safeParse(input).success).map((input) => [JSON.stringify(input), input]));
      return [...taken.values()].map((input) => ({ name, type, input: inWords(input) }));
    });
}

function variations(sample: unknown, place: Place): unknown[] {
  const field = place.route.findLast((step) => typeof step === 'string') ?? '';
  const values = isPath(place) ? paths : (others[field] ?? []);
  return values.map((value) => withValue(sample, place.route, value));
}

const inWords = (input: unknown): unknown =>
  input === undefined
    ? undefined
    : JSON.parse(JSON.stringify(input), (_, value: unknown) => (typeof value === 'string' ? (asWord.get(value) ?? value) : value));

async function compare(full: World, bare: World, caller: Name, question: Question): Promise<string> {
  const [one, other] = [await observe(full, caller, question), await observe(bare, caller, question)];
  expect(one === other ? 'alike' : { caller, question, one: one.split('\n'), other: other.split('\n') }).toBe('alike');
  return one;
}

describe.each(people)('%s', (caller) => {
  let full: World;
  let bare: World;
  beforeAll(async () => {
    [full, bare] = [await fullWorld(), await bareWorld()];
  });
  afterAll(() => Promise.all([full.api.close(), bare.api.close()]));

  it.each([...new Set(questions('query').map(({ name }) => name))])('learns nothing from %s', async (name) => {
    const asked = questions('query').filter((each) => each.name === name);
    for (const question of asked) await compare(full, bare, caller, question);
    expect(asked).not.toEqual([]);
  });

  it('learns nothing from any change, refused or made, one after the other', async () => {
    const chance = seeded(4);
    const waiting = questions('mutation').filter(({ name, input }) => name !== 'members.remove' || !JSON.stringify(input).includes(idOf(caller)));
    const names = new Set(waiting.map(({ name }) => name));
    const done = new Set<string>();
    while (waiting.length > 0) {
      const [question] = waiting.splice(chance.below(waiting.length), 1);
      if (question === undefined) break;
      if ((await compare(full, bare, caller, question)).includes('"value"')) done.add(question.name);
      // What was changed is looked at, by the one question that shows most.
      if (waiting.length % 10 === 0) await compare(full, bare, caller, { name: 'files.list', type: 'query', input: { vault: 'ORG', prefix: '' } });
    }
    expect(names.size).toBeGreaterThanOrEqual(15);
    // The end of it. Sessions that end in the same second are in the order of their ids, which are chance.
    const leave: Question = { name: 'members.leave', type: 'mutation', input: { vault: 'ORG' } };
    const inOrder = async (world: World) => (await observe(world, caller, leave)).split('\n').toSorted();
    expect(await inOrder(full)).toEqual(await inOrder(bare));
    // Were everything refused, little would have been compared.
    expect([...done].toSorted()).toEqual(
      expect.arrayContaining(caller === 'bob' ? ['acl.grant', 'acl.revoke', 'credentials.issue', 'files.copy', 'files.put'] : []),
    );
    expect([...full.api.logged, ...bare.api.logged]).toEqual([]);
  });
});

it('would be noticed: to the admin, the worlds are different', async () => {
  const [full, bare] = [await fullWorld(), await bareWorld()];
  const all = questions('query').filter(({ name }) => ['acl.list', 'acl.who', 'credentials.list', 'files.list', 'members.list', 'orgs.list'].includes(name));
  const different = new Set<string>();
  for (const question of all) if ((await observe(full, 'ada', question)) !== (await observe(bare, 'ada', question))) different.add(question.name);
  expect([...different].toSorted()).toEqual(['acl.list', 'acl.who', 'credentials.list', 'files.list', 'members.list', 'orgs.list']);
});
