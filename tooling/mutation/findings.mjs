/** What a run found: the score by file, the survivors with and without a reason, and the page in the docs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './rooms.mjs';
import { reasonFor } from './survivors.mjs';

/**
 * @typedef {object} Mutant
 * @property {string} file from the repository's root
 * @property {number} row the line's number
 * @property {string} line its text, trimmed
 * @property {number} at where in that text the mutant begins
 * @property {string} from
 * @property {string} to
 * @property {string} mutator
 * @property {boolean} killed by a red test, or by running into a timeout
 */

/** @param {readonly Mutant[]} mutants */
const scoreOf = (mutants) => (mutants.length === 0 ? 100 : (100 * mutants.filter(({ killed }) => killed).length) / mutants.length);

/** @param {string} text */
const code = (text) => `\`\` ${text === '' ? '(nothing)' : text} \`\``;

/**
 * @param {readonly Mutant[]} mutants
 * @param {import('./survivors.mjs').Survivors} known
 */
export function findingsOf(mutants, known) {
  const unknown = mutants.filter((mutant) => !mutant.killed && reasonFor(known, mutant) === undefined);
  const lines = unknown.map(({ file, row, line, at, from, to, mutator }) => `survived ${file}:${row} ${mutator}: ${JSON.stringify({ line, at, from, to })}\n`);
  const files = [...Map.groupBy(mutants, ({ file }) => file)].map(([file, all]) => `${scoreOf(all).toFixed(1).padStart(6)} % of ${all.length}: ${file}\n`);
  return { score: scoreOf(mutants), unknown: unknown.length, text: `\n${files.join('')}${lines.join('')}` };
}

/**
 * Writes `docs/mutation.md`.
 *
 * @param {readonly Mutant[]} mutants
 * @param {import('./survivors.mjs').Survivors} known
 * @param {number} minutes
 */
export function writePage(mutants, known, minutes) {
  const files = [...Map.groupBy(mutants, ({ file }) => file)];
  const table = files.map(([file, all]) => `| ${file} | ${all.length} | ${all.filter(({ killed }) => !killed).length} | ${scoreOf(all).toFixed(1)} % |`);
  const lists = files.flatMap(([file, all]) => {
    const alive = all.filter(({ killed }) => !killed);
    if (alive.length === 0) return [];
    const byReason = Map.groupBy(alive, (mutant) => reasonFor(known, mutant) ?? 'No reason yet: this is a gap in the tests.');
    const groups = [...byReason].map(([reason, some]) =>
      [`- ${reason}`, ...some.map(({ row, line, from, to, at }) => `  - line ${row}, column ${at + 1} of ${code(line)}: ${code(from)} → ${code(to)}`)].join(
        '\n',
      ),
    );
    return [`### ${file}\n\n${groups.join('\n')}`];
  });
  const date = new Date().toISOString().slice(0, 10);
  const page = `# Mutation testing

Tests show that the code is right; this shows that the tests would notice if it were not. [StrykerJS](https://stryker-mutator.io) writes one small fault at a time
(a turned condition, an emptied string, a removed call) into what decides about access: \`decide\`, the compiler, the reader and the prover, and local-cloud's
evaluator. Each fault has to turn a test red, and a test of the same room: a rule that only a far-away suite protects counts as unprotected.

\`\`\`
node tooling/mutation/run.mjs                       # all of it: fails under 95 %, and on a survivor that is not listed below
node tooling/mutation/run.mjs --sample 60           # about 60 mutants, for every change; prints the seed that replays it
node tooling/mutation/run.mjs --since main          # the files that differ from a commit
node tooling/mutation/run.mjs --write               # all of it, and writes this page
\`\`\`

A mutant that no test reaches counts as a survivor; only a red test or an endless run counts as killed. A survivor is either a gap, which is closed by a test, or
a change that nobody could see from outside. Those are listed in \`tooling/mutation/survivors.json\`, each with its reason, and below; any other is a failure, also
in a sample.

## The last whole run

${date}, \`node tooling/mutation/run.mjs --write\`, ${minutes.toFixed(0)} minutes: **${scoreOf(mutants).toFixed(2)} %** of ${mutants.length} mutants killed.

| file | mutants | survivors | killed |
| --- | ---: | ---: | ---: |
${table.join('\n')}

## Survivors

Written by the command above; the reasons are kept in \`tooling/mutation/survivors.json\`.

${lists.join('\n\n')}
`;
  writeFileSync(join(root, 'docs/mutation.md'), page);
}
