/**
 * Elsewhere credentials were cached under a key that left out the grants. The client keeps sessions by cone and access, for one person's one vault, and drops them
 * all when access changes. Books that remember by less turn the same checks red.
 */
import { canonicalPath, root } from '@hq/shared/path';
import { expect, test } from 'vitest';
import { createSessionBook, type Grant, type SessionBookOptions } from '../../src/transfer/sessions.ts';

type Issue = SessionBookOptions['issue'];

/** An API whose sessions say for which vault, access and rules they were minted. */
function apiOf(vault: string) {
  let rules = 1;
  const issue: Issue = async (_cone, access): Promise<Grant> => ({
    endpoint: null,
    bucket: vault,
    region: 'us-east-1',
    keyPrefix: '',
    sessions: [
      {
        allow: [''],
        list: [],
        credentials: { accessKeyId: `${vault} ${access} under rules ${rules}`, secretAccessKey: 's', sessionToken: 't', expiration: 2000 },
      },
    ],
  });
  return { issue, changeRules: () => void (rules += 1) };
}

/** What signs for reading, for writing, for reading after the rules have changed, and in another vault. */
async function keysUsed(remember: (issue: Issue) => Issue): Promise<string[]> {
  let generation = 0;
  const book = (issue: Issue) => createSessionBook({ cone: root, clock: () => 1000, generation: () => generation, issue: remember(issue) });
  const [mine, other] = [apiOf('mine'), apiOf('other')];
  const [first, second] = [book(mine.issue), book(other.issue)];
  const key = async (from: typeof first, access: 'read' | 'write') => (await from.lease(canonicalPath('a/b'), access)).session.credentials.accessKeyId;
  const used = [await key(first, 'read'), await key(first, 'write')];
  mine.changeRules();
  first.dropAll();
  used.push(await key(first, 'read'));
  mine.changeRules();
  generation += 1;
  used.push(await key(first, 'read'), await key(second, 'read'));
  return used;
}

/** A cache between book and API. */
const keyedBy = (nameOf: (...asked: Parameters<Issue>) => string) => {
  const kept = new Map<string, Promise<Grant>>();
  return (issue: Issue): Issue =>
    (cone, access) => {
      const name = nameOf(cone, access);
      const found = kept.get(name) ?? issue(cone, access);
      kept.set(name, found);
      return found;
    };
};

const right = ['mine read under rules 1', 'mine write under rules 1', 'mine read under rules 2', 'mine read under rules 3', 'other read under rules 1'];

test('the cache key: a session serves its vault and its access, and none outlives a change of the rules', async () => {
  expect(await keysUsed((issue) => issue)).toEqual(right);
});

test.each([
  ['the cone alone', (cone: string) => cone],
  ['cone and access', (cone: string, access: string) => `${access} ${cone}`],
])('seen red: a cache keyed by %s gives what was granted before, and to another vault', async (_, nameOf) => {
  const used = await keysUsed(keyedBy(nameOf));
  expect(used).not.toEqual(right);
  expect(used.at(-1)).toBe('mine read under rules 1');
});
