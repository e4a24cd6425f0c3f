/** The README's tour, command by command, as a newcomer would type it: what it says is what works. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clone, startServer, type TestServer } from '../support/server.ts';
import { openShell, type Shell } from '../support/shell.ts';

const readme = readFileSync(join(clone, 'README.md'), 'utf8');
const commands = [...readme.matchAll(/^```sh tour\n([^]*?)^```$/gm)].flatMap(([, block = '']) => block.trim().split('\n'));

let server: TestServer;
let newcomer: Shell;
let elsewhere: string;

beforeAll(async () => {
  server = await startServer();
  newcomer = openShell(server.apiUrl);
  elsewhere = mkdtempSync(join(tmpdir(), 'hq-tour-'));
});
afterAll(async () => {
  newcomer[Symbol.dispose]();
  rmSync(elsewhere, { recursive: true, force: true });
  await server[Symbol.asyncDispose]();
});

test('the tour in the README works from its first command to its last', async () => {
  expect(commands.length).toBeGreaterThan(10);
  const said: string[] = [];
  for (const command of commands) {
    if (command === 'npx hq login') {
      await newcomer.login();
      continue;
    }
    // The tour writes to /tmp; two runs at once must not meet there.
    const { code, stdout, stderr } = await newcomer.run('bash', ['-c', command.replaceAll('/tmp/', `${elsewhere}/`)]);
    expect([command, code, stderr]).toEqual([command, 0, stderr]);
    said.push(stdout);
  }
  const all = said.join('');
  for (const seen of ['acme', 'plans.md', 'Plans for the week', 'Notes from the web', 'Plans for the month', 'AWS_SESSION_TOKEN']) expect(all).toContain(seen);
});
