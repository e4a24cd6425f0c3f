/** What the reader refuses, whoever wrote it: it stands between the compiler and STS. */
import { isHqError } from '@hq/shared/errors';
import { describe, expect, test } from 'vitest';
import { compile } from '../src/compile.ts';
import { compileCopy } from '../src/copying.ts';
import { compileListing } from '../src/listing.ts';
import { readPattern } from '../src/read-pattern.ts';
import { checkSessionPolicy, readSessionPolicy } from '../src/read.ts';
import { iamDocument, isAllowed } from './iam-evaluator.ts';
import { acme, forAll, member, path, personal } from './fixtures.ts';

const objects = (vault = acme) => `arn:aws:s3:::${vault.bucket}`;
const allow = (Resource: unknown, Action: unknown = 's3:GetObject') => ({ Effect: 'Allow', Action, Resource });
const listing = (Condition?: unknown, vault = acme) => ({
  Effect: 'Allow',
  Action: 's3:ListBucket',
  Resource: objects(vault),
  ...(Condition ? { Condition } : {}),
});
const policy = (...Statement: unknown[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const good = allow(`${objects()}/docs/*`);

const refusal = 'Access could not be granted because of a defect on our side. Nothing was granted.';

function verdict(bytes: string, vault = acme): string {
  try {
    checkSessionPolicy(bytes, vault);
    return 'passed';
  } catch (error) {
    // What is wrong is for the log: a message that tells a caller how the vault is laid out is not the refusal we want.
    if (!isHqError(error) || error.code !== 'INTERNAL' || error.message !== refusal) throw error;
    return (error.cause as Error).message;
  }
}

test('what the compiler emits passes, in its own vault and in no other', () => {
  const records = [forAll('', 'write'), forAll('d*?$/', 'none'), forAll('d*?$/a.md', 'read'), forAll('é😀/', 'none')];
  for (const access of ['read', 'write'] as const) {
    for (const [vault, other] of [
      [acme, personal],
      [personal, acme],
    ] as const) {
      for (const session of compile({ vault, caller: member, records, cone: path(''), access, now: 0 }).sessions) {
        expect(verdict(session.policy, vault)).toBe('passed');
        expect(verdict(session.policy, other)).toMatch(/outside the bucket/);
        expect(verdict(session.policy, { ...vault, kmsKeyArn: other.kmsKeyArn })).toMatch(/a key other than/);
        expect(verdict(session.policy, { ...vault, keyPrefix: 'users/another/hq/' })).toMatch(/outside the vault/);
      }
    }
  }
});

test('the API’s own listing passes, and opens no object', () => {
  for (const [cone, prefix] of [
    ['docs/', 'docs/*'],
    ['docs/a.md', 'docs/*'],
    ['', '*'],
  ] as const) {
    const bytes = compileListing(personal, path(cone));
    expect(verdict(bytes, personal)).toBe('passed');
    expect(JSON.parse(bytes)).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['s3:ListBucket', 's3:ListBucketVersions'],
          Resource: objects(personal),
          Condition: { StringLike: { 's3:prefix': personal.keyPrefix + prefix } },
        },
      ],
    });
  }
});

test('the API’s own copy reads one object and writes another; a move also removes the first; both pass', () => {
  const home = `${objects(personal)}/${personal.keyPrefix}`;
  const files = [`${home}a/from.md`, `${home}b/to*.md`, `${home}b/tox.md`];
  const paths = { from: path('a/from.md'), to: path('b/to*.md') };
  for (const removeSource of [false, true]) {
    const bytes = compileCopy(personal, { ...paths, removeSource });
    expect(verdict(bytes, personal)).toBe('passed');
    const may = (action: string) => files.map((resource) => isAllowed([iamDocument(bytes)], { action, resource }));
    expect(may('s3:GetObject')).toEqual([true, true, false]);
    expect(may('s3:PutObject')).toEqual([false, true, false]);
    expect(may('s3:DeleteObject')).toEqual([removeSource, true, false]);
  }
  expect(() => compileCopy(personal, { ...paths, from: path('漢'.repeat(320)), removeSource: true })).toThrow(
    expect.objectContaining({ code: 'SCOPE_TOO_LARGE' }),
  );
});

