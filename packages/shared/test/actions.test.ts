import { expect, test } from 'vitest';
import { allows, levelOfAction, nothingHere, requireLevel, type FileAction } from '../src/acl/actions.ts';
import { levels, type Level } from '../src/acl/rule.ts';
import { isHqError } from '../src/errors.ts';

function outcome(level: Level, action: FileAction): string {
  try {
    requireLevel(level, action);
    return 'allowed';
  } catch (error) {
    if (isHqError(error)) return error.code;
    throw error;
  }
}

test('levels are a ladder', () => {
  expect(levels.map((level) => levels.filter((needed) => allows(level, needed)))).toEqual([
    ['none'],
    ['none', 'read'],
    ['none', 'read', 'write'],
    ['none', 'read', 'write', 'admin'],
  ]);
});

test.each<[FileAction, readonly string[]]>([
  ['get', ['NOT_FOUND', 'allowed', 'allowed', 'allowed']],
  ['list', ['NOT_FOUND', 'allowed', 'allowed', 'allowed']],
  ['copyFrom', ['NOT_FOUND', 'allowed', 'allowed', 'allowed']],
  ['put', ['NOT_FOUND', 'FORBIDDEN', 'allowed', 'allowed']],
  ['moveFrom', ['NOT_FOUND', 'FORBIDDEN', 'allowed', 'allowed']],
  ['restore', ['NOT_FOUND', 'FORBIDDEN', 'allowed', 'allowed']],
  ['changeRules', ['NOT_FOUND', 'FORBIDDEN', 'FORBIDDEN', 'allowed']],
])('%s, from none to admin: a path one may not read is not there', (action, outcomes) => {
  expect(levels.map((level) => outcome(level, action))).toEqual(outcomes);
});

test('no action is free', () => {
  expect(Object.values(levelOfAction)).not.toContain('none');
});

test('a refusal of what one may see says what it needs, what one has, and whom to ask', () => {
  const refusal = () => requireLevel('read', 'put');
  expect(refusal).toThrow(
    expect.objectContaining({
      message: 'This needs write access, and you have read.',
      hint: 'Ask an admin of this folder for write access.',
      details: { level: 'read', needed: 'write' },
    }),
  );
});

test('nothing here is the same answer for what is hidden and for what is absent, and keeps its cause for the log', () => {
  const cause = new Error('no such key');
  const hidden = expect.objectContaining({ message: 'There is nothing here that you may see.', hint: 'Check the path, or ask an admin for access.' });
  expect(() => requireLevel('none', 'get')).toThrow(hidden);
  expect(nothingHere(cause)).toEqual(hidden);
  expect(nothingHere(cause).cause).toBe(cause);
});
