/**
 * What is mutated, and which tests have to notice. A room's mutants are killed by its own tests alone: a rule that only a far-away suite protects counts as
 * unprotected.
 */
import { fileURLToPath } from 'node:url';

/** The repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * @typedef {object} Room
 * @property {string} name
 * @property {readonly string[]} mutate source files, from the repository's root
 * @property {readonly string[]} tests patterns of test files, from the repository's root
 */

const policySources = ['boundaries', 'compile', 'copying', 'document', 'emit', 'escape', 'listing', 'measure', 'prove', 'read-pattern', 'read', 'split'];
const evaluatorSources = [
  'compare',
  'conditions',
  'evaluate',
  'known-keys',
  'operators',
  'parse-policy',
  'parse-principal',
  'request-context',
  'statements',
  'strict-json',
  'template',
  'wildcard',
];

/** @type {readonly Room[]} */
export const rooms = [
  {
    name: 'decide',
    mutate: ['actions', 'decide', 'rule'].map((name) => `packages/shared/src/acl/${name}.ts`),
    tests: ['packages/shared/test/actions.test.ts', 'packages/shared/test/decide*.test.ts'],
  },
  {
    name: 'policy',
    mutate: policySources.map((name) => `packages/policy/src/${name}.ts`),
    tests: ['packages/policy/test/*.test.ts'],
  },
  {
    name: 'evaluator',
    mutate: evaluatorSources.map((name) => `packages/local-cloud/src/iam/${name}.ts`),
    tests: ['packages/local-cloud/test/iam/*.test.ts'],
  },
];
