/** What strangers may make the sign-in remember and compute. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openArtifacts } from '../../src/sign-in/artifact-store.ts';
import { openDatabase } from '../../src/sign-in/database.ts';
import { GateFullError, workGate } from '../../src/sign-in/work-gate.ts';
import { Browser } from '../../test-support/browser.ts';
import { newPerson, signInForTest, signUpForTest, startSignIn } from '../../test-support/sign-up.ts';
import { startTestSignIn, type TestSignIn } from './server.ts';

let server: TestSignIn;
beforeAll(async () => {
  server = await startTestSignIn({ triesPerPeer: 200, passwordCost: { N: 8192, r: 8, p: 1 } });
});
afterAll(() => server.stop());

const rows = (): number => {
  const database = openDatabase(server.data);
  const count = Number(database.prepare('SELECT count(*) AS n FROM artifacts').get()?.['n']);
  database.close();
  return count;
};

const entry = (path: string, extra: Record<string, string>): string => {
  const asked = { client_id: 'hq', response_type: 'code', redirect_uri: 'http://127.0.0.1:1/callback', scope: 'openid', code_challenge: 'a'.repeat(43) };
  return `${server.origin}/sign-in/${path}?${new URLSearchParams({ ...asked, code_challenge_method: 'S256', ...extra }).toString()}`;
};
const open = (url: string, headers: Record<string, string> = {}): Promise<Response> => fetch(url, { headers, redirect: 'manual' });

describe('the way in', () => {
  it.each([
    ['authorize', { state: 'x'.repeat(513) }],
    ['authorize', { nonce: 'x'.repeat(513) }],
    ['authorize', { login_hint: 'x'.repeat(513) }],
    ['authorize', { anything: 'x'.repeat(513) }],
    ['AUTHORIZE/', { state: 'x'.repeat(6000) }],
    ['authorize', { id_token_hint: 'x'.repeat(4097) }],
    ['authorize', Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`p${index}`, 'x'.repeat(500)]))],
    ['sign-out', { state: 'x'.repeat(513) }],
  ])('%s with more than it needs is a 400 that says so, and nothing is kept', async (path, extra) => {
    const before = rows();
    const answer = await open(entry(path, extra));
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('is longer than');
    expect(rows()).toBe(before);
  });

  it('takes a state of 512 characters', async () => {
    expect((await open(entry('authorize', { state: 'x'.repeat(512) }))).status).toBe(303);
  });

  it.each([
    [{ 'sec-fetch-dest': 'image', 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'same-origin' }, 403],
    [{ 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-origin' }, 303],
    [{ 'sec-fetch-dest': 'document', 'sec-fetch-site': 'cross-site' }, 303],
    [{}, 303],
  ])('answers %j with %d', async (headers, status) => {
    const before = rows();
    expect((await open(entry('authorize', {}), headers)).status).toBe(status);
    expect(rows() - before).toBe(status === 303 ? 1 : 0);
  });

  it('remembers so many visits of strangers, the newest, and forgets nobody who is signed in', async () => {
    const data = mkdtempSync(join(tmpdir(), 'hq-sign-in-'));
    const database = openDatabase(data);
    let now = 0;
    const store = openArtifacts(database, { clock: () => now, keepStrangers: 3 });
    const [visits, sessions] = [store.adapter('Interaction'), store.adapter('Session')];
    await sessions.upsert('mine', { accountId: 'a' }, 60);
    for (now = 1; now <= 6; now += 1) {
      await visits.upsert(`v${now}`, { uid: `v${now}` }, 60);
      await sessions.upsert(`s${now}`, { uid: `s${now}` }, 60);
    }
    const left = async (adapter: typeof visits, letter: string) => {
      const found = await Promise.all([1, 2, 3, 4, 5, 6].map((number) => adapter.find(`${letter}${number}`)));
      return found.map((payload) => payload !== undefined);
    };
    expect(await left(visits, 'v')).toEqual([false, false, false, true, true, true]);
    expect(await left(sessions, 's')).toEqual([false, false, false, true, true, true]);
    expect(await sessions.find('mine')).toBeDefined();
    database.close();
    rmSync(data, { recursive: true });
  });
});

describe('heavy work', () => {
  it('runs so many at once and in order, lets so many wait, and refuses the rest', async () => {
    const gate = workGate(2, 3);
    const started: number[] = [];
    const finish: (() => void)[] = [];
    const jobs = [0, 1, 2, 3, 4].map((job) =>
      gate.run(() => {
        started.push(job);
        return new Promise<void>((resolve) => finish.push(resolve));
      }),
    );
    expect(() => gate.assertRoom()).toThrow(GateFullError);
    await expect(gate.run(async () => 1)).rejects.toThrow(GateFullError);
    expect(started).toEqual([0, 1]);
    finish[0]?.();
    await jobs[0];
    await expect.poll(() => started).toEqual([0, 1, 2]);
    gate.assertRoom();
    for (let job = 1; job < 5; job += 1) {
      await expect.poll(() => finish.length).toBeGreaterThan(job);
      finish[job]?.();
    }
    await Promise.all(jobs);
    expect(started).toEqual([0, 1, 2, 3, 4]);
    expect(await gate.run(async () => 'free again')).toBe('free again');
  });

  it('goes on after work that fails', async () => {
    const gate = workGate(1, 1);
    await expect(gate.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await gate.run(async () => 'next')).toBe('next');
  });
});

describe('290 passwords at once', () => {
  it('are checked or told to come back, none is left without an answer, and being told costs no try', async () => {
    const person = await signUpForTest(server, newPerson());
    const flows = await Promise.all(Array.from({ length: 290 }, () => startSignIn(server, new Browser())));
    const answers = await Promise.all(
      flows.map(({ browser, page }, index) => browser.submit(page, 'sign-in', { email: `${index}@example.com`, password: 'wrong' })),
    );
    const told = answers.filter(({ status }) => status === 429);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 429]));
    expect(told.length).toBeGreaterThan(100);
    for (const { headers, html } of told) {
      expect(headers.get('retry-after')).toBe('10');
      expect(html).toContain('Please try again in ten seconds.');
    }
    expect((await signInForTest(server, person)).accessToken).not.toBe('');
  });
});
