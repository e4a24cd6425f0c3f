/** The README's commands, one by one, as a newcomer and a colleague would type them: what it says is what works. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newPerson } from '@hq/local-cloud/test-support/sign-up';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clone, startServer, type TestServer } from '../support/server.ts';
import { openShell, type Shell } from '../support/shell.ts';

const readme = readFileSync(join(clone, 'README.md'), 'utf8');

interface Command {
  /** Whose terminal: the tour's own, or that of one of the two in the part about teams. */
  readonly whose: string;
  readonly command: string;
}

const commands = [...readme.matchAll(/^```sh (tour|ada|bob)\n([^]*?)^```$/gm)].flatMap(([, whose = '', block = '']) =>
  block
    .trim()
    .split('\n')
    .map((command): Command => ({ whose, command })),
);

let server: TestServer;
let ada: Shell;
let bob: Shell;
let elsewhere: string;

beforeAll(async () => {
  server = await startServer();
  ada = openShell(server.apiUrl);
  bob = openShell(server.apiUrl);
  elsewhere = mkdtempSync(join(tmpdir(), 'hq-tour-'));
});
afterAll(async () => {
  ada[Symbol.dispose]();
  bob[Symbol.dispose]();
  rmSync(elsewhere, { recursive: true, force: true });
  await server[Symbol.asyncDispose]();
});

/** The day that an example names is behind us some time; the example has to work then as well. */
const dated = (command: string): string => command.replace(/\b20\d\d-01-31\b/, `${new Date().getUTCFullYear() + 1}-01-31`);

async function run({ whose, command }: Command): Promise<string> {
  const shell = whose === 'bob' ? bob : ada;
  if (command === 'npx hq login') {
    await shell.login(newPerson(`${whose === 'bob' ? 'bob' : 'ada'}@example.com`));
    return '';
  }
  // The tour writes to /tmp; two runs at once must not meet there.
  const { code, stdout, stderr } = await shell.run('bash', ['-c', dated(command).replaceAll('/tmp/', `${elsewhere}/`)]);
  expect([command, code, stderr]).toEqual([command, 0, stderr]);
  return stdout;
}

async function runAll(part: readonly Command[]): Promise<string> {
  let said = '';
  for (const command of part) said += await run(command);
  return said;
}

test('the tour in the README works from its first command to its last', async () => {
  const tour = commands.filter(({ whose }) => whose === 'tour');
  expect(tour.length).toBeGreaterThan(10);
  const said = await runAll(tour);
  for (const seen of ['acme', 'plans.md', 'Plans for the week', 'Notes from the web', 'Plans for the month', 'AWS_SESSION_TOKEN']) expect(said).toContain(seen);
});

test('so does the part about teams, at two terminals', async () => {
  const team = commands.filter(({ whose }) => whose !== 'tour');
  expect(team.length).toBeGreaterThan(15);
  const said = await runAll(team);
  for (const seen of [
    'bob@example.com is invited as contributor',
    'finance has write at reports/, until the end of',
    'You are now in acme as contributor.',
    'You have read at handbook/',
    'because finance has write at reports/',
    'loses: write → none at reports/board/',
    'Every member may read handbook/',
    'by finance at reports/',
    'holds: 1 session',
    'bob@example.com is read-only now.',
    'bob@example.com is removed.',
  ])
    expect(said).toContain(seen);
});
