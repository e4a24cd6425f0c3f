/**
 * Random rule sets for storage engines, from a seed: small, and biased towards what goes wrong between a policy and an enforcer. Chains that alternate between
 * allowed and denied, names that begin alike, names that a policy, a URL or XML could misread.
 */
import type { AclRecord, Caller, Grantee, Rule } from '@hq/shared/acl/rule';
import { levels } from '@hq/shared/acl/rule';
import { canonicalPath, root, type Path } from '@hq/shared/path';
import type { EpochSeconds } from '@hq/shared/time';
import { Draw } from './draw.ts';

export interface RuleSet {
  readonly shape: 'chain' | 'siblings' | 'scatter';
  readonly vault: 'acme' | 'ada';
  readonly caller: Caller;
  readonly records: readonly AclRecord[];
  readonly cone: Path;
  readonly access: 'read' | 'write';
  readonly now: EpochSeconds;
}

const names = {
  plain: ['a', 'b', 'docs', 'x y'],
  siblings: ['team', 'team-secret', 'tea', 'te', 'team.'],
  odd: ['é', '漢字', '😀', "it's", '"', '100%', '%2F', '~', '{}', '.x', 'a+b', 'a:b', '&=;', '","Effect":"Allow', '<>', '\u2028'],
  wild: ['*', '?', '$', '**', '${*}', '${aws:username}', 'gpt*', 'te?m', 'a*b', 'team*'],
} as const;

const personId = '0b6f1a9e-3f0d-4c0e-9d67-0d2c6c7f8a11';

/** The rule set of one number in a run. `now` is the moment at which its rules are read. */
export function ruleSetOf(seed: number, number: number, now: EpochSeconds): RuleSet {
  const draw = new Draw(seed + Math.imul(number, 0x9e3779b1));
  const shape = draw.pick(['chain', 'chain', 'siblings', 'siblings', 'scatter'] as const);
  const pool: readonly string[] = [
    ...(shape === 'siblings' ? names.siblings : draw.chance(0.5) ? names.odd : names.plain),
    ...(draw.chance(0.3) ? names.wild : []),
  ];
  const records = pathsOf(shape, pool, draw).map((path, depth) => recordAt(path, shape, depth, now, draw));
  const all = records.map(({ path }) => path);
  return {
    shape,
    vault: draw.chance(0.7) ? 'acme' : 'ada',
    caller: callerOf(draw),
    records,
    // From far enough out, so that what is carved out and granted again lies inside.
    cone: draw.chance(0.5) ? root : (all[0] ?? root),
    access: draw.chance(0.6) ? 'write' : 'read',
    now,
  };
}

/** Folders, outer ones first, and the odd file. A file is never called what a folder is called: not every engine can hold both. */
function pathsOf(shape: RuleSet['shape'], pool: readonly string[], draw: Draw): Path[] {
  const paths = new Set<string>();
  if (shape === 'chain') {
    let at = draw.chance(0.4) ? '' : `${draw.pick(pool)}/`;
    for (let depth = 2 + draw.upTo(4); depth > 0; depth--) {
      paths.add(at);
      at += `${draw.pick(pool)}/`;
    }
    if (draw.chance(0.4)) paths.add(`${at}${draw.pick(pool)}.md`);
  } else {
    if (draw.chance(0.4)) paths.add('');
    const around = shape === 'siblings' && draw.chance(0.5) ? `${draw.pick(pool)}/` : '';
    for (let i = 2 + draw.upTo(4); i > 0; i--) {
      const folder = draw.chance(0.4) ? `${draw.pick(pool)}/` : '';
      paths.add(`${around}${folder}${draw.pick(pool)}${draw.chance(0.25) ? '.md' : '/'}`);
    }
  }
  return [...paths].map(canonicalPath);
}

function recordAt(path: Path, shape: RuleSet['shape'], depth: number, now: EpochSeconds, draw: Draw): AclRecord {
  const plain: Rule = { grantee: { kind: 'org' }, level: shape === 'chain' ? (depth % 2 === 0 ? 'write' : 'none') : draw.pick(['none', 'read', 'write']) };
  const more = draw.chance(0.4) ? [randomRule(now, draw)] : [];
  return { path, rules: [plain, ...more], open: draw.chance(0.08), version: 1, ...(draw.chance(0.05) ? { createdBy: personId } : {}) };
}

function randomRule(now: EpochSeconds, draw: Draw): Rule {
  const grantees: readonly Grantee[] = [
    { kind: 'person', id: personId },
    { kind: 'email', email: 'ada@example.com' },
    { kind: 'email', email: 'eve@example.com' },
    { kind: 'group', id: 'mine' },
    { kind: 'group', id: 'foreign' },
  ];
  const end = draw.chance(0.3) ? { expiresAt: now + draw.pick([-10, 0, 1, 3600]) } : {};
  return { grantee: draw.pick(grantees), level: draw.pick(levels), ...end };
}

function callerOf(draw: Draw): Caller {
  const role = draw.pick(['contributor', 'contributor', 'contributor', 'contributor', 'read-only', 'admin'] as const);
  return { personId, email: 'ada@example.com', groups: new Set(draw.chance(0.6) ? ['mine'] : []), standing: { kind: 'member', role } };
}
