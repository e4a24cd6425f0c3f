/** Questions about everybody in an organization of 10,000 people and 10,000 rules: who can reach a path, and what a change would do. */
import { decide } from '@hq/shared/acl/decide';
import { compareWorlds, touches, type Effect, type World } from '@hq/shared/acl/preview';
import { callerOf, reach, type Member } from '@hq/shared/acl/reach';
import type { AclRecord } from '@hq/shared/acl/rule';
import { canonicalPath, root, type Path } from '@hq/shared/path';
import { inTurn, ownCost, type Cost } from './measure.ts';
import { deepFile, everyone, openedAtRoot, scattered, stacked } from './organization.ts';
import { millis, type Comparison } from './table.ts';

const now = 1_800_000_000;
const rounds = 7;
const most = { who: 0.2, preview: 0.3 };

const row = (name: string, { cpu, wall }: Cost, said: string) => [name, millis(cpu), millis(wall), said];
const verdict = (cost: Cost, limit: number) =>
  `Asked for: at most ${limit * 1000} ms; this run ${Math.max(cost.cpu, cost.wall) <= limit ? 'meets' : cost.cpu <= limit ? 'meets it in CPU and not in wall time, and so misses' : 'misses'} it.`;

export async function who(): Promise<Comparison> {
  const members = everyone();
  const worlds = { stacked: stacked(), scattered: scattered() };
  const alone = (records: ReadonlyMap<Path, AclRecord>, at: Path) =>
    members.map((member) => ({ member, decision: decide(callerOf(member), records, at, now) }));
  const deep = [...worlds.scattered.keys()].at(-1) ?? root;
  for (const [records, at] of [
    [worlds.stacked, deepFile],
    [worlds.scattered, deep],
  ] as const) {
    const [ours, theirs] = [reach(members, records, at, now), alone(records, at)];
    if (JSON.stringify(ours) !== JSON.stringify(theirs)) throw new Error('The answers differ.');
  }
  const seen = await inTurn(
    {
      stacked: () => ownCost(() => reach(members, worlds.stacked, deepFile, now)),
      scattered: () => ownCost(() => reach(members, worlds.scattered, deep, now)),
      alone: () => ownCost(() => alone(worlds.stacked, deepFile)),
    },
    rounds,
  );
  return {
    title: 'Who can reach a path',
    work: `10,000 people, 10,000 rules (a third for everybody, for groups, for persons; each person in 3 of 200 groups); everyone’s decision with its reason, the same to the byte as \`decide()\` for each person alone; ${rounds} rounds.`,
    columns: ['rules', 'CPU', 'wall', 'how'],
    rows: [
      row('all on the way up from one file, 9 folders', seen.stacked, '`reach`'),
      row('all over a tree, one a path', seen.scattered, '`reach`'),
      row('all on the way up from one file, 9 folders', seen.alone, '`decide()` for each person alone'),
    ],
    verdict: verdict(seen.stacked, most.who),
  };
}

export async function preview(): Promise<Comparison> {
  const members = everyone();
  const records = scattered();
  const before: World = { members, records, now };
  const after: World = { ...before, records: openedAtRoot(records) };
  const group = members[1]?.groups.values().next().value ?? '';
  const without = (member: Member): Member =>
    member.groups.has(group) ? { ...member, groups: new Set([...member.groups].filter((held) => held !== group)) } : member;
  const ungrouped: World = { ...before, members: members.map(without) };
  verify(before, after, compareWorlds(before, after, [root]));
  verify(before, ungrouped, compareWorlds(before, ungrouped, [root]));
  const files = [...records.keys()].map((folder) => canonicalPath(`${folder}notes/plan.md`));
  const seen = await inTurn(
    {
      rule: () => ownCost(() => compareWorlds(before, after, [root])),
      files: () => ownCost(() => countTouched(compareWorlds(before, after, [root]), files)),
      group: () => ownCost(() => compareWorlds(before, ungrouped, [root])),
    },
    rounds,
  );
  const effects = compareWorlds(before, after, [root]);
  return {
    title: 'A preview',
    work: `The same organization with one rule a path: who would gain and who would lose, and where, exactly; checked against \`decide()\` before and after for a sample of people at every path; ${rounds} rounds.`,
    columns: ['change', 'CPU', 'wall', 'people whose access changes'],
    rows: [
      row('everybody may write at the root instead of reading', seen.rule, effects.length.toLocaleString('en')),
      row('the same, and 10,000 files told apart by whether it changes anyone’s access to them', seen.files, effects.length.toLocaleString('en')),
      row('a group of some 150 is dissolved', seen.group, compareWorlds(before, ungrouped, [root]).length.toLocaleString('en')),
    ],
    verdict: verdict(seen.rule, most.preview),
  };
}

function countTouched(effects: readonly Effect[], files: readonly Path[]): number {
  return files.filter((file) => touches(effects, file)).length;
}

/** Asks `decide()` in both worlds, for one person in 200 at every path of a record, and compares. */
function verify(before: World, after: World, effects: readonly Effect[]): void {
  const said = new Map(effects.map((effect) => [effect.member.personId, effect]));
  for (let n = 1; n < before.members.length; n += 200) {
    const [then, later] = [before.members[n], after.members[n]];
    if (then === undefined || later === undefined) return;
    const effect = said.get(then.personId);
    for (const path of before.records.keys()) {
      const level = (world: World, member: Member) => decide(callerOf(member), world.records, path, now).level;
      const changes = level(before, then) !== level(after, later);
      if (changes !== (effect !== undefined && touches([effect], path))) throw new Error(`The preview is wrong for ${then.personId} at ${path}.`);
    }
  }
}
