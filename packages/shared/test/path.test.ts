import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isHqError } from '../src/errors.ts';
import {
  asFolder,
  canonicalPath,
  compareBytes,
  isFolder,
  isInside,
  joinPath,
  maxKeyBytes,
  maxPathBytes,
  nameOf,
  parentOf,
  root,
  selfAndAncestors,
  type Path,
} from '../src/path.ts';

const utf8 = new TextEncoder();
/** Any Unicode text without lone surrogates. */
const text = fc.string({ unit: 'binary', maxLength: 12 });
const awkward = fc.string({
  unit: fc.constantFrom('a', 'b', '/', '.', '..', '\\', '\u0000', '\u007f', 'e\u0301', '😀', '\uffff', '*', '?', '$', '{'),
  maxLength: 12,
});

function refusalOf(input: string): string | undefined {
  try {
    canonicalPath(input);
    return undefined;
  } catch (error) {
    if (isHqError(error) && error.code === 'INVALID_PATH') return String(error.details?.['reason']);
    throw error;
  }
}

describe('refused, with the reason', () => {
  test.each([
    ['/', 'starts with "/"'],
    ['/a', 'starts with "/"'],
    ['//', 'starts with "/"'],
    ['a//b', 'empty segment'],
    ['a//', 'empty segment'],
    ['.', '"." segment'],
    ['./a', '"." segment'],
    ['a/.', '"." segment'],
    ['a/./', '"." segment'],
    ['..', '".." segment'],
    ['../a', '".." segment'],
    ['a/../b', '".." segment'],
    ['a/..', '".." segment'],
    ['a/../', '".." segment'],
    ['a\\b', 'backslash'],
    ['\\', 'backslash'],
    ['a\u0000b', 'control character'],
    ['a\nb', 'control character'],
    ['\u001f', 'control character'],
    ['a\u007f', 'control character'],
    ['a\ud800', 'surrogate'],
    ['\udc00b', 'surrogate'],
    ['\ude00\ud83d', 'surrogate'],
  ])('%j', (input, reason) => {
    expect(refusalOf(input)).toContain(reason);
  });

  test('a refusal says what to do and shows no more than the rule', () => {
    expect(() => canonicalPath('secret//x')).toThrow(
      expect.objectContaining({ hint: 'Use a single "/" between names.', message: expect.not.stringContaining('secret') }),
    );
  });
});

test.each([
  '',
  'a',
  'a/',
  'a/b.md',
  '...',
  '.hidden',
  'a..b',
  '..a/',
  '*',
  'a?',
  '$',
  '${aws:username}/',
  '"',
  "'",
  ' ',
  'x y/',
  '漢字/ファイル',
  '😀',
  '\u2028',
  '\u0085',
  '\uffff',
  '~',
  '%2e%2e/',
])('%j is an ordinary path and stays as it is', (input) => {
  expect(canonicalPath(input)).toBe(input);
});

test('both Unicode forms of a name are one path', () => {
  expect(canonicalPath('e\u0301.md')).toBe('\u00e9.md');
  expect(canonicalPath('\u1100\u1161\u11a8/')).toBe('\uac01/');
  expect(canonicalPath('\u212b')).toBe('\u00c5');
});

test('the bound is in bytes of UTF-8, not in characters', () => {
  expect(refusalOf('a'.repeat(maxPathBytes))).toBeUndefined();
  expect(refusalOf('a'.repeat(maxPathBytes + 1))).toContain('longer than 960 bytes');
  expect(refusalOf('漢'.repeat(maxPathBytes / 3))).toBeUndefined();
  expect(refusalOf(`${'漢'.repeat(maxPathBytes / 3)}a`)).toContain('longer than');
  expect(refusalOf('😀'.repeat(maxPathBytes / 4))).toBeUndefined();
  expect(refusalOf('😀'.repeat(maxPathBytes / 4 + 1))).toContain('longer than');
  // The longest prefix that a vault or the table puts before a path still fits a key.
  expect(maxPathBytes + 'users/00000000-0000-0000-0000-000000000000/hq/'.length).toBeLessThanOrEqual(maxKeyBytes);
});

