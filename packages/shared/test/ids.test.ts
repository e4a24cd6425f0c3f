import { getRandomValues } from 'node:crypto';
import { expect, test } from 'vitest';
import { idPattern, idPrefixes, newId, personIdPattern, type IdKind } from '../src/ids.ts';
import { roleAtLeast, roles } from '../src/roles.ts';
import { toIso } from '../src/time.ts';

const random = (length: number) => getRandomValues(new Uint8Array(length));
const kinds = Object.keys(idPrefixes) as IdKind[];

test('an id has the form of its kind and of no other', () => {
  for (const kind of kinds) {
    const id = newId(kind, random);
    expect(kinds.filter((other) => idPattern(other).test(id))).toEqual([kind]);
    for (const wrong of [`${id}x`, id.slice(0, -1), id.toUpperCase(), ` ${id}`, `${id}\n`, id.replace('_', '-')])
      expect(idPattern(kind).test(wrong)).toBe(false);
  }
});

test('an id uses every byte it is given, and every character of the alphabet alike', () => {
  const counting = newId('organization', (length) => Uint8Array.from({ length }, (_, i) => i));
  expect(counting).toBe('cmp_0123456789abcdefghjkmnpqrs');
  expect(newId('organization', (length) => new Uint8Array(length).fill(31))).toBe(`cmp_${'z'.repeat(26)}`);
  expect(newId('organization', (length) => new Uint8Array(length).fill(255))).toBe(`cmp_${'z'.repeat(26)}`);
  const seen = new Map<string, number>();
  for (let byte = 0; byte < 256; byte++) {
    const character = newId('group', (length) => new Uint8Array(length).fill(byte)).slice(-1);
    seen.set(character, (seen.get(character) ?? 0) + 1);
  }
  expect([...seen.values()]).toEqual(Array.from({ length: 32 }, () => 8));
});

test('an id is good in a bucket’s name once its underscore is a dash', () => {
  expect(`hq-vault-${newId('organization', random).replace('_', '-')}`).toMatch(/^[a-z0-9-]{3,63}$/);
});

test('a person’s id is a UUID in lower case', () => {
  expect(personIdPattern.test('0b6f1a9e-3f0d-4c0e-9d67-0d2c6c7f8a11')).toBe(true);
  for (const wrong of [
    '0B6F1A9E-3f0d-4c0e-9d67-0d2c6c7f8a11',
    '0b6f1a9e3f0d4c0e9d670d2c6c7f8a11',
    '../../../../../../../../../../../../../',
    '',
    '0b6f1a9e-3f0d-4c0e-9d67-0d2c6c7f8a11\n',
  ])
    expect(personIdPattern.test(wrong)).toBe(false);
});

test('roles are ordered from the strongest', () => {
  expect(roles.map((a) => roles.filter((b) => roleAtLeast(a, b)))).toEqual([
    ['admin', 'contributor', 'read-only'],
    ['contributor', 'read-only'],
    ['read-only'],
  ]);
});

test('a moment is told in UTC without fractions', () => {
  expect(toIso(0)).toBe('1970-01-01T00:00:00Z');
  expect(toIso(1_801_440_000)).toBe('2027-02-01T00:00:00Z');
  expect(toIso(253_402_300_799)).toBe('9999-12-31T23:59:59Z');
});
