/** What the schemas refuse, with an issue that says what is wrong. */
import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import * as acl from '../src/schema/acl.ts';
import * as auth from '../src/schema/auth.ts';
import * as credentials from '../src/schema/credentials.ts';
import { email, epochSeconds, etag, filePath, folderPath, pageToken, path, requestId, vault } from '../src/schema/fields.ts';
import * as files from '../src/schema/files.ts';
import * as members from '../src/schema/members.ts';
import * as orgs from '../src/schema/orgs.ts';

const organization = 'cmp_3v7x0000000000000000000000';
const person = '0b6f1a9e-3f0d-4c0e-9d67-0d2c6c7f8a11';

/** The messages of a refusal; empty where the input passes. */
function issues(schema: z.ZodType, input: unknown): string[] {
  const result = schema.safeParse(input);
  return result.success ? [] : result.error.issues.map(({ message, path: at }) => `${at.join('.')}: ${message}`);
}

describe('a path', () => {
  test('is canonical once it is parsed', () => {
    expect(path.parse('e\u0301/a')).toBe('\u00e9/a');
    expect(files.statInput.parse({ vault: 'personal', path: 'e\u0301' }).path).toBe('\u00e9');
  });

  test('is refused by the name of the rule that it breaks, once', () => {
    expect(issues(filePath, '/a')).toEqual([expect.stringContaining('starts with "/"')]);
    expect(issues(filePath, 'a/../b')).toEqual([expect.stringContaining('".." segment')]);
    expect(issues(filePath, 'a'.repeat(961))).toEqual([expect.stringContaining('longer than 960 bytes')]);
    expect(path.safeParse('a//b').error?.issues[0]).toMatchObject({ code: 'custom', params: { code: 'INVALID_PATH' } });
  });

  test('names a file or a folder as asked', () => {
    expect(issues(filePath, 'a/')).toEqual([expect.stringContaining('names a folder')]);
    expect(issues(filePath, '')).toEqual([expect.stringContaining('names a folder')]);
    expect(issues(folderPath, 'a')).toEqual([expect.stringContaining('names a file')]);
    expect(issues(folderPath, '')).toEqual([]);
  });

  test.each([undefined, null, 7, {}, ['a'], Object.create(null)])('is text: %s is not', (input) => {
    expect(issues(path, input)).toHaveLength(1);
  });
});

test.each<[string, z.ZodType, readonly unknown[], readonly unknown[]]>([
  [
    'a vault',
    vault,
    ['personal', organization],
    ['', 'Personal', 'cmp_', `${organization}0`, `${organization}\n`, 'usr_x', '../x', organization.toUpperCase()],
  ],
  [
    'an address',
    email,
    ['ada@example.com', ' Ada@Example.COM '],
    ['', 'ada', '@example.com', 'a b@example.com', `${'a'.repeat(250)}@example.com`, 'ada@example.com\nbcc: eve@example.com'],
  ],
  ['a moment', epochSeconds, [0, 253_402_300_799], [-1, 1.5, 253_402_300_800, Number.NaN, Number.POSITIVE_INFINITY, '0']],
  ['a page token', pageToken, ['x', 'x'.repeat(4096)], ['', 'x'.repeat(4097)]],
  ['an ETag', etag, ['0'.repeat(32), `${'f'.repeat(32)}-10000`], ['', `"${'0'.repeat(32)}"`, 'W/"x"', '*', '0'.repeat(33), `${'0'.repeat(32)}-`]],
  ['a request id', requestId, [undefined, 'a'.repeat(16), '_-'.repeat(32)], ['', 'a'.repeat(15), 'a'.repeat(65), 'a b'.repeat(8)]],
  ['a name of an organization', orgs.organizationName, ['a', 'acme', 'a-1', 'a'.repeat(48)], ['', '-a', 'a-', 'Acme', 'a b', 'a'.repeat(49), 'ä', 'a\n']],
  ['how long', credentials.issueInput.shape.durationSeconds, [undefined, 900, 3600], [0, 899, 3601, 900.5, '900', Number.NaN]],
])('%s', (_, schema, good, bad) => {
  expect(good.filter((input) => issues(schema, input).length > 0)).toEqual([]);
  expect(bad.filter((input) => issues(schema, input).length === 0)).toEqual([]);
});

test('addresses are compared in one form', () => {
  expect(email.parse(' Ada@Example.COM ')).toBe('ada@example.com');
});

const put = (content: string, more = {}) => issues(files.putInput, { vault: 'personal', path: 'a', content, ...more });

