/** S3's XML, with names that try to be more than names. */
import { describe, expect, it } from 'vitest';
import { decodeEntities, elementsOf, encodeEntities, textOf } from '../../src/transfer/xml.ts';

describe('the text of an element', () => {
  it.each([
    ['&amp;lt;', '&lt;'],
    ['&quot;e&quot;', '"e"'],
    ['&#x1F600;&#65;', '😀A'],
    ['&#x110000;', '&#x110000;'],
    ['&nbsp;', '&nbsp;'],
  ])('%j is %j', (encoded, text) => {
    expect(decodeEntities(encoded)).toBe(text);
  });

  it('comes back from what was encoded', () => {
    const text = '<Key>&"quoted"</Key>';
    expect(textOf(`<E>${encodeEntities(text)}</E>`, 'E')).toBe(text);
  });

  it('is undefined where the element is missing or never ends', () => {
    expect(textOf('<A>x</A>', 'B')).toBeUndefined();
    expect(textOf('<A>x', 'A')).toBeUndefined();
    expect([...elementsOf('<C><K>1</K></C><C><K>2</K></C><C>', 'C')]).toEqual(['<K>1</K>', '<K>2</K>']);
  });
});
