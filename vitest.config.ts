import { defineConfig } from 'vitest/config';

/** One project a package, each named after it, so that `vitest run --project policy` runs one room. */
const rooms = ['packages/shared', 'packages/policy', 'packages/local-cloud', 'packages/api', 'packages/sdk', 'apps/cli', 'apps/server', 'e2e'];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: rooms.map((room) => ({
      extends: true as const,
      test: { name: room.split('/').at(-1) ?? room, root: room, include: ['test/**/*.test.ts', 'src/**/*.test.ts'] },
    })),
  },
});
