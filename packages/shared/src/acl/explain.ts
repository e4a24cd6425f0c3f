/**
 * Why, or why not: the decision, everything at the path and above it that is for the caller and did not decide, with the reason, and what would have to change
 * for more. It names paths and rules without asking who may know of them; that is for whoever shows it.
 */
import { selfAndAncestors, type Path } from '../path.ts';
import type { EpochSeconds } from '../time.ts';
import { decide, isLive, matches, type Decision, type Fact } from './decide.ts';
import { factByRules } from './lookups.ts';
import { remediesFor, type Remedy } from './remedies.ts';
import { compareLevels, type AclLookup, type AclRecord, type Caller, type Rule } from './rule.ts';

/** Something that is for the caller and did not decide. */
export interface Lost {
  readonly path: Path;
  readonly what: { readonly kind: 'rule'; readonly rule: Rule } | { readonly kind: 'creator' } | { readonly kind: 'open' };
  readonly why: LostBecause;
}

export type LostBecause =
  /** The rule has ended. */
  | 'expired'
  /** Who one is decides (no member, an admin of the organization, the owner), and rules don't count. */
  | 'standing decides'
  | 'a longer path decides'
  /** The caller created what is at this path. */
  | 'the creator decides'
  | 'a closer kind of grantee decides'
  | 'none wins at one path'
  | 'a higher level decides'
  | 'the same level, and the other stands'
  /** It decided on `none`, and a record at its path or below it is open. */
  | 'open at or below it'
  /** An open record, and what takes the reading away again. */
  | 'a carve-out below it'
  /** An open record, and the rules give at least as much. */
  | 'gives no more than the rules';

export interface Explanation {
  /** Exactly what `decide()` says. */
  readonly decision: Decision;
  /** Every rule for the caller, record they created and open record, at the path and above it, that did not decide; the nearest first. */
  readonly lost: readonly Lost[];
  /** Ways to more; see `remediesFor`. */
  readonly remedies: readonly Remedy[];
}

/** Explains the answer of `decide()` for the same arguments. Total and pure; a few walks from the path to the root for each rule that stands in the way. */
export function explain(caller: Caller, records: AclLookup, path: Path, now: EpochSeconds): Explanation {
  const decision = decide(caller, records, path, now);
  const asked: Case = { caller, now, decision, byRules: factByRules(caller, records, path, now) };
  const lost = selfAndAncestors(path).flatMap((at) => {
    const record = records.get(at);
    return record === undefined ? [] : lostAt(record, at, asked);
  });
  return { decision, lost, remedies: remediesFor(caller, records, path, now) };
}

interface Case {
  readonly caller: Caller;
  readonly now: EpochSeconds;
  readonly decision: Decision;
  /** What would have decided were nothing open. */
  readonly byRules: Fact;
}

function lostAt(record: AclRecord, path: Path, { caller, now, decision, byRules }: Case): Lost[] {
  const { because } = decision;
  const lost: Lost[] = [];
  const standing = because.kind === 'not-a-member' || because.kind === 'organization-admin' || because.kind === 'owner';
  if (record.createdBy === caller.personId && !(because.kind === 'creator' && because.path === path)) {
    lost.push({ path, what: { kind: 'creator' }, why: standing ? 'standing decides' : 'a longer path decides' });
  }
  for (const rule of record.rules) {
    if (matches(caller, rule) === 0 || (because.kind === 'rule' && because.rule === rule)) continue;
    const why = isLive(rule, now) ? (standing ? 'standing decides' : whyRule(caller, rule, path, byRules)) : 'expired';
    lost.push({ path, what: { kind: 'rule', rule }, why });
  }
  if (record.open && !(because.kind === 'open' && because.path === path)) {
    lost.push({ path, what: { kind: 'open' }, why: standing ? 'standing decides' : whyOpen(decision) });
  }
  return lost;
}

/** Why a live rule isn't the one that decided, where rules count. */
function whyRule(caller: Caller, rule: Rule, path: Path, winner: Fact): LostBecause {
  if (winner.kind === 'creator') return winner.path === path ? 'the creator decides' : 'a longer path decides';
  // With a live rule for the caller, some rule wins; were it none, the rule asked about would not be live.
  if (winner.kind !== 'rule' || winner.path !== path) return 'a longer path decides';
  if (winner.rule === rule) return 'open at or below it';
  if (matches(caller, winner.rule) > matches(caller, rule)) return 'a closer kind of grantee decides';
  if (winner.rule.level === rule.level) return 'the same level, and the other stands';
  return winner.rule.level === 'none' ? 'none wins at one path' : 'a higher level decides';
}

/** Why an open record isn't what decided, where rules count. */
function whyOpen({ because }: Decision): LostBecause {
  if (because.kind === 'open') return 'a longer path decides';
  return because.kind === 'rule' && compareLevels(because.rule.level, 'read') < 0 ? 'a carve-out below it' : 'gives no more than the rules';
}