describe('a body', () => {
  test('is base64 of at most the limit', () => {
    const largest = Buffer.alloc(files.maxInlineBytes).toString('base64');
    expect(put(largest)).toEqual([]);
    expect(put('')).toEqual([]);
    expect(put(Buffer.alloc(files.maxInlineBytes + 3).toString('base64'))).toEqual([expect.stringContaining('credentials.issue')]);
    for (const wrong of ['a', 'ab=c', '====', 'a===', 'YQ', 'YQ==\n', '@@@@', 'Y Q=', 'YQ=='.repeat(2)])
      expect(put(wrong)).toEqual(['content: The content is not base64.']);
  });

  test('is never echoed in an issue', () => {
    const result = files.putInput.safeParse({ vault: 'personal', path: 'a', content: 'top secret!' });
    expect(JSON.stringify(result.error?.issues)).not.toContain('top secret');
  });

  test('has a content type that can go into a header', () => {
    expect(put('', { contentType: 'text/markdown; charset=utf-8' })).toEqual([]);
    for (const wrong of ['', 'a\r\nset-cookie: x', 'é', ' text', 'x'.repeat(257)]) expect(put('', { contentType: wrong })).toHaveLength(1);
  });

  test('is written under one condition, not two', () => {
    const both = { vault: 'personal', path: 'a', content: '', ifMatch: '0'.repeat(32), ifNoneMatch: '*' };
    expect(issues(files.putInput, both)).toEqual(['ifMatch: Send ifMatch or ifNoneMatch, not both.']);
    expect(issues(files.putInput, { ...both, ifMatch: undefined })).toEqual([]);
    expect(issues(files.putInput, { ...both, ifMatch: undefined, ifNoneMatch: 'x' })).toHaveLength(1);
  });
});

test('a copy has two ends', () => {
  expect(issues(files.copyInput, { vault: 'personal', from: 'a', to: 'b' })).toEqual([]);
  // One file under both its Unicode forms is one file.
  expect(issues(files.copyInput, { vault: 'personal', from: 'e\u0301', to: '\u00e9' })).toEqual([expect.stringContaining('the file itself')]);
});

test('personal vaults have no rules and no members to ask for', () => {
  for (const schema of [acl.listInput, acl.grantInput, acl.revokeInput, members.listInput, members.inviteInput, members.removeInput, orgs.getInput])
    expect(issues(schema, { vault: 'personal' }).some((issue) => issue.startsWith('vault: '))).toBe(true);
});

const grant = (grantee: unknown, more = {}) => issues(acl.grantInput, { vault: organization, path: 'a/', grantee, level: 'read', ...more });

test('a grant names somebody in a form that exists', () => {
  expect(grant({ kind: 'org' })).toEqual([]);
  expect(grant({ kind: 'person', id: person })).toEqual([]);
  expect(grant({ kind: 'email', email: 'ada@example.com' }, { expiresAt: 10, version: 0 })).toEqual([]);
  for (const wrong of [undefined, 'org', {}, { kind: 'all' }, { kind: 'person', id: 'ada' }, { kind: 'group', id: organization }, { kind: 'email' }])
    expect(grant(wrong)).not.toEqual([]);
  expect(grant({ kind: 'org' }, { level: 'owner' })).not.toEqual([]);
  expect(grant({ kind: 'org' }, { version: -1 })).not.toEqual([]);
});

test('a refresh token is bounded', () => {
  expect(issues(auth.refreshInput, { refreshToken: 'x'.repeat(8192) })).toEqual([]);
  expect(issues(auth.refreshInput, { refreshToken: 'x'.repeat(8193) })).toHaveLength(1);
  expect(issues(auth.refreshInput, { refreshToken: '' })).toHaveLength(1);
});

test('hostile shapes are refused with an issue, and never by a crash', () => {
  const inputs = [
    null,
    undefined,
    7,
    'x',
    [],
    [[]],
    { __proto__: null },
    { vault: { toString: 'x' } },
    { vault: ['personal'], path: { length: 1 } },
    JSON.parse('{"__proto__":{"vault":"personal"}}'),
  ];
  for (const room of [acl, credentials, files, members, orgs]) {
    for (const [name, schema] of Object.entries(room)) {
      if (!name.endsWith('Input') || (room === orgs && name === 'listInput')) continue;
      // `whereInput` has a default for everything it asks.
      const bad = room === credentials && name === 'whereInput' ? inputs.slice(0, 6) : inputs;
      for (const input of bad) expect(issues(schema as z.ZodType, input), `${name} of ${JSON.stringify(input)}`).not.toEqual([]);
    }
  }
});
