/** Lets a seeded share of the mutants through, as a checker of Stryker's: the same seed on the same sources, the same mutants. */
import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import { root } from './rooms.mjs';

/** @typedef {{ readonly id: string, readonly fileName: string, readonly location: object, readonly replacement: string }} Drawn */

class SampleChecker {
  #sample = JSON.parse(process.env['HQ_MUTATION_SAMPLE'] ?? '{}');

  async init() {}

  /** @param {readonly Drawn[]} mutants */
  async check(mutants) {
    return Object.fromEntries(
      mutants.map((mutant) => [mutant.id, this.#isIn(mutant) ? { status: 'passed' } : { status: 'compileError', reason: 'not drawn' }]),
    );
  }

  /** @param {readonly Drawn[]} mutants */
  async group(mutants) {
    return [mutants.map(({ id }) => id)];
  }

  /** @param {Drawn} mutant */
  #isIn({ fileName, location, replacement }) {
    const { seed, share } = this.#sample;
    const name = JSON.stringify([seed, relative(root, fileName), location, replacement]);
    return createHash('sha256').update(name).digest().readUInt32BE() < share * 2 ** 32;
  }
}

/** What Stryker looks for in a plugin. */
export const strykerPlugins = [{ kind: 'Checker', name: 'sample', injectableClass: SampleChecker }];
