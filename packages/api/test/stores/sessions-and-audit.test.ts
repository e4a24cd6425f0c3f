import { randomBytes } from 'node:crypto';
import { newId } from '@hq/shared/ids';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { canonicalPath } from '@hq/shared/path';
import { touches, type IssuedSession } from '../../src/stores/sessions.ts';
import { openStores, person, type StoresUnderTest } from '../../test-support/stores-under-test.ts';

let stores: StoresUnderTest;
beforeEach(() => {
  stores = openStores();
});
afterEach(() => stores.close());

const [ada, bob] = [person(1), person(2)];
const session = (personId: string, seconds: number, vaultId = 'cmp_a'): IssuedSession => ({
  id: newId('session', randomBytes),
  vaultId,
  personId,
  cone: 'a/é/',
  source: null,
  access: 'write',
  operation: 'credentials.issue',
  actions: ['s3:GetObject'],
  issuedAt: stores.now,
  expiresAt: stores.now + seconds,
  sourceIp: '203.0.113.9',
  userAgent: null,
});

const entry = (action: string, partition = 'cmp_a') =>
  ({
    partition,
    personId: ada,
    action,
    paths: ['a/b'],
    outcome: 'refused',
    code: 'NOT_FOUND',
    because: 'no-rule',
    sessions: [],
    sourceIp: null,
    userAgent: 'hq/0.1',
    before: null,
    after: null,
  }) as const;

describe('issued sessions', () => {
  test('they are listed by vault and by person, the first to end first, until they end', async () => {
    const [late, soon, foreign] = [session(ada, 3600), session(ada, 900), session(ada, 1800, 'cmp_b')];
    await stores.sessions.record([late, soon]);
    await stores.sessions.record([foreign, session(bob, 900, 'cmp_b')]);
    expect(await stores.sessions.ofVault('cmp_a')).toEqual([soon, late]);
    expect(await stores.sessions.ofPerson(ada)).toEqual([soon, foreign, late]);
    stores.now += 900;
    expect(await stores.sessions.ofVault('cmp_a')).toEqual([late]);
    stores.now += 2700;
    expect(await stores.sessions.ofPerson(ada)).toEqual([]);
  });

  test('the latest end is that of the last live one that is asked about', async () => {
    const ofAll = () => stores.sessions.latestEndOf('cmp_a', () => true);
    expect(await ofAll()).toBeNull();
    await stores.sessions.record([session(ada, 3600, 'cmp_b'), session(ada, 900), session(bob, 1800)]);
    expect(await ofAll()).toBe(stores.now + 1800);
    expect(await stores.sessions.latestEndOf('cmp_a', ({ personId }) => personId === ada)).toBe(stores.now + 900);
    expect(await stores.sessions.latestEndOf('cmp_a', () => false)).toBeNull();
    expect(await stores.sessions.latestEnd('cmp_a', ada)).toBe(stores.now + 900);
    expect(await stores.sessions.latestEndOfPerson(ada)).toBe(stores.now + 3600);
    stores.now += 1800;
    expect(await ofAll()).toBeNull();
    expect(await stores.sessions.latestEnd('cmp_a', ada)).toBeNull();
  });

  test('a session touches its cone, its source, and what is above and below them', () => {
    const copied = { cone: 'a/b/', source: 'from/x' };
    const at = (path: string) => touches(copied, canonicalPath(path));
    expect(['a/b/', 'a/b/c', 'a/', '', 'from/x', 'from/'].map(at)).toEqual([true, true, true, true, true, true]);
    expect(['a/b', 'a/bc/', 'a/c/', 'from/x/y', 'from/xy', 'b/'].map(at)).toEqual([false, false, false, false, false, false]);
  });

  test('sixteen in a personal vault, whose id is the partition of its person, are recorded at once', async () => {
    const sessions = Array.from({ length: 16 }, () => session(ada, 900, `usr_${ada}`));
    await stores.sessions.record(sessions);
    expect(await stores.sessions.ofVault(`usr_${ada}`)).toHaveLength(16);
    expect(await stores.sessions.ofPerson(ada)).toHaveLength(16);
  });
});

describe('audit', () => {
  test('entries of one second keep the order in which they were written, newest first, page by page', async () => {
    const written = [];
    for (let i = 0; i < 25; i++) {
      if (i % 10 === 0) stores.now++;
      written.push(...(await stores.audit.append([entry(`step.${i}`)])));
    }
    await stores.audit.append([entry('elsewhere', 'cmp_b')]);
    const read = [];
    for (let cursor: string | null = null; ; ) {
      const page = await stores.audit.list({ partition: 'cmp_a', limit: 7, ...(cursor === null ? {} : { cursor }) });
      read.push(...page.entries);
      if (page.cursor === null) break;
      cursor = page.cursor;
    }
    expect(read).toEqual(written.toReversed());
  });

  test('a span of time is inclusive at both ends', async () => {
    const start = stores.now;
    for (let i = 0; i < 5; i++) {
      await stores.audit.append([entry(`step.${i}`)]);
      stores.now++;
    }
    const { entries } = await stores.audit.list({ partition: 'cmp_a', from: start + 1, to: start + 3, limit: 100 });
    expect(entries.map(({ action }) => action)).toEqual(['step.3', 'step.2', 'step.1']);
  });
});
