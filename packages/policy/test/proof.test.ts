/**
 * The proof: on random rule sets, the compiled policies allow exactly what `decide()` allows. `HQ_PROOF_SEED` replays a run, `HQ_PROOF_SETS` sets its length.
 */
import { decide } from '@hq/shared/acl/decide';
import { isHqError } from '@hq/shared/errors';
import { isFolder, isInside } from '@hq/shared/path';
import { expect, test } from 'vitest';
import { compile, type Compiled } from '../src/compile.ts';
import { prove } from '../src/prove.ts';
import { randomRuleSet, type RuleSet } from './random-rules.ts';
import { decisionOf, placesOf, secondOpinion } from './second-opinion.ts';

const sets = Number(process.env['HQ_PROOF_SETS'] ?? 20_000);
const seed = Number(process.env['HQ_PROOF_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const replay = (set: number) => `replay with HQ_PROOF_SEED=${seed + set} HQ_PROOF_SETS=1`;

type Outcome = Compiled | 'EMPTY_SCOPE' | 'SCOPE_TOO_LARGE';

function outcomeOf(ruleSet: RuleSet): Outcome {
  try {
    return compile(ruleSet);
  } catch (error) {
    if (isHqError(error) && (error.code === 'EMPTY_SCOPE' || error.code === 'SCOPE_TOO_LARGE')) return error.code;
    throw error;
  }
}

/** Nothing that the sessions hold ends before `notAfter`, and something ends right there. */
function expiryIsWrong(ruleSet: RuleSet, { notAfter }: Compiled): string | undefined {
  const held = placesOf(ruleSet).filter(decisionOf(ruleSet));
  const moments = ruleSet.records.flatMap(({ rules }) => rules.flatMap(({ expiresAt = 0 }) => [expiresAt - 1, expiresAt])).filter((at) => at >= ruleSet.now);
  for (const at of moments) {
    const kept = held.every(decisionOf(ruleSet, at));
    if (!kept && (notAfter === undefined || at < notAfter)) return `access ends at ${at}, and notAfter is ${notAfter}`;
    if (kept && at === notAfter) return `nothing ends at ${at}`;
  }
  return undefined;
}

function flawOf(ruleSet: RuleSet, outcome: Outcome): string | undefined {
  const { vault, cone, access, caller, now } = ruleSet;
  if (outcome === 'SCOPE_TOO_LARGE') return ruleSet.shape === 'wide' ? undefined : 'refused as too large';
  if (outcome === 'EMPTY_SCOPE') return placesOf(ruleSet).some(decisionOf(ruleSet)) ? 'refused as empty, and something is allowed' : undefined;
  if (outcome.sessions.length > 16 || outcome.sessions.some(({ policy }) => policy.length > 2048)) return 'over the limits';
  const lookup = new Map(ruleSet.records.map((record) => [record.path, record]));
  const { counterexample } = prove({
    vault,
    cone,
    access,
    boundaries: ruleSet.records.map((record) => record.path),
    levelAt: (path) => decide(caller, lookup, path, now).level,
    policies: outcome.sessions.map(({ policy }) => policy),
    list: outcome.sessions.flatMap(({ list }) => list),
  });
  if (counterexample !== undefined) return JSON.stringify(counterexample);
  if (isFolder(cone) && placesOf(ruleSet).every(decisionOf(ruleSet)) && outcome.sessions[0]?.list[0] !== cone) return 'a folder allowed whole is not listed';
  return secondOpinion(ruleSet, outcome.sessions) ?? expiryIsWrong(ruleSet, outcome);
}

/** How many regions lie inside one another, at the deepest place. */
function layersOf({ sessions }: Compiled): number {
  const allow = sessions.flatMap((session) => session.allow);
  return Math.max(...allow.map((path) => allow.filter((other) => isInside(path, other)).length));
}

test(`compiled sessions allow exactly what was decided, on ${sets} random rule sets`, { timeout: 300_000 }, () => {
  const seen = new Map<string, number>();
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  for (let set = 0; set < sets; set++) {
    const ruleSet = randomRuleSet(seed + set);
    const outcome = outcomeOf(ruleSet);
    const flaw = flawOf(ruleSet, outcome);
    if (flaw !== undefined) throw new Error(`${flaw}; ${replay(set)}\n${JSON.stringify(ruleSet, undefined, 1)}\n${JSON.stringify(outcome)}`);
    count(`shape ${ruleSet.shape}`);
    count(`vault ${ruleSet.vault.kind}`);
    count(`access ${ruleSet.access}`);
    if (typeof outcome === 'string') count(`outcome ${outcome}`);
    else {
      count(`layers ${layersOf(outcome)}`);
      count(`sessions ${outcome.sessions.length}`);
      if (outcome.sessions.length >= 5) count('many sessions');
      if (outcome.sessions.some(({ list }) => list.length > 0)) count('some of it listable');
      if (outcome.notAfter !== undefined) count('ends by expiry');
    }
  }
  const distribution = [...seen].toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })).map(([what, times]) => `${what}: ${times}`);
  process.stdout.write(`proof: seed ${seed}, ${sets} sets; ${distribution.join(', ')}\n`);
  if (sets < 20_000) return;
  // The shapes that matter were really there.
  const wanted = {
    'layers 2': 1000,
    'layers 3': 400,
    'layers 4': 20,
    'many sessions': 3,
    'outcome EMPTY_SCOPE': 500,
    'ends by expiry': 200,
    'vault personal': 1000,
  };
  expect(Object.entries(wanted).filter(([what, least]) => (seen.get(what) ?? 0) < least)).toEqual([]);
});
