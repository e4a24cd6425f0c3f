import { expect, test } from 'vitest';
import { HqError, errorCodes, isHqError } from '../src/errors.ts';

test('an error carries its code, its hint and its facts, and keeps its cause for the log', () => {
  const cause = new Error('the disk says: /var/secret');
  const error = new HqError('STORAGE_FULL', 'No room is left.', { hint: 'Remove something.', details: { limit: 5 }, cause });
  expect(error).toMatchObject({ name: 'HqError', code: 'STORAGE_FULL', message: 'No room is left.', hint: 'Remove something.', details: { limit: 5 }, cause });
  expect(error).toBeInstanceOf(Error);
  // What is written to a client is made of the enumerable fields: the cause isn't among them.
  expect(JSON.stringify(error)).not.toContain('secret');
  expect(Object.keys(new HqError('INTERNAL', 'x'))).not.toContain('cause');
});

test('an error of another copy of the module is known, something that only looks alike is not', () => {
  const copy = Object.assign(new Error('x'), { name: 'HqError', code: 'NOT_FOUND' });
  expect(isHqError(copy)).toBe(true);
  expect(isHqError(Object.assign(new Error('x'), { name: 'HqError', code: 'MADE_UP' }))).toBe(false);
  expect(isHqError(Object.assign(new Error('x'), { code: 'NOT_FOUND' }))).toBe(false);
  expect(isHqError({ name: 'HqError', code: 'NOT_FOUND', message: 'x' })).toBe(false);
  for (const value of [undefined, null, 'HqError', 1]) expect(isHqError(value)).toBe(false);
});

test('the list of codes is closed and says nothing twice', () => {
  expect(new Set(errorCodes).size).toBe(errorCodes.length);
  expect(errorCodes).toMatchSnapshot();
});
