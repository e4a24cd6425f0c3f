/** Random rule sets for the proof, from a seed: biased towards the shapes in which a compiler goes wrong, which an even draw makes once in 20,000. */
import { unfold, type GroupTree } from '@hq/shared/acl/groups';
import type { AclRecord, Caller, Grantee, Level, Rule } from '@hq/shared/acl/rule';
import { levels } from '@hq/shared/acl/rule';
import { canonicalPath, isFolder, parentOf, root, type Path } from '@hq/shared/path';
import type { Vault } from '@hq/shared/vault';
import type { Question } from '../src/boundaries.ts';
import { acme, member, personal } from './fixtures.ts';

const now = 1_000_000;

type Shape = 'chain' | 'siblings' | 'one-character' | 'scatter' | 'wide';

export interface RuleSet extends Question {
  readonly shape: Shape;
  readonly vault: Vault;
  /** The groups that the caller is in directly; `caller.groups` holds them unfolded. */
  readonly direct: ReadonlySet<string>;
}

/** A source of numbers in [0, 1) (mulberry32): the same seed, the same numbers. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const plain = ['a', 'b', 'docs', 'x y'];
const siblings = ['team', 'team-secret', 'team.md', 'tea', 'gpt', 'gpt*', 'gpt5', 'te*', 'te?m'];
const oneCharacter = ['a', '*', '?', '$', '{', '}', '"', '.x', "'", '%', '~', 'é', 'ж', '\u2028', '😀', '\uffff'];
const hostile = [
  ...oneCharacter,
  '**',
  '${*}',
  '${?}',
  '${$}',
  '${aws:username}',
  '$',
  '${',
  'a*b',
  '?a',
  '*/'.slice(0, 1),
  '\u{10ffff}',
  '漢字',
  '","Effect":"Allow',
];

