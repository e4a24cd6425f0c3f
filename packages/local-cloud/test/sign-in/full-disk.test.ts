/** A full disk: a clear 503 for people and programs, and nobody is signed out by it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as privateDatabase from '../../src/private-database.ts';
import { openArtifacts } from '../../src/sign-in/artifact-store.ts';
import { openDatabase } from '../../src/sign-in/database.ts';
import { hasRoom } from '../../src/sign-in/disk-room.ts';
import { newPerson, signUpForTest, startSignIn, tokenRequest } from '../../test-support/sign-up.ts';
import { startTestSignIn, type TestSignIn } from './server.ts';

const opened: DatabaseSync[] = [];
vi.mock('../../src/private-database.ts', async (original) => {
  const real = await original<typeof privateDatabase>();
  const openPrivateDatabase: typeof real.openPrivateDatabase = (...given) => {
    const database = real.openPrivateDatabase(...given);
    opened.push(database);
    return database;
  };
  return { openPrivateDatabase };
});

/** Lets the newest database grow by no page more. */
function fill(): void {
  const database = opened.at(-1);
  const pages = Number(database?.prepare('PRAGMA page_count').get()?.['page_count']);
  database?.exec(`PRAGMA max_page_count = ${pages}`);
}

let server: TestSignIn;
let room = true;
beforeEach(async () => {
  room = true;
  server = await startTestSignIn({ hasRoom: () => room });
});
afterEach(() => server.stop());

describe('without room', () => {
  it('a page says why with 503, and the visit goes on when there is room again', async () => {
    const flow = await startSignIn(server);
    room = false;
    const refused = await startSignIn(server, flow.browser).then(({ page }) => page);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('60');
    expect(refused.html).toContain('The disk of this server is full');
    room = true;
    expect((await flow.browser.get(flow.page.url)).status).toBe(200);
  });

  it('a refresh is told 503 temporarily_unavailable, and the same token serves afterwards', async () => {
    const { refreshToken } = await signUpForTest(server, newPerson());
    room = false;
    const body = { grant_type: 'refresh_token', client_id: 'hq', refresh_token: refreshToken };
    const answer = await fetch(`${server.origin}/sign-in/token`, { method: 'POST', body: new URLSearchParams(body) });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '60']);
    expect(await answer.json()).toMatchObject({ error: 'temporarily_unavailable', error_description: expect.stringContaining('disk of this server is full') });
    room = true;
    expect((await tokenRequest(`${server.origin}/sign-in`, body)).refreshToken).not.toBe(refreshToken);
  });
});

describe('a database that can not grow', () => {
  it('makes 503 of an authorization, of a mailed code and of an account', async () => {
    const flow = await startSignIn(server);
    const form = await flow.browser.get(`${flow.page.url}/sign-up`);
    fill();
    const statuses = new Set<number>();
    for (let visit = 0; visit < 60; visit += 1) statuses.add((await startSignIn(server, undefined, { state: 'x'.repeat(500) })).page.status);
    expect(statuses).toContain(503);
    expect(statuses.has(500)).toBe(false);
    const answers = new Set<string>();
    for (let mail = 0; mail < 40; mail += 1) {
      const { status, html } = await flow.browser.submit(form, 'sign-up', { ...newPerson(), email: `${mail}@${'y.'.repeat(90)}example` });
      answers.add(`${status} ${/disk of this server is full/.exec(html)?.[0] ?? ''}`);
    }
    expect(answers).toContain('503 disk of this server is full');
    expect([...answers].filter((answer) => answer.startsWith('500'))).toEqual([]);
  });

  it('is a NoRoomError to the provider', async () => {
    const data = mkdtempSync(join(tmpdir(), 'hq-full-'));
    const database = openDatabase(data);
    const visits = openArtifacts(database, { clock: () => 0 }).adapter('Interaction');
    fill();
    await expect(visits.upsert('one', { params: { state: 'x'.repeat(100_000) } }, 60)).rejects.toMatchObject({
      name: 'NoRoomError',
      statusCode: 503,
      message: 'temporarily_unavailable',
    });
    database.close();
    expect(hasRoom(data)).toBe(true);
    rmSync(data, { recursive: true });
  });
});
