/** `npm run bench [name …]`: runs the comparisons (all of them unless named) and prints the page; with `--write`, also into docs/benchmarks.md. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { compiling } from './compile.ts';
import { decision } from './decision.ts';
import { preview, who } from './people.ts';
import { puts } from './puts.ts';
import { query } from './query.ts';
import { clone } from './servers.ts';
import { sync } from './sync.ts';
import { render, type Comparison } from './table.ts';

/** An rclone that has `serve s3`: the one on the PATH, or one built from its Go module. */
function presentDayRclone(): string {
  if (spawnSync('rclone', ['serve', 's3', '--help'], { encoding: 'utf8' }).stdout?.includes('--auth-key')) return 'rclone';
  const built = spawnSync('bash', [join(clone, 'tooling/engines/rclone.sh')], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (built.status !== 0) throw new Error('These comparisons need rclone 1.65 or newer on the PATH, or Go 1.24 or newer to build it.');
  return built.stdout.trim();
}

const comparisons: Readonly<Record<string, () => Promise<Comparison>>> = {
  query,
  decision,
  compile: compiling,
  who,
  preview,
  sync: () => sync(presentDayRclone()),
  puts: () => puts(presentDayRclone()),
};

const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const chosen = named.length > 0 ? named : Object.keys(comparisons);
const done: Comparison[] = [];
for (const name of chosen) {
  const comparison = comparisons[name];
  if (comparison === undefined) {
    process.stderr.write(`There is no comparison "${name}". There are: ${Object.keys(comparisons).join(', ')}.\n`);
    process.exit(1);
  }
  process.stderr.write(`${name} …\n`);
  done.push(await comparison());
}
const [cpu] = cpus();
const page = render(
  done,
  `Measured on ${cpus().length} cores (${cpu?.model ?? 'unknown'}), Node ${process.version}, ${new Date().toISOString().slice(0, 10)}.`,
);
process.stdout.write(`${page}\n`);
if (process.argv.includes('--write')) writeFileSync(join(clone, 'docs/benchmarks.md'), `${page}\n`);