class Draw {
  readonly #random: () => number;
  constructor(random: () => number) {
    this.#random = random;
  }
  chance(probability: number): boolean {
    return this.#random() < probability;
  }
  upTo(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
  pick<T>(from: readonly [T, ...T[]] | readonly T[]): T {
    // Never drawn from an empty list here.
    return from[this.upTo(from.length)] as T;
  }
}

const shapes: readonly Shape[] = ['chain', 'chain', 'chain', 'siblings', 'siblings', 'one-character', 'scatter', 'scatter'];

export function randomRuleSet(seed: number): RuleSet {
  const draw = new Draw(randomFrom(seed));
  const shape = draw.chance(0.02) ? 'wide' : draw.pick(shapes);
  const vault = draw.chance(0.3) ? personal : acme;
  const records = pathsOf(shape, draw).map((path, depth) => recordAt(path, shape, depth, draw));
  const access = draw.chance(0.5) ? 'read' : 'write';
  const direct = new Set(['mine-1', 'mine-2', 'deleted'].filter(() => draw.chance(0.6)));
  const caller = randomCaller(shape, unfold(direct, randomTree(draw)), draw);
  return { shape, vault, caller, direct, records, cone: coneAmong(records, draw), access, now };
}

/** Groups in groups, now and then in a circle. `foreign` lies in the caller's groups, which puts nobody into `foreign`; `deleted` is in nothing any more. */
function randomTree(draw: Draw): GroupTree {
  const some = (...groups: string[]) => groups.filter(() => draw.chance(0.6));
  return new Map([
    ['mine-1', some('around-1')],
    ['mine-2', some('around-2', 'mine-1', 'deleted')],
    ['around-1', some('around-2')],
    ['around-2', draw.chance(0.1) ? ['mine-2'] : []],
    ['foreign', ['mine-1', 'around-1']],
  ]);
}

function pathsOf(shape: Shape, draw: Draw): Path[] {
  const names = shape === 'siblings' ? siblings : shape === 'one-character' ? oneCharacter : draw.chance(0.5) ? hostile : plain;
  const folder = (depth: number) => Array.from({ length: depth }, () => `${draw.pick(names)}/`).join('');
  const paths = new Set<string>();
  if (shape === 'wide' || draw.chance(0.4)) paths.add('');
  if (shape === 'chain') {
    let at = draw.chance(0.3) ? '' : folder(1);
    for (let depth = 2 + draw.upTo(6); depth > 0; depth--) {
      paths.add(at);
      at += folder(1 + (draw.chance(0.2) ? 1 : 0));
    }
    if (draw.chance(0.3)) paths.add(at + draw.pick(names));
  } else if (shape === 'wide') {
    const tops = Array.from({ length: 1 + draw.upTo(9) }, () => folder(1));
    for (let i = 10 + draw.upTo(110); i > 0; i--) paths.add(`${draw.pick(tops)}${draw.chance(0.5) ? 'deep/' : ''}n${i}/`);
  } else {
    for (let i = draw.upTo(7); i >= 0; i--) paths.add(folder(draw.upTo(3)) + draw.pick(names) + (draw.chance(0.7) ? '/' : ''));
  }
  return [...paths].map(canonicalPath);
}

function recordAt(path: Path, shape: Shape, depth: number, draw: Draw): AclRecord {
  // A chain that alternates is what takes several layers; a wide set is denials in something allowed.
  const alternating: Level | undefined =
    shape === 'chain' && draw.chance(0.8) ? (depth % 2 === 0 ? 'write' : 'none') : shape === 'wide' ? (depth === 0 ? 'write' : 'none') : undefined;
  const rules: Rule[] =
    alternating === undefined
      ? Array.from({ length: draw.upTo(4) }, () => randomRule(draw))
      : [{ grantee: { kind: 'org' }, level: alternating }, ...(draw.chance(0.2) ? [randomRule(draw)] : [])];
  const creator = draw.chance(0.08) ? { createdBy: draw.chance(0.5) ? member.personId : 'someone-else' } : {};
  return { path, rules, ...creator, open: draw.chance(shape === 'wide' ? 0 : 0.12), version: 1 };
}

function randomRule(draw: Draw): Rule {
  const grantees: readonly Grantee[] = [
    { kind: 'person', id: member.personId },
    { kind: 'person', id: 'someone-else' },
    { kind: 'email', email: 'ada@example.com' },
    { kind: 'email', email: 'eve@example.com' },
    { kind: 'group', id: 'mine-1' },
    { kind: 'group', id: 'mine-2' },
    { kind: 'group', id: 'around-1' },
    { kind: 'group', id: 'around-2' },
    { kind: 'group', id: draw.chance(0.5) ? 'foreign' : 'deleted' },
    { kind: 'org' },
  ];
  const expiry = draw.chance(0.25) ? { expiresAt: now + draw.pick([-10, 0, 1, 5, 100, 4000]) } : {};
  return { grantee: draw.pick(grantees), level: draw.pick(levels), ...expiry };
}

function randomCaller(shape: Shape, groups: ReadonlySet<string>, draw: Draw): Caller {
  const { email = '', ...nameless } = member;
  const known = draw.chance(0.8) ? { ...nameless, email } : nameless;
  const standing: Caller['standing'] =
    shape === 'wide' || draw.chance(0.85)
      ? { kind: 'member', role: 'contributor' }
      : draw.pick([
          { kind: 'member', role: 'read-only' },
          { kind: 'member', role: 'admin' },
          { kind: 'owner' },
          { kind: 'none' },
        ] satisfies Caller['standing'][]);
  return { ...known, groups, standing, ...(draw.chance(0.05) ? { cap: draw.pick(levels) } : {}) };
}

function coneAmong(records: readonly AclRecord[], draw: Draw): Path {
  const near = records.length === 0 || draw.chance(0.35) ? root : draw.pick(records).path;
  if (draw.chance(0.6)) return near;
  if (draw.chance(0.5)) return parentOf(near);
  return isFolder(near) ? canonicalPath(`${near}${draw.pick(hostile)}${draw.chance(0.5) ? '/' : ''}`) : near;
}
