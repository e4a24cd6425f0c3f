/** What a proof was made of: the shapes of one rule set and its outcome, so that a generator that draws only easy ones shows. */
import { decide } from '@hq/shared/acl/decide';
import { isInside } from '@hq/shared/path';
import type { Compiled } from '../src/compile.ts';
import type { RuleSet } from './random-rules.ts';
import { placesOf } from './second-opinion.ts';

export type Outcome = Compiled | 'EMPTY_SCOPE' | 'SCOPE_TOO_LARGE';

/** The least of each shape in 20,000 sets: about half of what is drawn. */
const least: Readonly<Record<string, number>> = {
  'access read': 5000,
  'access write': 5000,
  'vault organization': 8000,
  'vault personal': 3000,
  'role contributor': 8000,
  'role read-only': 200,
  'role admin': 200,
  'standing owner': 200,
  'standing none': 200,
  'credential with a ceiling': 300,
  '≥ 2 layers': 1500,
  '≥ 3 layers': 400,
  '≥ 4 layers': 20,
  '≥ 5 sessions': 3,
  'a layer split into several sessions': 20,
  'hostile characters': 5000,
  're-grant inside a carve-out': 1500,
  'a folder listed by storage': 5000,
  'a folder with a carve-out, not listed': 1500,
  'a single file': 300,
  'decided by creator': 200,
  'decided by open': 500,
  'decided by rule for person': 500,
  'decided by rule for email': 300,
  'decided by rule for group': 800,
  'decided by a group around a group': 300,
  'decided by rule for org': 3000,
  'capped by role': 100,
  'a rule that has ended': 1000,
  'cut by expiry': 200,
  'outcome EMPTY_SCOPE': 1500,
};

/** The shapes that one set has. */
export function shapesOf(ruleSet: RuleSet, outcome: Outcome): ReadonlySet<string> {
  const { vault, access, caller, records, cone, now, shape } = ruleSet;
  const { standing } = caller;
  const shapes = new Set([`shape ${shape}`, `access ${access}`, `vault ${vault.kind}`]);
  shapes.add(standing.kind === 'member' ? `role ${standing.role}` : `standing ${standing.kind}`);
  if (caller.cap !== undefined) shapes.add('credential with a ceiling');
  if (records.some(({ path }) => /[*?$"{}]|[^ -~]/.test(path))) shapes.add('hostile characters');
  if (records.some(({ rules }) => rules.some(({ expiresAt }) => expiresAt !== undefined && expiresAt <= now))) shapes.add('a rule that has ended');
  for (const reason of reasonsIn(ruleSet)) shapes.add(reason);
  for (const form of typeof outcome === 'string' ? [`outcome ${outcome}`] : formsOf(outcome)) shapes.add(form);
  if (typeof outcome !== 'string' && outcome.sessions[0]?.allow[0] === cone && !cone.endsWith('/') && cone !== '') shapes.add('a single file');
  return shapes;
}

/** Why the answers in the cone are what they are. */
function reasonsIn(ruleSet: RuleSet): string[] {
  const lookup = new Map(ruleSet.records.map((record) => [record.path, record]));
  return placesOf(ruleSet).flatMap((place) => {
    const { because } = decide(ruleSet.caller, lookup, place, ruleSet.now);
    const reasons = because.cappedBy === 'role' ? ['capped by role'] : [];
    if (because.kind !== 'rule') return [...reasons, `decided by ${because.kind}`];
    const { grantee } = because.rule;
    if (grantee.kind === 'group' && !ruleSet.direct.has(grantee.id)) reasons.push('decided by a group around a group');
    return [...reasons, `decided by rule for ${grantee.kind}`];
  });
}

function formsOf({ sessions, notAfter }: Compiled): string[] {
  const allow = sessions.flatMap((session) => session.allow);
  // How many regions lie inside one another, at the deepest place.
  const layers = Math.max(...allow.map((path) => allow.filter((other) => isInside(path, other)).length));
  const deny = sessions.flatMap((session) => session.deny);
  return [
    `layers ${layers}`,
    `sessions ${sessions.length}`,
    ...[2, 3, 4].filter((count) => layers >= count).map((count) => `≥ ${count} layers`),
    ...(sessions.length >= 5 ? ['≥ 5 sessions'] : []),
    ...(sessions.length > layers ? ['a layer split into several sessions'] : []),
    ...(allow.some((path) => deny.some((denied) => path !== denied && isInside(path, denied))) ? ['re-grant inside a carve-out'] : []),
    ...(sessions.some(({ list }) => list.length > 0) ? ['a folder listed by storage'] : []),
    ...(deny.length > 0 ? ['a folder with a carve-out, not listed'] : []),
    ...(notAfter === undefined ? [] : ['cut by expiry']),
  ];
}

/** The shapes of which a run of so many sets had too few. */
export function tooFew(seen: ReadonlyMap<string, number>, sets: number): string[] {
  return Object.entries(least)
    .filter(([shape, count]) => (seen.get(shape) ?? 0) < (count * sets) / 20_000)
    .map(([shape]) => shape);
}
