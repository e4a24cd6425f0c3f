/**
 * The one way in: `npm start`, `npm test`, `npm run bench`. Runs on the Node (20.19 or newer) that the machine has, and brings what the workspace needs
 * through the package registry: pnpm, Node 24, all dependencies, the built command line. Everything it makes lies inside the clone.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const runtime = join(root, 'tooling', 'runtime');
const pnpm = join(runtime, 'node_modules', '.bin', 'pnpm');
const node24 = join(root, 'node_modules', '.bin', 'node');
const stamp = join(root, 'node_modules', '.hq-installed');

const environment = {
  ...process.env,
  PATH: `${join(root, 'node_modules', '.bin')}:${join(runtime, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}`,
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  AWS_EC2_METADATA_DISABLED: 'true',
};

/** A set-up step that failed: one clear line, and the output of the tool above it. */
function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function quietly(what, advice, command, args, cwd = root) {
  const result = spawnSync(command, args, { cwd, env: environment, encoding: 'utf8' });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  fail(`Set-up stopped: ${what} failed${result.error ? ` (${result.error.message})` : ''}. ${advice}`);
}

/** What decides which packages are installed. Another Node platform needs other native packages. */
function wanted() {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  const manifests = ['apps', 'packages'].flatMap((room) => readdirSync(join(root, room)).map((name) => join(room, name, 'package.json')));
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', 'e2e/package.json', 'bench/package.json', ...manifests]) {
    if (existsSync(join(root, file))) hash.update(file).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

const reachable = 'What the tool says is above; the package registry has to be reachable.';

/** Everything is made inside the clone: where that can't be written, nothing else is tried. */
function checkWritable() {
  for (const folder of ['.', 'node_modules', 'tooling/runtime', 'apps/cli', 'apps/cli/dist']) {
    try {
      if (existsSync(join(root, folder))) accessSync(join(root, folder), constants.W_OK);
    } catch {
      fail(`Set-up stopped: this user may not write to ${join(root, folder)}. Run it as the owner of the clone, or clone it again.`);
    }
  }
}

function install() {
  const want = wanted();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === want && existsSync(node24)) return;
  const pinned = JSON.parse(readFileSync(join(runtime, 'package.json'), 'utf8')).dependencies.pnpm;
  const present = existsSync(pnpm) ? spawnSync(pnpm, ['--version'], { encoding: 'utf8', cwd: runtime }).stdout?.trim() : '';
  if (present !== pinned) {
    process.stderr.write(`Bringing pnpm ${pinned} …\n`);
    // `install`, not `ci`: npm leaves entries for other platforms out of a lockfile and then refuses it. The lockfile's hashes still hold.
    quietly('installing pnpm', reachable, 'npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], runtime);
  }
  process.stderr.write('Installing the workspace, Node 24 included …\n');
  rmSync(stamp, { force: true });
  quietly('installing the workspace', reachable, pnpm, ['install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only']);
  if (!existsSync(node24))
    fail(`Set-up stopped: there is no Node 24 package for ${process.platform}-${process.arch}. Install Node 24 and link it at node_modules/.bin/node.`);
  writeFileSync(stamp, want);
}

/** The command line is one bundle, so that it runs on Node 20.19 too; it is built in a fraction of a second, so it is never stale. */
function build() {
  quietly('building the command line', 'What the tool says is above.', node24, ['apps/cli/scripts/build.mjs']);
}

/** Hands the terminal over: Ctrl-C reaches the child by itself, a TERM is passed on, and the child's end is ours. */
function become(command, args, extra = {}) {
  const child = spawn(command, args, { cwd: root, env: { ...environment, ...extra }, stdio: 'inherit' });
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`Could not start ${command}: ${error.message}.`));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

const [task = 'start', ...rest] = process.argv.slice(2);
checkWritable();
install();
build();
switch (task) {
  case 'setup':
    break;
  case 'start':
    become(node24, ['apps/server/src/main.ts', ...rest]);
    break;
  case 'test':
    become(node24, ['tooling/test.mjs', ...rest]);
    break;
  case 'bench':
    become(node24, ['bench/src/main.ts', ...rest]);
    break;
  default:
    fail(`Unknown task "${task}". Use start, test, bench or setup.`);
}
