/** What a person does first, with the real server and the real command line. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openShell, type Shell } from '../support/shell.ts';
import { startServer, type TestServer } from '../support/server.ts';

let server: TestServer;
let ada: Shell;

beforeAll(async () => {
  server = await startServer();
  ada = openShell(server.apiUrl);
});
afterAll(async () => {
  ada[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
});

test('a person signs up, makes an organization and keeps files in it', async () => {
  const person = await ada.login();
  expect(await ada.ok('whoami')).toContain(person.email);
  await ada.ok('org', 'create', 'acme');
  const draft = join(ada.home, 'draft.md');
  writeFileSync(draft, 'A draft\n');
  await ada.ok('files', 'put', draft, 'notes/plan.md', '--org', 'acme');
  const piped = await ada.run('hq', ['files', 'put', '-', 'notes/plan.md', '--org', 'acme'], { input: 'Plans\n' });
  expect(piped).toMatchObject({ code: 0 });
  expect(await ada.run('hq', ['files', 'put', '-', '--org', 'acme'], { input: 'Plans\n' })).toMatchObject({ code: 1 });
  expect(await ada.ok('files', 'ls', 'notes/', '--org', 'acme')).toContain('plan.md');
  expect(await ada.ok('files', 'cat', 'notes/plan.md', '--org', 'acme')).toBe('Plans\n');
});
