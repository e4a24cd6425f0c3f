/**
 * The proof: on random rule sets, the compiled policies allow exactly what `decide()` allows. `HQ_PROOF_SEED` replays a run, `HQ_PROOF_SETS` sets
 * its length: a million sets take about half an hour.
 */
import { decide } from '@hq/shared/acl/decide';
import { isHqError } from '@hq/shared/errors';
import { isFolder } from '@hq/shared/path';
import { expect, test } from 'vitest';
import { compile, type Compiled } from '../src/compile.ts';
import { prove } from '../src/prove.ts';
import { shapesOf, tooFew, type Outcome } from './proof-shapes.ts';
import { acme, forAll, member, path } from './fixtures.ts';
import { randomRuleSet, type RuleSet } from './random-rules.ts';
import { decisionOf, placesOf, secondOpinion } from './second-opinion.ts';

const sets = Number(process.env['HQ_PROOF_SETS'] ?? 20_000);
const seed = Number(process.env['HQ_PROOF_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const replay = (set: number) => `replay with HQ_PROOF_SEED=${seed + set} HQ_PROOF_SETS=1`;

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

test(`compiled sessions allow exactly what was decided, on ${sets} random rule sets`, { timeout: 60_000 + sets * 20 }, () => {
  const seen = new Map<string, number>();
  for (let set = 0; set < sets; set++) {
    const ruleSet = randomRuleSet(seed + set);
    const outcome = outcomeOf(ruleSet);
    const flaw = flawOf(ruleSet, outcome);
    if (flaw !== undefined) throw new Error(`${flaw}; ${replay(set)}\n${JSON.stringify(ruleSet, undefined, 1)}\n${JSON.stringify(outcome)}`);
    for (const shape of shapesOf(ruleSet, outcome)) seen.set(shape, (seen.get(shape) ?? 0) + 1);
  }
  const distribution = [...seen].toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })).map(([what, times]) => `${what}: ${times}`);
  process.stdout.write(`proof: seed ${seed}, ${sets} sets; ${distribution.join(', ')}\n`);
  // The shapes that matter were really there; in a short run chance decides.
  expect(sets < 10_000 ? [] : tooFew(seen, sets)).toEqual([]);
});

test('a generator that draws only easy sets would not pass for a proof', () => {
  const easy: RuleSet = { ...randomRuleSet(1), shape: 'scatter', vault: acme, caller: member, records: [forAll('a/', 'read')], cone: path(''), access: 'read' };
  const seen = new Map([...shapesOf(easy, compile(easy))].map((shape) => [shape, 20_000]));
  expect(tooFew(seen, 20_000)).toEqual(expect.arrayContaining(['≥ 2 layers', 'hostile characters', 'decided by a group around a group', 'vault personal']));
});
