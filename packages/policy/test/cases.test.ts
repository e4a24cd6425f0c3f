/** Cases that broke other systems, each as the guarantee that keeps it from breaking this one. */
import type { AclRecord } from '@hq/shared/acl/rule';
import { expect, test } from 'vitest';
import { compile } from '../src/compile.ts';
import { checkSessionPolicy } from '../src/read.ts';
import { acme, everyone, forAll, member, path, personal } from './fixtures.ts';
import { iamDocument, isAllowed } from './iam-evaluator.ts';

type Verb = 'GetObject' | 'PutObject' | 'DeleteObject';

/** Storage as the sessions for a cone see it. */
function storageFor(records: readonly AclRecord[], access: 'read' | 'write' = 'read', vault = acme, cone = '') {
  const documents = compile({ vault, caller: member, records, cone: path(cone), access, now: 0 }).sessions.map(({ policy }) => iamDocument(policy));
  const resource = (key: string) => `arn:aws:s3:::${vault.bucket}/${vault.keyPrefix}${key}`;
  return {
    can: (verb: Verb, key: string) => documents.some((document) => isAllowed([document], { action: `s3:${verb}`, resource: resource(key) })),
    /** Storage asks for both in the name of one and the same session. */
    canCopy: (from: string, to: string) =>
      documents.some(
        (document) =>
          isAllowed([document], { action: 's3:GetObject', resource: resource(from) }) &&
          isAllowed([document], { action: 's3:PutObject', resource: resource(to) }),
      ),
    canList: (prefix: string | undefined) =>
      documents.some((document) =>
        isAllowed([document], {
          action: 's3:ListBucket',
          resource: `arn:aws:s3:::${vault.bucket}`,
          context: prefix === undefined ? {} : { 's3:prefix': vault.keyPrefix + prefix },
        }),
      ),
  };
}

test('CVE-2026-42810: a star in a name is a star, not everything', () => {
  const storage = storageFor([forAll('*/', 'read'), forAll('f*/', 'write'), forAll('q?/', 'read')]);
  expect(storage.can('GetObject', '*/a')).toBe(true);
  expect(storage.can('GetObject', 'f*/a')).toBe(true);
  expect(storage.can('GetObject', 'foo/a')).toBe(false);
  expect(storage.can('GetObject', 'f/x/a')).toBe(false);
  expect(storage.can('GetObject', 'q?/a')).toBe(true);
  expect(storage.can('GetObject', 'qa/a')).toBe(false);
  expect(storage.canList('foo/')).toBe(false);
  expect(storage.canList('f*/')).toBe(true);
});

test('a variable in a name is text, not somebody’s name', () => {
  const [session] = compile({ vault: acme, caller: member, records: [forAll('${aws:username}/', 'read')], cone: path(''), access: 'read', now: 0 }).sessions;
  const document = iamDocument(session?.policy ?? '');
  const get = (key: string) =>
    isAllowed([document], { action: 's3:GetObject', resource: `arn:aws:s3:::${acme.bucket}/${key}`, context: { 'aws:username': 'eve' } });
  expect(get('${aws:username}/a')).toBe(true);
  expect(get('eve/a')).toBe(false);
});

test('a name that tries to leave its string stays in it', () => {
  const hostile = '"],"Resource":"*","x":["';
  const storage = storageFor([forAll(`${hostile}/`, 'read')]);
  expect(storage.can('GetObject', `${hostile}/a`)).toBe(true);
  expect(storage.can('GetObject', 'a')).toBe(false);
});