test('the bound is on the canonical form, and a monstrous input is refused at once', () => {
  expect(refusalOf('e\u0301'.repeat(maxPathBytes / 2))).toBeUndefined();
  expect(refusalOf('a'.repeat(50_000_000))).toContain('longer than');
});

test('whatever comes in, the answer is a canonical path or a typed refusal, and a canonical path is its own canonical form', () => {
  fc.assert(
    fc.property(fc.oneof(text, awkward, fc.string({ unit: 'grapheme' })), (input) => {
      if (refusalOf(input) !== undefined) return;
      const path = canonicalPath(input);
      expect(canonicalPath(path)).toBe(path);
      expect(path).toBe(input.normalize('NFC'));
      expect(utf8.encode(path).length).toBeLessThanOrEqual(maxPathBytes);
      const segments = (isFolder(path) ? path.slice(0, -1) : path).split('/');
      expect(path === '' || segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..')).toBe(true);
    }),
    { numRuns: 5000 },
  );
});

const outcome = (form: string) => refusalOf(form) ?? canonicalPath(form);

test('two Unicode forms never lead to two paths', () => {
  fc.assert(
    fc.property(text, (input) => {
      expect(outcome(input.normalize('NFD'))).toBe(outcome(input));
    }),
    { numRuns: 3000 },
  );
});

test('the order is that of the bytes, as S3 and DynamoDB list', () => {
  const near = fc.constantFrom('a', '/', '\ud7ff', '\ue000', '\ufffe', '\uffff', '\u{10000}', '😀', '\u{10ffff}', 'é');
  const either = fc.oneof(text, fc.string({ unit: near, maxLength: 4 }));
  fc.assert(
    fc.property(either, either, (a, b) => {
      expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
    { numRuns: 10_000 },
  );
  // Here JavaScript's own order goes wrong.
  expect(['\uffff', '😀'].sort()).toEqual(['😀', '\uffff']);
  expect(['😀', '\uffff'].sort(compareBytes)).toEqual(['\uffff', '😀']);
});

test('a folder, its parent, its name and its ancestors', () => {
  const path = canonicalPath('a/b/c.md');
  expect(parentOf(path)).toBe('a/b/');
  expect(parentOf(parentOf(path))).toBe('a/');
  expect(parentOf(canonicalPath('a'))).toBe(root);
  expect(parentOf(canonicalPath('a/'))).toBe(root);
  expect(parentOf(root)).toBe(root);
  expect(selfAndAncestors(path)).toEqual(['a/b/c.md', 'a/b/', 'a/', '']);
  expect(selfAndAncestors(root)).toEqual(['']);
  expect([path, parentOf(path), root].map(nameOf)).toEqual(['c.md', 'b', '']);
  expect([path, parentOf(path), root].map(isFolder)).toEqual([false, true, true]);
  expect(asFolder(canonicalPath('a'))).toBe('a/');
  expect(asFolder(root)).toBe(root);
});

test('ancestors are exactly the folders that a path is inside of', () => {
  const segment = fc.constantFrom('a', 'b', 'team', 'team-secret', '😀');
  const paths = fc
    .tuple(fc.array(segment, { maxLength: 4 }), fc.boolean())
    .map(([segments, folder]) => canonicalPath(segments.join('/') + (folder && segments.length > 0 ? '/' : '')));
  fc.assert(
    fc.property(paths, paths, (path, other) => {
      const above = selfAndAncestors(path);
      expect(isFolder(other) || path === other ? isInside(path, other) : false).toBe(above.includes(other));
    }),
  );
});

test('team and team-secret share no boundary', () => {
  const [team, secret, file] = ['team/', 'team-secret/a', 'team'].map(canonicalPath) as [Path, Path, Path];
  expect(isInside(secret, team)).toBe(false);
  expect(isInside(file, team)).toBe(false);
  expect(isInside(canonicalPath('team/a'), file)).toBe(false);
});

test('joining judges the whole path', () => {
  expect(joinPath(canonicalPath('a'), canonicalPath('b/c'))).toBe('a/b/c');
  expect(joinPath(root, canonicalPath('b'))).toBe('b');
  expect(() => joinPath(canonicalPath('a'.repeat(500)), canonicalPath('b'.repeat(500)))).toThrow(expect.objectContaining({ code: 'INVALID_PATH' }));
});
