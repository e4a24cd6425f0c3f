/**
 * Mutation testing of what decides about access: `decide`, the compiler, the reader and local-cloud's evaluator. Every fault that Stryker can write into them
 * has to turn a test of the same room red, or to be known to `survivors.json` with the reason why it is no fault.
 *
 *   node tooling/mutation/run.mjs                       all of it; fails under 95 % and on any survivor without a reason
 *   node tooling/mutation/run.mjs --write               the same, and writes docs/mutation.md and the totals
 *   node tooling/mutation/run.mjs --sample 60 --seed 7  about 60 mutants; the seed is drawn and printed when left out
 *   node tooling/mutation/run.mjs --since main          files that differ from a commit; goes with --sample
 *   node tooling/mutation/run.mjs --files split,decide  some files by name
 *   node tooling/mutation/run.mjs --again               all of it, and believes the last run where neither the mutant nor the test that killed it has changed
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { changedSince } from './changed-files.mjs';
import { findingsOf, writePage } from './findings.mjs';
import { rooms } from './rooms.mjs';
import { mutateRoom } from './stryker.mjs';
import { readSurvivors, writeTotals } from './survivors.mjs';

const { values } = parseArgs({
  options: {
    sample: { type: 'string' },
    seed: { type: 'string' },
    since: { type: 'string' },
    files: { type: 'string' },
    again: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});

const known = readSurvivors();
const named = values.files?.split(',').map((name) => `/${name}.ts`);
const changed = values.since === undefined ? undefined : changedSince(values.since);
const wanted = (/** @type {string} */ file) => (named?.some((name) => file.endsWith(name)) ?? true) && (changed?.has(file) ?? true);

const whole = values.sample === undefined && named === undefined && changed === undefined;
if (values.write && !whole) throw new Error('--write is for a whole run');
const seed = Number(values.seed ?? randomInt(2 ** 31));
const share = values.sample === undefined ? undefined : Number(values.sample) / known.total;
const sample = share === undefined ? undefined : { seed, share };
if (sample !== undefined)
  process.stdout.write(`mutation: about ${values.sample} of ${known.total} mutants; replay with --sample ${values.sample} --seed ${seed}\n`);

const started = Date.now();
/** @type {import('./findings.mjs').Mutant[]} */
const mutants = [];
for (const room of rooms) {
  const files = room.mutate.filter(wanted);
  if (files.length > 0) mutants.push(...(await mutateRoom({ ...room, mutate: files }, { sample, again: values.again })));
}

const minutes = (Date.now() - started) / 60_000;
const findings = findingsOf(mutants, known);
process.stdout.write(findings.text);
process.stdout.write(`mutation: ${mutants.length} mutants in ${minutes.toFixed(1)} min, ${findings.score.toFixed(2)} % killed\n`);
if (values.write) {
  writeTotals(mutants.length);
  writePage(mutants, known, minutes);
}
// A sample is too small for a score: there each survivor has to be a known one.
const enough = sample !== undefined || findings.score >= 95;
if (!enough || findings.unknown > 0) {
  process.stdout.write(`mutation: red: ${enough ? '' : 'under 95 %; '}${findings.unknown} survivors without a reason in tooling/mutation/survivors.json\n`);
  process.exitCode = 1;
}
