/**
 * One run of Stryker over one room, with short and repeatable property runs. What is the same for all rooms is in `stryker.config.json`: the copy of the tree
 * under `.cache` that is mutated, and a long timeout, because an endless loop is found by counting and the machine may be busy with other things.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stryker } from '@stryker-mutator/core';
import { root } from './rooms.mjs';

const here = (/** @type {string} */ file) => fileURLToPath(new URL(file, import.meta.url));

/**
 * @param {import('./rooms.mjs').Room} room
 * @param {object} how
 * @param {{ readonly seed: number, readonly share: number } | undefined} how.sample
 * @param {boolean} how.again take over what the last run found, where nothing that it rests on has changed
 * @returns {Promise<import('./findings.mjs').Mutant[]>} those that were tried
 */
export async function mutateRoom(room, { sample, again }) {
  process.chdir(root);
  Object.assign(process.env, {
    HQ_MUTATION_ROOM: room.name,
    HQ_MUTATION_SAMPLE: JSON.stringify(sample ?? { seed: 0, share: 1 }),
    HQ_PROOF_SETS: '300',
    HQ_PROOF_SEED: '1',
    HQ_PROPERTY_RUNS: '300',
  });
  process.stdout.write(`\n── ${room.name}\n`);
  // Read before: someone may write while this runs.
  const sources = new Map(room.mutate.map((file) => [file, readFileSync(join(root, file), 'utf8').split('\n')]));
  const results = await new Stryker({
    configFile: 'tooling/mutation/stryker.config.json',
    mutate: [...room.mutate],
    plugins: [fileURLToPath(import.meta.resolve('@stryker-mutator/vitest-runner')), here('sample.mjs')],
    checkers: sample === undefined ? [] : ['sample'],
    incremental: again,
    incrementalFile: `.cache/mutation-${room.name}.json`,
    concurrency: Math.min(availableParallelism(), 4),
  }).runMutationTest();
  const tried = results.filter(({ status }) => status !== 'CompileError' && status !== 'Ignored');
  const broken = tried.find(({ status }) => status === 'Pending');
  if (broken !== undefined) throw new Error(`${broken.fileName}: a mutant was not judged`);
  return tried.map(({ fileName, location, mutatorName, replacement, status }) => {
    const file = relative(root, fileName);
    const line = sources.get(file)?.[location.start.line - 1] ?? '';
    const indent = line.length - line.trimStart().length;
    const end = location.end.line === location.start.line ? location.end.column - 1 : line.length;
    return {
      file,
      row: location.start.line,
      line: line.trim(),
      at: location.start.column - 1 - indent,
      from: line.slice(location.start.column - 1, end),
      to: (replacement ?? '').replaceAll(/\s+/g, ' '),
      mutator: mutatorName,
      killed: status === 'Killed' || status === 'Timeout' || status === 'RuntimeError',
    };
  });
}
