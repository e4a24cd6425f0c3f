/** Matching, against a reference that is slow and obviously right. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileTemplate } from '../../src/iam/template.ts';
import { matches } from '../../src/iam/wildcard.ts';

/** `HQ_PROPERTY_RUNS` shortens a run, for mutation testing. */
const runs = Number(process.env['HQ_PROPERTY_RUNS'] ?? 20_000);

const match = (pattern: string, text: string): boolean => matches(compileTemplate(pattern, { variables: false, wildcards: true }).fixed ?? [], text);

/** By definition: a star takes nothing, or one more character. */
function reference(pattern: readonly string[], text: readonly string[]): boolean {
  const table = Array.from({ length: pattern.length + 1 }, () => Array.from({ length: text.length + 1 }, () => false));
  for (let p = pattern.length; p >= 0; p--) {
    for (let t = text.length; t >= 0; t--) {
      const row = table[p] ?? [];
      if (p === pattern.length) row[t] = t === text.length;
      else if (pattern[p] === '*') row[t] = table[p + 1]?.[t] === true || (t < text.length && row[t + 1] === true);
      else row[t] = t < text.length && (pattern[p] === '?' || pattern[p] === text[t]) && table[p + 1]?.[t + 1] === true;
    }
  }
  return table[0]?.[0] === true;
}

const letters = (characters: string) => fc.array(fc.constantFrom(...characters.split('')), { maxLength: 12 }).map((parts) => parts.join(''));

describe('wildcards', () => {
  it('agree with the reference on few letters, where collisions are frequent', () => {
    fc.assert(
      fc.property(letters('ab*?'), letters('ab'), (pattern, text) => {
        expect(match(pattern, text)).toBe(reference(pattern.split(''), text.split('')));
      }),
      { numRuns: runs },
    );
  });

  it('agree with the reference where characters are surrogate pairs', () => {
    const points = fc.array(fc.constantFrom('a', '😀', '/', '*', '?'), { maxLength: 9 });
    fc.assert(
      fc.property(points, fc.array(fc.constantFrom('a', '😀', '/'), { maxLength: 9 }), (pattern, text) => {
        expect(match(pattern.join(''), text.join(''))).toBe(reference(pattern, text));
      }),
      { numRuns: runs / 4 },
    );
  });

  it.each([
    ['arn:aws:s3:::b/team/*', 'arn:aws:s3:::b/team/x', true],
    ['arn:aws:s3:::b/team/*', 'arn:aws:s3:::b/team-secret/x', false],
    ['arn:aws:s3:::b/gpt*', 'arn:aws:s3:::b/gpt5', true],
    ['*', '', true],
    ['?', '', false],
    ['?', '\uffff', true],
    ['a?', 'a', false],
    ['a*b*c', 'abc', true],
    ['a*b*c', 'ac', false],
    ['a*b*b', 'ab', false],
    ['a.c', 'abc', false],
    ['(a+)+$', '(a+)+$', true],
  ])('%s on %s is %s', (pattern, text, expected) => {
    expect(match(pattern, text)).toBe(expected);
  });

  it('stay bounded by pattern times text on a pattern made to explode', () => {
    // A backtracking matcher needs more steps here than there are atoms; this one needs millions at most.
    expect(match(`${'*a'.repeat(1000)}b`, 'a'.repeat(4000))).toBe(false);
  });
});
