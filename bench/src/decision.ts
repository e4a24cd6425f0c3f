/**
 * One decision at 1k, 100k and 1M rules, beside the least that any correct answer has to do (a walk over the path's folders with one Map lookup each) and beside
 * libraries that decide about access. All have the same rules and are asked the same questions, in turn; each has to give the answers that `decide()` gives.
 */
import { allows } from '@hq/shared/acl/actions';
import { decide } from '@hq/shared/acl/decide';
import type { AclRecord } from '@hq/shared/acl/rule';
import { parentOf, type Path } from '@hq/shared/path';
import { peers, type MayWrite } from './decision-peers.ts';
import { caller, questionCount, questions, rules } from './decision-rules.ts';
import { inTurn, ownCost, type Cost } from './measure.ts';
import { micros, ratio, type Comparison } from './table.ts';

const decisions = 400_000;
/** Seconds that a peer may take for its part of a round. */
const patience = 1;
const now = 1_800_000_000;

/** Every record at or above the path: what a decision has to have seen when the nearest ones are not for the caller. */
function floor(records: ReadonlyMap<Path, AclRecord>, path: Path): number {
  let found = 0;
  for (let at = path; ; at = parentOf(at)) {
    if (records.get(at) !== undefined) found++;
    if (at === '') return found;
  }
}

let kept = 0;

/** Asks `count` questions; the cost is that of one. */
function timed(paths: readonly Path[], count: number, one: (path: Path) => number): () => Promise<Cost> {
  return async () => {
    const { cpu, wall } = await ownCost(() => {
      for (let i = 0; i < count; i++) kept += one(paths[i & (questionCount - 1)] as Path);
    });
    return { cpu: cpu / count, wall: wall / count };
  };
}

/** Asks a peer as many questions as it answers in the time it has, compares with `decide()`, and gives that number. */
function checked(name: string, mayWrite: MayWrite, records: ReadonlyMap<Path, AclRecord>, paths: readonly Path[]): number {
  const until = performance.now() + patience * 1000;
  let asked = 0;
  for (const path of paths) {
    if (mayWrite(path) !== allows(decide(caller, records, path, now).level, 'write')) throw new Error(`${name} answers otherwise than decide() at ${path}.`);
    asked++;
    if (performance.now() > until && asked >= 5) break;
  }
  return asked;
}

/** The CPU of one decision with so many rules, in seconds: ours, the walk's, and each peer's that can bear them. */
async function compare(count: number): Promise<Record<string, number>> {
  const records = rules(count);
  const paths = questions(count);
  const sides: Record<string, () => Promise<Cost>> = {
    decide: timed(paths, decisions, (path) => decide(caller, records, path, now).level.length),
    floor: timed(paths, decisions, (path) => floor(records, path)),
  };
  for (const [name, { most, load }] of Object.entries(peers)) {
    if (count > most) continue;
    const mayWrite = await load([...records.values()]);
    sides[name] = timed(paths, checked(name, mayWrite, records, paths), (path) => Number(mayWrite(path)));
  }
  const seen = await inTurn(sides, 5);
  return Object.fromEntries(Object.entries(seen).map(([name, { cpu }]) => [name, cpu]));
}

export async function decision(): Promise<Comparison> {
  const names = Object.keys(peers);
  const rows: string[][] = [];
  const growth: number[] = [];
  let worst = 0;
  for (const count of [1_000, 100_000, 1_000_000]) {
    const { decide: ours = Number.NaN, floor: least = Number.NaN, ...theirs } = await compare(count);
    const beside = names.map((name) => (theirs[name] === undefined ? '–' : micros(theirs[name] * 1e6)));
    rows.push([count.toLocaleString('en'), micros(ours * 1e6), micros(least * 1e6), ratio(ours, least), ...beside]);
    growth.push(ours);
    worst = Math.max(worst, ours / least);
  }
  if (kept === 0) throw new Error('Nothing was decided.');
  const grown = (growth.at(-1) ?? Number.NaN) / (growth[0] ?? Number.NaN);
  return {
    title: 'One decision',
    work: `CPU a decision on a path five deep, medians of five rounds: ${decisions.toLocaleString('en')} decisions a round for us and for the walk (a Map lookup for the path and each folder above it), as many as fit into ${patience} s for the others, whose answers were compared with ours first. CASL has only the caller’s rules (a third of them); casbin and Cedar have all, loaded and parsed before. The time of those two grows with the number of rules, so with 1,000,000 they were left out.`,
    columns: ['rules', '`decide()`', 'Map walk', 'ratio', ...names],
    rows,
    verdict: `Asked for: at most 2 × the walk, and at most 15 × growth from 1,000 to 1,000,000 rules (here ${grown.toFixed(2)} ×); this run ${worst <= 2 && grown <= 15 ? 'meets' : 'misses'} it.`,
  };
}
