/** A real tree of more than 5,000 files through the built `hq`: up, killed on the way; down elsewhere, killed on the way; then byte by byte the same. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { build } from './support/build.ts';
import { person, type Person } from './support/person.ts';
import { startServer, type RunningServer } from './support/server.ts';
import { linesOf, must, summaryOf } from './support/sync-lines.ts';
import { systemNode } from './support/system-node.ts';

const door = fileURLToPath(new URL('../bin/hq.js', import.meta.url));
const store = fileURLToPath(new URL('../../../node_modules/.pnpm', import.meta.url));
const wanted = 5_000;
const largest = 300_000;

let server: RunningServer;
let laptop: Person;
let desktop: Person;
beforeAll(async () => {
  build();
  server = await startServer();
  laptop = await person(server.url, 'ann@example.com');
  desktop = await person(server.url, 'ann@example.com');
  await must(laptop.login('sign-up'));
  await must(desktop.login('sign-in'));
  await must(laptop.hq('org', 'create', 'acme'));
});
afterAll(async () => {
  await server?.stop();
  await Promise.all([laptop?.leave(), desktop?.leave()]);
});

/** Copies installed packages, as they are, until there are enough files; returns how many. */
function plant(folder: string): number {
  let count = 0;
  for (const name of readdirSync(store).sort()) {
    const inside = join(store, name, 'node_modules');
    const entries = readdirSync(inside, { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const from = join(entry.parentPath, entry.name);
      if (!entry.isFile() || statSync(from).size > largest) continue;
      const to = join(folder, name.slice(0, 60), relative(inside, from).replaceAll('node_modules', 'modules'));
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(from, to);
      count++;
    }
    if (count >= wanted) break;
  }
  writeFileSync(join(folder, 'empty'), '');
  writeFileSync(join(folder, "it's a $(name) + 100% é 日本 🎉.md"), 'hostile only to the careless');
  writeFileSync(join(folder, 'run.sh'), '#!/bin/sh\n');
  chmodSync(join(folder, 'run.sh'), 0o755);
  return count + 3;
}

/** Path to hash and execute bit, our own folder left out. */
function fingerprint(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const prints = files.map((entry): [string, string] => {
    const place = join(entry.parentPath, entry.name);
    const executable = (statSync(place).mode & 0o100) !== 0 ? 'x' : '-';
    return [relative(folder, place), executable + createHash('sha256').update(readFileSync(place)).digest('hex')];
  });
  return new Map(prints.filter(([path]) => !path.startsWith('.hq/')).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Runs a sync and kills it, without a chance to clean up, after that many events of a kind. */
async function killAfter(who: Person, event: string, count: number): Promise<number> {
  const env = { PATH: process.env['PATH'], HOME: who.home, HQ_API: server.url, HQ_HOME: join(who.home, '.hq'), HQ_KEYCHAIN: 'off' };
  const child = spawn(systemNode().path, [door, 'sync', 'now', 'HQ', '--json'], { cwd: who.home, env, stdio: ['ignore', 'pipe', 'ignore'] });
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes(`"event":"${event}"`) && ++seen === count) child.kill('SIGKILL');
  }
  return seen;
}

it('goes up and comes down whole, although both computers lose power on the way', { timeout: 300_000 }, async () => {
  const source = join(laptop.home, 'HQ');
  mkdirSync(source);
  const planted = plant(source);
  const init = await laptop.json<{ upload: { files: number; heldBack: { path: string }[] } }>('sync', 'init', 'HQ', '--org', 'acme');
  expect(init.upload.files).toBeGreaterThan(wanted);
  const heldBack = init.upload.heldBack.map(({ path }) => path);

  const sent = await killAfter(laptop, 'uploaded', 1_500);
  expect(sent).toBeLessThan(init.upload.files);
  const rest = summaryOf(await laptop.hq('sync', 'now', 'HQ', '--json'));
  expect(rest).toMatchObject({ conflicts: 0, interrupted: false });
  // Nothing that was recorded goes a second time; what was sent and not recorded is found equal.
  expect(Number(rest['uploaded']) + Number(rest['agreed'])).toBeLessThanOrEqual(init.upload.files - 1_400);
  expect(await laptop.hq('sync', 'now', 'HQ')).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing to do') });

  await desktop.hq('sync', 'init', 'HQ', '--org', 'acme');
  await killAfter(desktop, 'downloaded', 1_500);
  const fetched = await desktop.hq('sync', 'now', 'HQ', '--json');
  expect(fetched.code).toBe(0);
  expect(summaryOf(fetched)).toMatchObject({ conflicts: 0, uploaded: 0, deletedInVault: 0 });

  const expected = fingerprint(source);
  for (const path of expected.keys()) if (heldBack.some((held) => (held.endsWith('/') ? path.startsWith(held) : path === held))) expected.delete(path);
  expect(expected.size).toBe(init.upload.files);
  expect(expected.size).toBeGreaterThan(planted * 0.95);
  const arrived = fingerprint(join(desktop.home, 'HQ'));
  expect([...arrived.keys()]).toEqual([...expected.keys()]);
  expect([...arrived].filter(([path, print]) => expected.get(path) !== print)).toEqual([]);
  expect(readdirSync(join(desktop.home, 'HQ', '.hq', 'tmp'))).toEqual([]);
});

it('edits, renames, deletions and a conflict among them arrive, and nothing else moves', { timeout: 120_000 }, async () => {
  const here = join(laptop.home, 'HQ');
  const there = join(desktop.home, 'HQ');
  const paths = [...fingerprint(there).keys()].filter((path) => path.endsWith('.js'));
  const [edited = '', deleted = '', both = '', other = ''] = paths;
  writeFileSync(join(here, edited), 'edited');
  writeFileSync(join(here, both), 'laptop');
  writeFileSync(join(there, both), 'desktop');
  writeFileSync(join(there, other), 'edited there');
  writeFileSync(join(there, 'new.md'), 'new');
  rmSync(join(here, deleted));
  renameSync(join(here, 'run.sh'), join(here, 'renamed.sh'));
  expect(summaryOf(await laptop.hq('sync', 'now', 'HQ', '--json'))).toMatchObject({ uploaded: 3, deletedInVault: 2, downloaded: 0 });
  const met = await desktop.hq('sync', 'now', 'HQ', '--json');
  expect(summaryOf(met)).toMatchObject({ uploaded: 3, downloaded: 2, deletedHere: 2, conflicts: 1 });
  expect(linesOf(met).filter(({ event }) => event === 'conflict')).toMatchObject([{ path: both }]);
  await laptop.hq('sync', 'now', 'HQ');
  const left = fingerprint(here);
  for (const [path, print] of fingerprint(there)) expect([path, left.get(path)]).toEqual([path, print]);
});