describe('refused', () => {
  const twice = policy(good).replace('"Effect":"Allow"', '"Effect":"Allow","Effect":"Allow"');
  test.each([
    ['nothing', '', /0 characters|STS refuses/],
    ['no JSON', '{', /JSON/],
    ['JSON that is no object', '[]', /not an object/],
    ['a statement that is no object', policy('Allow'), /not an object/],
    ['a statement that is null', policy(null), /not an object/],
    ['a statement that is null among others', policy(good, null), /not an object/],
    ['no statement', policy(), /no statement/],
    ['only denials', policy({ ...good, Effect: 'Deny' }), /nothing is allowed/],
    ['spaces', policy(good).replace(',', ', '), /compact/],
    ['a key that stands twice', twice, /stands twice/],
    ['a character over U+00FF, unescaped', policy(allow(`${objects()}/漢/*`)), /STS refuses/],
    ['2,049 characters', policy(allow(`${objects()}/${'x'.repeat(2048)}`)), /characters/],
    ['the old version', policy(good).replace('2012-10-17', '2008-10-17'), /version/],
    ['no version', policy(good).replace('"Version":"2012-10-17",', ''), /version/],
    ['an Id', policy(good).replace('{"Version"', '{"Id":"x","Version"'), /unknown element Id/],
    ['a Sid', policy({ Sid: 'x', ...good }), /unknown element Sid/],
    ['a Principal', policy({ ...good, Principal: '*' }), /unknown element Principal/],
    ['NotResource', policy({ Effect: 'Allow', Action: 's3:GetObject', NotResource: 'x' }), /unknown element NotResource/],
    ['NotAction', policy({ Effect: 'Allow', NotAction: 's3:GetObject', Resource: `${objects()}/docs/*` }), /unknown element NotAction/],
    ['no effect', policy(good, { Action: 's3:GetObject', Resource: `${objects()}/docs/*` }), /effect/],
    ['every action', policy(allow(`${objects()}/docs/*`, '*')), /no session needs/],
    ['an action glob', policy(allow(`${objects()}/docs/*`, 's3:Get*')), /no session needs/],
    ['an action in other letters', policy(allow(`${objects()}/docs/*`, 's3:getobject')), /no session needs/],
    ['an action that no session needs', policy(allow(`${objects()}/docs/*`, 's3:PutObjectAcl')), /no session needs/],
    ['actions of two kinds', policy(allow(`${objects()}/docs/*`, ['s3:GetObject', 's3:ListBucket'])), /no session needs/],
    ['no resource', policy(allow([])), /empty list/],
    ['a number as resource', policy(allow(7)), /not text/],
    ['every resource', policy(allow('*')), /outside the bucket/],
    ['every bucket', policy(allow('arn:aws:s3:::*/docs/*')), /outside the bucket/],
    ['a bucket whose name goes on', policy(allow(`${objects()}x/docs/*`)), /outside the bucket/],
    ['the bucket itself for objects', policy(allow(objects())), /outside the bucket/],
    ['a folder without its slash', policy(allow(`${objects()}/docs*`)), /without "\/\*"/],
    ['a folder as an exact object', policy(allow(`${objects()}/docs/`)), /without "\/\*"/],
    ['a wildcard inside', policy(allow(`${objects()}/d*s/a`)), /wildcard/],
    ['a ? inside', policy(allow(`${objects()}/d?cs/*`)), /wildcard/],
    ['two stars', policy(allow(`${objects()}/docs/**`)), /wildcard/],
    ['a live variable', policy(allow(`${objects()}/\${aws:username}/*`)), /variable/],
    ['a lone dollar', policy(allow(`${objects()}/cost$/*`)), /variable/],
    ['a path that goes up', policy(allow(`${objects()}/docs/../other/*`)), /"\.\."/],
    ['a path in another Unicode form', policy(allow(`${objects()}/e_/*`)).replace('e_', String.raw`e\u0301`), /canonical/],
    ['a condition on objects', policy({ ...good, Condition: { Null: { 's3:prefix': 'true' } } }), /condition on objects/],
    ['another key', policy(good, allow(personal.kmsKeyArn, 'kms:Decrypt')), /a key other than/],
    ['every key', policy(good, allow('*', 'kms:Decrypt')), /a key other than/],
    ['the vault’s key and another', policy(good, allow([acme.kmsKeyArn, personal.kmsKeyArn], 'kms:Decrypt')), /a key other than/],
    ['the key under a condition', policy(good, { ...allow(acme.kmsKeyArn, 'kms:Decrypt'), Condition: { Bool: {} } }), /a key other than/],
    ['the bucket and another for a listing', policy({ ...listing(), Resource: [objects(), objects(personal)] }), /a bucket other than/],
    ['a good prefix and a bad one', policy(listing({ StringLike: { 's3:prefix': ['docs/*', 'docs'] } })), /does not end in/],
    ['encryption', policy(good, allow(acme.kmsKeyArn, 'kms:Encrypt')), /no session needs/],
    ['a denial of the key', policy(good, { ...allow(acme.kmsKeyArn, 'kms:Decrypt'), Effect: 'Deny' }), /a denial/],
    ['listing another bucket', policy({ ...listing(), Resource: objects(personal) }), /a bucket other than/],
    ['listing where no prefix will do', policy(listing({ StringLikeIfExists: { 's3:prefix': 'docs/*' } })), /not an object|prefix alone/],
    ['listing what is not something', policy(listing({ StringNotLike: { 's3:prefix': 'docs/*' } })), /not an object|prefix alone/],
    ['listing with a second operator', policy(listing({ StringLike: { 's3:prefix': 'docs/*' }, Bool: {} })), /prefix alone/],
    ['listing with a second key', policy(listing({ StringLike: { 's3:prefix': 'docs/*', 's3:delimiter': '/' } })), /prefix alone/],
    ['listing by a prefix without its slash', policy(listing({ StringLike: { 's3:prefix': 'docs*' } })), /without "\/\*"/],
    ['listing everything by a star', policy(listing({ StringLike: { 's3:prefix': '*' } })), /does not end in/],
    ['listing one name', policy(listing({ StringLike: { 's3:prefix': 'docs/' } })), /does not end in/],
  ])('%s', (_, bytes, reason) => {
    expect(verdict(bytes)).toMatch(reason);
  });

  test('a whole bucket that others share', () => {
    expect(verdict(policy(listing(undefined, personal)), personal)).toMatch(/shared/);
    expect(verdict(policy(allow(`${objects(personal)}/*`)), personal)).toMatch(/outside the vault/);
    expect(verdict(policy(listing()), acme)).toBe('passed');
  });
});

