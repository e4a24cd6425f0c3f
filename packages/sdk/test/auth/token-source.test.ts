/** One refresh at a time, whoever asks. */
import { HqError } from '@hq/shared/errors';
import { describe, expect, it } from 'vitest';
import { memoryTokenStore } from '../../src/auth/memory-store.ts';
import { tokenSource } from '../../src/auth/token-source.ts';
import { exclusiveInProcess, type Tokens } from '../../src/auth/tokens.ts';

const server = 'http://127.0.0.1:8787';

function tokens(serial: number, expiresAt: number): Tokens {
  return { accessToken: `access${serial}`, idToken: 'id', refreshToken: `refresh${serial}`, expiresAt, issuer: 'i', tokenEndpoint: 't', clientId: 'c' };
}

/** Two programs that share a store and a lock, at second 1000. */
function setUp(first?: Tokens) {
  const store = memoryTokenStore();
  const exclusively = exclusiveInProcess();
  const facts = { now: 1000, refreshed: [] as string[], fail: undefined as Error | undefined, trouble: undefined as HqError | undefined };
  const refresh = async (last: Tokens): Promise<{ tokens: Tokens; trouble?: HqError }> => {
    facts.refreshed.push(last.refreshToken);
    await Promise.resolve();
    if (facts.fail !== undefined) throw facts.fail;
    const next = tokens(Number(last.refreshToken.slice(7)) + 1, facts.now + 300);
    return facts.trouble === undefined ? { tokens: next } : { tokens: next, trouble: facts.trouble };
  };
  const source = () => tokenSource({ server, store, exclusively, clock: () => facts.now, refresh });
  return { store, facts, source, ready: first === undefined ? Promise.resolve() : store.save(server, first) };
}

describe('an access token', () => {
  it('is used until a minute before its end, and then renewed', async () => {
    const { facts, source, ready } = setUp(tokens(1, 1300));
    await ready;
    const one = source();
    expect(await one.accessToken()).toBe('access1');
    facts.now = 1239;
    expect(await one.accessToken()).toBe('access1');
    facts.now = 1240;
    expect(await one.accessToken()).toBe('access2');
    expect(facts.refreshed).toEqual(['refresh1']);
  });

  it('is renewed once for all who wait, in one program and in another', async () => {
    const { facts, source, ready } = setUp(tokens(1, 1000));
    await ready;
    const [one, two] = [source(), source()];
    const answers = await Promise.all([one, two, one, two, one].map((each) => each.accessToken()));
    expect(new Set(answers)).toEqual(new Set(['access2']));
    expect(facts.refreshed).toEqual(['refresh1']);
  });

  it('that the server refused is renewed, unless another program has done so', async () => {
    const { facts, source, ready } = setUp(tokens(1, 1300));
    await ready;
    const [one, two] = [source(), source()];
    for (const each of [one, two]) each.reject(await each.accessToken());
    expect(await one.accessToken()).toBe('access2');
    expect(await two.accessToken()).toBe('access2');
    expect(facts.refreshed).toEqual(['refresh1']);
  });

  it('can be renewed before its time', async () => {
    const { source, ready } = setUp(tokens(1, 1300));
    await ready;
    const one = source();
    expect(await one.accessToken()).toBe('access1');
    expect((await one.refreshNow()).accessToken).toBe('access2');
    expect(await one.accessToken()).toBe('access2');
  });

  it('is not there for someone who is not signed in', async () => {
    await expect(setUp().source().accessToken()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('is forgotten when the sign-in has ended, and kept when the server is merely away', async () => {
    const { facts, source, store, ready } = setUp(tokens(1, 1000));
    await ready;
    facts.fail = new HqError('UNAVAILABLE', 'away');
    await expect(source().accessToken()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await store.load(server)).toBeDefined();
    facts.fail = new HqError('EXPIRED', 'ended');
    await expect(source().accessToken()).rejects.toMatchObject({ code: 'EXPIRED' });
    expect(await store.load(server)).toBeUndefined();
  });

  it('that came with trouble is not used, and the refresh token beside it is kept', async () => {
    const { facts, source, store, ready } = setUp(tokens(1, 1000));
    await ready;
    const one = source();
    facts.trouble = new HqError('CLOCK_SKEW', 'another time');
    await expect(one.accessToken()).rejects.toMatchObject({ code: 'CLOCK_SKEW' });
    expect((await store.load(server))?.refreshToken).toBe('refresh2');
    facts.trouble = undefined;
    await one.refreshNow();
    expect(facts.refreshed).toEqual(['refresh1', 'refresh2']);
  });

  it('of a new sign-in replaces the old one, and signing out gives it back', async () => {
    const { source, ready } = setUp(tokens(1, 1300));
    await ready;
    const one = source();
    await one.accessToken();
    await one.replace(tokens(7, 1300));
    expect(await one.accessToken()).toBe('access7');
    expect((await one.forget())?.refreshToken).toBe('refresh7');
    await expect(one.accessToken()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
