/**
 * What a run costs. CPU time (user + system) is the figure that survives a noisy machine; wall time stands beside it. Every comparison runs its sides in turn,
 * several rounds in one process tree, and quotes the median of each.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Seconds. */
export interface Cost {
  readonly cpu: number;
  readonly wall: number;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** The medians of several rounds. */
export function typical(costs: readonly Cost[]): Cost {
  return { cpu: median(costs.map((cost) => cost.cpu)), wall: median(costs.map((cost) => cost.wall)) };
}

/** Runs the sides in turn, `rounds` times after one round that doesn't count, and gives each side's medians. */
export async function inTurn<Name extends string>(sides: Record<Name, () => Promise<Cost>>, rounds: number): Promise<Record<Name, Cost>> {
  const names = Object.keys(sides) as Name[];
  const seen = new Map<Name, Cost[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const cost = await sides[name]();
      if (round > 0) seen.get(name)?.push(cost);
    }
  }
  return Object.fromEntries(names.map((name) => [name, typical(seen.get(name) ?? [])])) as Record<Name, Cost>;
}

/** The cost of a whole child process and what it waited for, as the shell's own `times` counts it. Fails when the command does. */
export async function commandCost(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Cost> {
  const child = spawn('bash', ['-c', 'TIMEFORMAT="COST %U %S %R"; time "$@" >/dev/null', 'time', ...command], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors = (errors + chunk).slice(-20_000);
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  const found = /COST ([\d.]+) ([\d.]+) ([\d.]+)/.exec(errors);
  if (code !== 0 || !found) throw new Error(`${command.join(' ')} ended with ${code}:\n${errors}`);
  return { cpu: Number(found[1]) + Number(found[2]), wall: Number(found[3]) };
}

/** CPU seconds that a running process has used so far (Linux: /proc, in clock ticks of 10 ms). */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The cost to one server process of what `work` makes it do. */
export async function serverCost(pid: number, work: () => Promise<void>): Promise<Cost> {
  const cpu = cpuOf(pid);
  const start = performance.now();
  await work();
  return { cpu: cpuOf(pid) - cpu, wall: (performance.now() - start) / 1000 };
}

/** The cost to this process of one piece of work. */
export async function ownCost(work: () => unknown): Promise<Cost> {
  const before = process.cpuUsage();
  const start = performance.now();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 1e6, wall: (performance.now() - start) / 1000 };
}

/** Numbers in [0, 1) from a seed (mulberry32), so that every run asks the same questions. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
