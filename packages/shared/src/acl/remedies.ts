/** What would have to change for a caller to have more at a path than they have. */
import type { Path } from '../path.ts';
import type { Role } from '../roles.ts';
import type { EpochSeconds } from '../time.ts';
import { allows } from './actions.ts';
import { decide, isLive, matches } from './decide.ts';
import { factByRules, without, withRule } from './lookups.ts';
import { compareLevels, levels, type AclLookup, type Caller, type Level, type Rule } from './rule.ts';

/** One thing that would have to change. */
export type Step =
  /** Become a member, in this role or a stronger one. */
  | { readonly kind: 'join'; readonly role: Role }
  /** The role is the ceiling: it would have to be this one. */
  | { readonly kind: 'role'; readonly role: Role }
  /** The credential is the ceiling: it would have to allow this level, as signing in oneself does. */
  | { readonly kind: 'credential'; readonly level: Level }
  /** These rules would have to go: as long as they are at this path, they decide. */
  | { readonly kind: 'lift'; readonly path: Path; readonly rules: readonly Rule[] }
  /** A rule for the person at the path asked about, with this level. */
  | { readonly kind: 'rule'; readonly path: Path; readonly level: Level };

/** Steps that help together, and only together. */
export interface Remedy {
  /** What `decide()` says once all steps are taken. */
  readonly gives: Level;
  readonly steps: readonly Step[];
}

/**
 * Ways to the next level, the least intrusive first: when lifting ceilings is enough, that alone; otherwise a rule for the person, and, where more lies
 * underneath, the end of the rules that hide it. Each gives at least one level more than there is. Empty for who has `admin`.
 */
export function remediesFor(caller: Caller, records: AclLookup, path: Path, now: EpochSeconds): readonly Remedy[] {
  const { level } = decide(caller, records, path, now);
  const next = levels[levels.indexOf(level) + 1];
  if (next === undefined) return [];
  const { able, steps } = freed(caller, next);
  const question: Question = { caller: able, records, path, now, wanted: next };
  return [granted(question), uncovered(question)].flatMap((found) => (found === undefined ? [] : [{ ...found, steps: [...steps, ...found.steps] }]));
}

interface Question {
  /** The caller once no ceiling keeps them from the level wanted. */
  readonly caller: Caller;
  readonly records: AclLookup;
  readonly path: Path;
  readonly now: EpochSeconds;
  readonly wanted: Level;
}

/** The caller with every ceiling raised to the level wanted, and the steps that do it. */
function freed(caller: Caller, wanted: Level): { able: Caller; steps: Step[] } {
  const steps: Step[] = [];
  let { standing, cap } = caller;
  const role: Role = wanted === 'read' ? 'read-only' : 'contributor';
  if (standing.kind === 'none') {
    steps.push({ kind: 'join', role });
    standing = { kind: 'member', role };
  } else if (standing.kind === 'member' && standing.role === 'read-only' && role !== 'read-only') {
    steps.push({ kind: 'role', role });
    standing = { kind: 'member', role };
  }
  if (cap !== undefined && !allows(cap, wanted)) {
    steps.push({ kind: 'credential', level: wanted });
    cap = wanted;
  }
  return { able: { ...caller, standing, ...(cap === undefined ? {} : { cap }) }, steps };
}

/**
 * A rule for the person right here. Only a carve-out for them at this very path would outrank it, so that goes too; undefined where its going is enough, and the
 * rule would be idle.
 */
function granted({ caller, records, path, now, wanted }: Question): Remedy | undefined {
  const rules = (records.get(path)?.rules ?? []).filter((rule) => isLive(rule, now) && matches(caller, rule) === 3 && rule.level === 'none');
  const lifted = without(records, new Set(rules));
  if (allows(decide(caller, lifted, path, now).level, wanted)) return undefined;
  const rule: Rule = { grantee: { kind: 'person', id: caller.personId }, level: wanted };
  const { level: gives } = decide(caller, withRule(lifted, path, rule), path, now);
  return { gives, steps: [...(rules.length > 0 ? [{ kind: 'lift', path, rules } as const] : []), { kind: 'rule', path, level: wanted }] };
}

/** Takes away what decides, until something decides that gives enough; undefined where nothing does. */
function uncovered({ caller, records, path, now, wanted }: Question): Remedy | undefined {
  const gone = new Set<Rule>();
  const steps: Step[] = [];
  for (;;) {
    const left = without(records, gone);
    const { level: gives } = decide(caller, left, path, now);
    if (allows(gives, wanted)) return { gives, steps };
    const fact = factByRules(caller, left, path, now);
    if (fact.kind !== 'rule') return undefined;
    const { rule: decider, path: at } = fact;
    const inTheWay = (left.get(at)?.rules ?? []).filter(
      (rule) => isLive(rule, now) && matches(caller, rule) === matches(caller, decider) && compareLevels(rule.level, decider.level) <= 0,
    );
    for (const rule of inTheWay) gone.add(rule);
    steps.push({ kind: 'lift', path: at, rules: inTheWay });
  }
}