test('what was read is told in the words of the bucket', () => {
  const bytes = policy(
    good,
    { ...allow(`${objects()}/docs/a.md`), Effect: 'Deny' },
    allow(acme.kmsKeyArn, 'kms:Decrypt'),
    listing({ StringLike: { 's3:prefix': 'docs/*' } }),
  );
  expect(readSessionPolicy(bytes, acme)).toEqual([
    { kind: 'objects', effect: 'Allow', actions: ['s3:GetObject'], keys: [{ literal: 'docs/', prefix: true }] },
    { kind: 'objects', effect: 'Deny', actions: ['s3:GetObject'], keys: [{ literal: 'docs/a.md', prefix: false }] },
    { kind: 'key', effect: 'Allow', actions: ['kms:Decrypt'] },
    { kind: 'list', effect: 'Allow', actions: ['s3:ListBucket'], prefixes: [{ literal: 'docs/', prefix: true }] },
  ]);
});

test('the longest path of a personal vault passes: the vault’s prefix does not count', () => {
  expect(verdict(policy(allow(`${objects(personal)}/${personal.keyPrefix}${'x'.repeat(950)}`)), personal)).toBe('passed');
});

test('what is wrong is told as a defect in the bytes, not in the program', () => {
  expect(() => readPattern('a*b')).toThrow(expect.objectContaining({ name: 'Unreadable' }));
});
