/** Desktop and command line refreshing together: one refresh, or rotation would sign everyone out. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { nodeTokenStore } from '../../src/node/hq.ts';
import { beginSignIn } from '../../src/auth/sign-in.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { start } from '../support/run.ts';

const server = 'http://127.0.0.1:8787';
let home: string;
let issuer: TestIssuer;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'hq-race-'));
  issuer = await startIssuer(150);
});
afterAll(async () => {
  await issuer.close();
  await rm(home, { recursive: true, force: true });
});

it('six processes with an expired token make one refresh and agree on its result', async () => {
  const ports = { fetch, clock: () => Math.floor(Date.now() / 1000) };
  const redirectUri = 'http://127.0.0.1:5555/callback';
  const attempt = await beginSignIn({ issuer: issuer.url, clientId: 'hq-cli', scopes: ['openid'] }, redirectUri, ports);
  const tokens = await attempt.finish(issuer.approve(attempt.url));
  const store = nodeTokenStore(home, false);
  await store.save(server, { ...tokens, expiresAt: 0 });

  const programs = Array.from({ length: 6 }, () => start('refresh-process.ts', server, home));
  await Promise.all(programs.map((program) => program.line()));
  for (const { child } of programs) child.stdin?.write('go\n');
  const answers = await Promise.all(programs.map((program) => program.line()));
  await Promise.all(programs.map((program) => program.ended()));

  expect(issuer.refreshes.count).toBe(1);
  expect(issuer.ended.value).toBe(false);
  expect(new Set(answers).size).toBe(1);
  expect(answers[0]).toBe((await store.load(server))?.accessToken);
});
