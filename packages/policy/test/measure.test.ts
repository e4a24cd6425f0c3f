/** The forecast of a policy's length is its length. */
import { expect, test } from 'vitest';
import { boundariesOf, type Region } from '../src/boundaries.ts';
import { emitSession, listable } from '../src/emit.ts';
import { createMeasure } from '../src/measure.ts';
import { acme, path, personal } from './fixtures.ts';
import { randomRuleSet } from './random-rules.ts';

function expectExact(vault: typeof acme, access: 'read' | 'write', regions: readonly Region[]): void {
  for (const encryption of ['kms', 'none'] as const) {
    const measure = createMeasure(vault, access, encryption);
    for (const list of [[], listable(regions)]) {
      const written = emitSession(vault, access, encryption, regions, list);
      expect([written, measure(regions, list)]).toEqual([written, written.length]);
    }
  }
}

test('for random regions, with and without denials and listings', () => {
  let several = 0;
  for (let seed = 0; seed < 2000; seed++) {
    const question = randomRuleSet(seed);
    const { regions } = boundariesOf(question);
    if (regions.length === 0) continue;
    if (regions.length > 1) several++;
    expectExact(question.vault, question.access, regions);
    for (const region of regions) expectExact(question.vault, question.access, [region]);
  }
  expect(several).toBeGreaterThan(200);
});

test('for names that are escaped twice over, and the whole of a vault', () => {
  const hostile = ['*', '${?}', '"', '😀', '\u2028', '漢字/', 'é', "'", '${aws:username}/'].map(path);
  for (const vault of [acme, personal]) {
    expectExact(vault, 'write', [{ allow: path(''), deny: hostile }]);
    expectExact(
      vault,
      'read',
      hostile.map((allow) => ({ allow, deny: [] })),
    );
  }
});