test('CVE-2026-42809 and -42812: bytes that open another tenant’s place are refused before they could be minted', () => {
  const foreign = compile({ vault: personal, caller: member, records: [forAll('', 'read')], cone: path(''), access: 'read', now: 0 }).sessions[0]?.policy ?? '';
  const neighbour = { ...personal, keyPrefix: 'users/7e57ed00-0000-4000-8000-000000000000/hq/' };
  checkSessionPolicy(foreign, personal);
  expect(() => checkSessionPolicy(foreign, neighbour)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  expect(() => checkSessionPolicy(foreign, acme)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
});

test('gpt* does not match gpt5, and team does not match team-secret', () => {
  const storage = storageFor([forAll('gpt*', 'read'), forAll('team/', 'read'), forAll('x/gpt*/', 'read')]);
  expect(storage.can('GetObject', 'gpt*')).toBe(true);
  expect(storage.can('GetObject', 'gpt5')).toBe(false);
  expect(storage.can('GetObject', 'gpt')).toBe(false);
  expect(storage.can('GetObject', 'x/gpt5/a')).toBe(false);
  expect(storage.can('GetObject', 'team/a')).toBe(true);
  expect(storage.can('GetObject', 'team-secret/a')).toBe(false);
  expect(storage.can('GetObject', 'team')).toBe(false);
  expect(storage.canList('team')).toBe(false);
  expect(storage.canList('team-secret/')).toBe(false);
});

test('a carve-out of team leaves team-secret and the file team alone', () => {
  const storage = storageFor([forAll('', 'read'), forAll('team/', 'none')]);
  expect(['team', 'team-secret/a', 'teams', 'tea'].map((key) => storage.can('GetObject', key))).toEqual([true, true, true, true]);
  expect(['team/', 'team/a', 'team/a/b'].map((key) => storage.can('GetObject', key))).toEqual([false, false, false]);
});

test('a read-only person can read a folder and list it by its prefix with the slash', () => {
  const storage = storageFor([forAll('docs/', 'write')], 'read', personal);
  expect(storage.can('GetObject', 'docs/a.md')).toBe(true);
  expect(storage.can('PutObject', 'docs/a.md')).toBe(false);
  expect(storage.canList('docs/')).toBe(true);
  expect(storage.canList('docs/deeper')).toBe(true);
});

test('a listing without a prefix, or above the folder, is refused', () => {
  for (const vault of [acme, personal]) {
    const storage = storageFor([forAll('docs/', 'read')], 'read', vault);
    for (const prefix of [undefined, '', 'd', 'docs', 'docs-2/']) expect(storage.canList(prefix)).toBe(false);
  }
});

test('a folder with a carve-out is not listed by storage, nor is the carve-out', () => {
  const storage = storageFor([forAll('docs/', 'read'), forAll('docs/board/', 'none'), forAll('docs/board/minutes/', 'read')]);
  for (const prefix of ['docs/', 'docs/board/', 'docs/b']) expect(storage.canList(prefix)).toBe(false);
  expect(storage.canList('docs/board/minutes/')).toBe(true);
});

test('a batch of deletions that spans siblings removes only what the session covers', () => {
  const storage = storageFor([forAll('team/', 'write'), forAll('team/locked/', 'read')], 'write');
  const batch = ['team/a', 'team-secret/a', 'team/locked/a', 'a'];
  expect(batch.filter((key) => storage.can('DeleteObject', key))).toEqual(['team/a']);
});

test('a copy needs one session that may read the source and write the target', () => {
  const records = [forAll('team/', 'write'), forAll('team-secret/', 'none'), forAll('shared/', 'read')];
  const storage = storageFor(records, 'write');
  expect(storage.canCopy('team/a', 'team/b')).toBe(true);
  expect(storage.canCopy('team-secret/a', 'team/b')).toBe(false);
  expect(storage.canCopy('team/a', 'team-secret/b')).toBe(false);
  // Reading elsewhere and writing here are two sessions: the API copies it, after asking for both levels.
  expect(storage.canCopy('shared/a', 'team/b')).toBe(false);
});

test('what was granted is part of the bytes: two callers never share a policy by accident', () => {
  const records: readonly AclRecord[] = [
    { path: path('a/'), rules: [{ grantee: { kind: 'person', id: member.personId }, level: 'read' }], open: false, version: 1 },
    { path: path('b/'), rules: [{ grantee: everyone, level: 'read' }], open: false, version: 1 },
  ];
  const policyOf = (personId: string) =>
    compile({ vault: acme, caller: { ...member, personId }, records, cone: path(''), access: 'read', now: 0 }).sessions.map(({ policy }) => policy);
  expect(policyOf(member.personId)).not.toEqual(policyOf('another'));
});
