/** Request bodies are read strictly; answers hold any key. */
import { describe, expect, test } from 'vitest';
import { childText, parseXml } from '../../src/services/s3/wire/read-xml.ts';
import { encodeUrl, escapeXml } from '../../src/services/s3/wire/xml.ts';

describe('a request body', () => {
  test('keeps entities, character references, CDATA and white space in a key', () => {
    const root = parseXml(
      '<?xml version="1.0"?><!-- x --><a:Delete xmlns:a="u"><Key> a&amp;b&#13;&#x1F600;<![CDATA[<c>]]> </Key><Quiet/></a:Delete>',
      'Delete',
    );
    expect(childText(root, 'Key')).toBe(' a&b\r😀<c> ');
    expect(childText(root, 'Quiet')).toBe('');
  });

  test('has one kind of line end, unless it asks for another by number', () => {
    expect(parseXml('<Key>a\r\nb\rc&#13;</Key>', 'Key').text).toBe('a\nb\nc\r');
  });

  test.each([
    ['nothing', ''],
    ['an open element', '<Delete><Key>a</Key>'],
    ['crossed elements', '<Delete><Key>a</Delete></Key>'],
    ['two roots', '<Delete/><Delete/>'],
    ['text between elements', '<Delete>x<Key>a</Key></Delete>'],
    ['another root', '<Remove/>'],
    ['a document type', '<!DOCTYPE Delete [<!ENTITY a "b">]><Delete><Key>&a;</Key></Delete>'],
    ['an unknown entity', '<Delete><Key>&unknown;</Key></Delete>'],
    ['a bare ampersand', '<Delete><Key>a & b</Key></Delete>'],
    ['a reference to a surrogate', '<Delete><Key>&#xD800;</Key></Delete>'],
    ['an attribute without quotes', '<Delete a=b/>'],
    ['an attribute twice', '<Delete a="1" a="2"/>'],
    ['text behind the root', '<Delete/>x'],
    ['a depth of a thousand', `${'<Delete>'.repeat(1000)}${'</Delete>'.repeat(1000)}`],
  ])('with %s is refused', (_, text) => {
    expect(() => parseXml(text, 'Delete')).toThrow(expect.objectContaining({ code: 'MalformedXML', status: 400 }));
  });
});

test('a listing writes what XML cannot hold as references, and everything as a percent-encoded name on request', () => {
  expect(escapeXml('a<b>&"\u0001\r\n')).toBe('a&lt;b&gt;&amp;&quot;&#x1;&#xd;\n');
  expect(encodeUrl("a b+c/é'(*)!")).toBe('a%20b%2Bc/%C3%A9%27%28%2A%29%21');
});
