/** JSON in which no object names a key twice. */
import { expect, it } from 'vitest';
import { parseStrictJson } from '../../src/iam/strict-json.ts';

it.each([
  '{"a":{"x":1},"b":{"x":2}}',
  '{"a":[{"x":1},{"x":2}],"x":3}',
  '{"a":{"b":1,"c":{"b":2}}}',
  '{"a":"a","b":["a","a"]}',
  '{"a":"\\"b\\":1,","b":"}{"}',
  '"a"',
  '[]',
])('%s names nothing twice', (text) => {
  expect(parseStrictJson(text)).toEqual(JSON.parse(text));
});

it.each([
  ['a', '{"a":1,"a":2}'],
  ['a', '{"a":{"b":1},"a":2}'],
  ['a', '{"a":[{"b":[]}],"a":2}'],
  ['a', '{"a":"}","a":2}'],
  ['a', '{"a":"\\"","a" : 2}'],
  ['a', '{"a":1,"\\u0061":2}'],
  ['b', '[{"a":{"b":1,"c":{},"b":2}}]'],
])('the key %s stands twice in %s', (key, text) => {
  expect(() => parseStrictJson(text)).toThrow(new SyntaxError(`the key "${key}" is there twice`));
});

it('what is no JSON is refused', () => {
  expect(() => parseStrictJson('{')).toThrow(SyntaxError);
});
