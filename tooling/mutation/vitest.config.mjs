/** The tests of one room (`HQ_MUTATION_ROOM`), with our packages taken from the copy that is mutated instead of through node_modules. */
import { defineConfig } from 'vitest/config';
import { root, rooms } from './rooms.mjs';

const room = rooms.find(({ name }) => name === process.env['HQ_MUTATION_ROOM']);

export default defineConfig({
  root,
  resolve: { alias: [{ find: /^@hq\/(shared|policy|local-cloud)\/(.*)$/, replacement: `${root}packages/$1/src/$2.ts` }] },
  test: { setupFiles: ['tooling/mutation/property-seed.mjs'], include: [...(room?.tests ?? [])], testTimeout: 60_000 },
});
