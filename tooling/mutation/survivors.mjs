/** The mutants that are known to survive, each with the reason why it is no fault: `survivors.json`, kept by hand. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('survivors.json', import.meta.url));

/**
 * @typedef {object} Survivor
 * @property {string} line the source line, trimmed: what is listed survives a move, not a change
 * @property {number} at where in that line the mutant begins
 * @property {string} from
 * @property {string} to
 * @property {string} why a name in `reasons`, or a sentence
 */

/**
 * @typedef {object} Survivors
 * @property {number} total mutants in the last whole run, of which a sample takes its share
 * @property {Readonly<Record<string, string>>} reasons sentences that stand for several
 * @property {Readonly<Record<string, readonly Survivor[]>>} files
 */

/** @returns {Survivors} */
export function readSurvivors() {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/**
 * The reason why a mutant may survive; undefined where none is known.
 *
 * @param {Survivors} known
 * @param {import('./findings.mjs').Mutant} mutant
 */
export function reasonFor(known, mutant) {
  const listed = known.files[mutant.file] ?? [];
  const found = listed.find(({ line, at, from, to }) => line === mutant.line && at === mutant.at && from === mutant.from && to === mutant.to);
  return found === undefined ? undefined : (known.reasons[found.why] ?? found.why);
}

/** @param {number} total */
export function writeTotals(total) {
  writeFileSync(file, `${JSON.stringify({ ...readSurvivors(), total }, undefined, 2)}\n`);
}
