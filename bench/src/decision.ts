/**
 * One decision at 1k, 100k and 1M rules, beside the least that any correct answer has to do: a walk over the path's folders with one Map lookup each. Both run
 * over the same records and the same paths, in turn.
 */
import { decide } from '@hq/shared/acl/decide';
import type { AclRecord, Caller } from '@hq/shared/acl/rule';
import { parentOf, type Path } from '@hq/shared/path';
import { inTurn, type Cost } from './measure.ts';
import { micros, ratio, type Comparison } from './table.ts';

const decisions = 400_000;
const person = '00000000-0000-4000-8000-000000000001';
const caller: Caller = { personId: person, email: 'ada@example.com', groups: new Set(['grp_staff']), standing: { kind: 'member', role: 'contributor' } };

/** A small generator with a seed (mulberry32), so that every run asks the same questions. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** `count` rules, one a path, in a tree of folders three deep; a third of them for the caller. */
function rules(count: number): Map<Path, AclRecord> {
  const records = new Map<Path, AclRecord>();
  for (let i = 0; i < count; i++) {
    const path = `team-${i % 97}/project-${Math.floor(i / 97) % 1009}/area-${i}/` as Path;
    const grantee = i % 3 === 0 ? ({ kind: 'group', id: 'grp_staff' } as const) : ({ kind: 'person', id: `someone-${i % 500}` } as const);
    records.set(path, { path, rules: [{ grantee, level: i % 5 === 0 ? 'none' : 'write' }], open: false, version: 1 });
  }
  return records;
}

/** Paths below the rules, made before the clock starts; a new string each, as a request brings one. */
function questions(count: number): Path[] {
  const next = random(7);
  return Array.from({ length: 4096 }, () => {
    const i = Math.floor(next() * count);
    return `team-${i % 97}/project-${Math.floor(i / 97) % 1009}/area-${i}/notes/file-${Math.floor(next() * 1000)}.md` as Path;
  });
}

/** Every record at or above the path: what a decision has to have seen when the nearest ones are not for the caller. */
function floor(records: ReadonlyMap<Path, AclRecord>, path: Path): number {
  let found = 0;
  for (let at = path; ; at = parentOf(at)) {
    if (records.get(at) !== undefined) found++;
    if (at === '') return found;
  }
}

let kept = 0;

function timed(paths: readonly Path[], one: (path: Path) => number): () => Promise<Cost> {
  return async () => {
    const before = process.cpuUsage();
    const start = performance.now();
    for (let i = 0; i < decisions; i++) kept += one(paths[i & 4095] as Path);
    const used = process.cpuUsage(before);
    return { cpu: (used.user + used.system) / 1e6, wall: (performance.now() - start) / 1000 };
  };
}

export async function decision(): Promise<Comparison> {
  const rows: string[][] = [];
  let first = 0;
  let last = 0;
  for (const count of [1_000, 100_000, 1_000_000]) {
    const records = rules(count);
    const paths = questions(count);
    const seen = await inTurn(
      {
        decide: timed(paths, (path) => decide(caller, records, path, 1_800_000_000).level.length),
        floor: timed(paths, (path) => floor(records, path)),
      },
      7,
    );
    const [ours, theirs] = [(seen.decide.cpu / decisions) * 1e6, (seen.floor.cpu / decisions) * 1e6];
    rows.push([count.toLocaleString('en'), micros(ours), micros(theirs), ratio(ours, theirs)]);
    if (first === 0) first = ours;
    last = ours;
  }
  if (kept === 0) throw new Error('Nothing was decided.');
  return {
    title: 'One decision',
    work: `CPU a decision, ${decisions.toLocaleString('en')} decisions a round, seven rounds, on a path five deep; the floor is a Map lookup for the path and each folder above it.`,
    columns: ['rules', 'decide()', 'Map walk', 'ratio'],
    rows,
    verdict: `Asked for: at most 2 × the walk. From 1,000 to 1,000,000 rules a decision grows ${ratio(last, first)}.`,
  };
}
