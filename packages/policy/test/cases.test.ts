/**
 * Cases that broke other systems, each as the guarantee that keeps it from breaking this one, and each beside the fault that broke it: the check has to be red on
 * that. What these cases ask of the API and of the client is in `packages/api/test/cases` and `packages/sdk/test/cases`.
 */
import { isHqError } from '@hq/shared/errors';
import type { AclRecord } from '@hq/shared/acl/rule';
import { expect, test } from 'vitest';
import { compile } from '../src/compile.ts';
import { checkSessionPolicy } from '../src/read.ts';
import { emitting, expectOnly, type Compiler } from './faults.ts';
import { acme, everyone, forAll, member, path, personal } from './fixtures.ts';
import { iamDocument, isAllowed } from './iam-evaluator.ts';

type Verb = 'GetObject' | 'PutObject' | 'DeleteObject';

/** Storage as the sessions for a whole vault see it. */
function storageFor(compiler: Compiler, records: readonly AclRecord[], access: 'read' | 'write' = 'read', vault = acme) {
  const documents = compiler({ vault, caller: member, records, cone: path(''), access, now: 0 }).sessions.map(({ policy }) => iamDocument(policy));
  const resource = (key: string) => `arn:aws:s3:::${vault.bucket}/${vault.keyPrefix}${key}`;
  const inOneSession = (...requests: readonly { readonly action: string; readonly resource: string; readonly context?: Record<string, string> }[]) =>
    documents.some((document) => requests.every((request) => isAllowed([document], request)));
  return {
    can: (verb: Verb, key: string) => inOneSession({ action: `s3:${verb}`, resource: resource(key) }),
    /** Storage asks for both in the name of one and the same session. */
    canCopy: (from: string, to: string) =>
      inOneSession({ action: 's3:GetObject', resource: resource(from) }, { action: 's3:PutObject', resource: resource(to) }),
    canList: (prefix: string | undefined) =>
      inOneSession({
        action: 's3:ListBucket',
        resource: `arn:aws:s3:::${vault.bucket}`,
        context: prefix === undefined ? {} : { 's3:prefix': vault.keyPrefix + prefix },
      }),
  };
}

test('CVE-2026-42810: a star in a name is a star, not everything', () => {
  expectOnly(
    compile,
    { 'names are not escaped': emitting(compile, /\$\{([*?$])\}/g, '$1'), '? is not escaped': emitting(compile, '${?}', '?') },
    (compiler) => {
      const storage = storageFor(compiler, [forAll('*/', 'read'), forAll('f*/', 'write'), forAll('q?/', 'read')]);
      expect(['*/a', 'f*/a', 'q?/a'].map((key) => storage.can('GetObject', key))).toEqual([true, true, true]);
      expect(['foo/a', 'f/x/a', 'qa/a'].map((key) => storage.can('GetObject', key))).toEqual([false, false, false]);
      expect([storage.canList('foo/'), storage.canList('f*/')]).toEqual([false, true]);
    },
  );
});

test('a variable in a name is text, not somebody’s name', () => {
  expectOnly(
    compile,
    { '$ is not escaped': emitting(compile, '${$}{', '${'), 'the version without escapes': emitting(compile, '2012-10-17', '2008-10-17') },
    (compiler) => {
      const [session] = compiler({
        vault: acme,
        caller: member,
        records: [forAll('${aws:username}/', 'read')],
        cone: path(''),
        access: 'read',
        now: 0,
      }).sessions;
      const document = iamDocument(session?.policy ?? '');
      const get = (key: string) =>
        isAllowed([document], { action: 's3:GetObject', resource: `arn:aws:s3:::${acme.bucket}/${key}`, context: { 'aws:username': 'eve' } });
      expect([get('${aws:username}/a'), get('eve/a')]).toEqual([true, false]);
    },
  );
});

test('a name that tries to leave its string stays in it', () => {
  expectOnly(compile, { 'strings put together by hand': emitting(compile, String.raw`\"`, '"') }, (compiler) => {
    const hostile = '"],"Resource":"*","x":["';
    const compiled = compiler({ vault: acme, caller: member, records: [forAll(`${hostile}/`, 'read')], cone: path(''), access: 'read', now: 0 });
    expect(() => JSON.parse(compiled.sessions[0]?.policy ?? '')).not.toThrow();
    const storage = storageFor(compiler, [forAll(`${hostile}/`, 'read')]);
    expect([storage.can('GetObject', `${hostile}/a`), storage.can('GetObject', 'a')]).toEqual([true, false]);
  });
});

/** A look at the bytes that forgets what it should look at. */
const blind: typeof checkSessionPolicy = () => undefined;
const onlyTheBucket: typeof checkSessionPolicy = (bytes, vault) => {
  if (!bytes.includes(vault.bucket)) throw new Error('another bucket');
};

test('CVE-2026-42809 and -42812: bytes that open another tenant’s place are refused, whoever wrote them', () => {
  expectOnly(checkSessionPolicy, { 'the bytes are not looked at': blind, 'only the bucket is looked at': onlyTheBucket }, (check) => {
    const opensMine =
      compile({ vault: personal, caller: member, records: [forAll('', 'read')], cone: path(''), access: 'read', now: 0 }).sessions[0]?.policy ?? '';
    const neighbour = { ...personal, keyPrefix: 'users/7e57ed00-0000-4000-8000-000000000000/hq/' };
    const refuses = (vault: typeof personal) => {
      try {
        check(opensMine, vault);
        return false;
      } catch (error) {
        return isHqError(error) && error.code === 'INTERNAL';
      }
    };
    expect([refuses(personal), refuses(neighbour), refuses(acme)]).toEqual([false, true, true]);
  });
});

test('the sibling: gpt* does not match gpt5, and team does not match team-secret', () => {
  expectOnly(
    compile,
    { 'a folder without its slash': emitting(compile, '/*"', '*"'), 'a file as a beginning': emitting(compile, 'gpt${*}"', 'gpt*"') },
    (compiler) => {
      const storage = storageFor(compiler, [forAll('gpt*', 'read'), forAll('team/', 'read'), forAll('x/gpt*/', 'read')]);
      expect(['gpt*', 'team/a', 'x/gpt*/a'].map((key) => storage.can('GetObject', key))).toEqual([true, true, true]);
      expect(['gpt5', 'gpt', 'x/gpt5/a', 'team-secret/a', 'team'].filter((key) => storage.can('GetObject', key))).toEqual([]);
      expect(['team', 'team-secret/'].filter((prefix) => storage.canList(prefix))).toEqual([]);
    },
  );
});

test('the sibling: a carve-out of team leaves team-secret and the file team alone, and hides all of team', () => {
  expectOnly(
    compile,
    {
      'a carve-out without its slash': emitting(compile, '/team/*"', '/team*"'),
      'a carve-out of the folder’s own name only': emitting(compile, '/team/*"', '/team/"'),
    },
    (compiler) => {
      const storage = storageFor(compiler, [forAll('', 'read'), forAll('team/', 'none')]);
      expect(['team', 'team-secret/a', 'teams', 'tea'].map((key) => storage.can('GetObject', key))).toEqual([true, true, true, true]);
      expect(['team/', 'team/a', 'team/a/b'].map((key) => storage.can('GetObject', key))).toEqual([false, false, false]);
    },
  );
});

test('the slash: a read-only person reads a folder and lists it by its prefix with the slash', () => {
  expectOnly(
    compile,
    {
      'the prefix lost its slash': emitting(compile, /"s3:prefix":"([^"]*)\/\*"/g, '"s3:prefix":"$1"'),
      'the objects lost theirs': emitting(compile, /(hq\/docs)\/\*"\}/g, '$1"}'),
    },
    (compiler) => {
      const storage = storageFor(compiler, [forAll('docs/', 'write')], 'read', personal);
      expect([storage.can('GetObject', 'docs/a.md'), storage.can('PutObject', 'docs/a.md')]).toEqual([true, false]);
      expect(['docs/', 'docs/deeper'].map((prefix) => storage.canList(prefix))).toEqual([true, true]);
    },
  );
});

test('StringEqualsIfExists: a listing without a prefix, or above the folder, is refused', () => {
  expectOnly(
    compile,
    {
      StringEqualsIfExists: emitting(compile, /"StringLike":(\{"s3:prefix":"[^"*]*)\*"/g, '"StringEqualsIfExists":$1"'),
      StringLikeIfExists: emitting(compile, '"StringLike"', '"StringLikeIfExists"'),
      'StringNotLike alone': emitting(compile, /"StringLike":\{"s3:prefix":"[^"]*"/g, '"StringNotLike":{"s3:prefix":"other/*"'),
      'no condition': emitting(compile, /,"Condition":\{[^}]*\}\}/g, ''),
      'a prefix that begins like the folder': emitting(compile, '"s3:prefix":"docs/*"', '"s3:prefix":"docs*"'),
    },
    (compiler) => {
      for (const vault of [acme, personal]) {
        const storage = storageFor(compiler, [forAll('docs/', 'read')], 'read', vault);
        // First the bare list, which is what the fault gave away.
        expect([undefined, '', 'd', 'docs', 'docs-2/'].filter((prefix) => storage.canList(prefix))).toEqual([]);
        expect(['docs/', 'docs/a'].map((prefix) => storage.canList(prefix))).toEqual([true, true]);
      }
    },
  );
});

test('a folder with a carve-out is not listed by storage, nor is the carve-out', () => {
  expectOnly(compile, { 'the folder around is listed': emitting(compile, 'docs/board/minutes/*"}}', 'docs/*"}}') }, (compiler) => {
    const storage = storageFor(compiler, [forAll('docs/', 'read'), forAll('docs/board/', 'none'), forAll('docs/board/minutes/', 'read')]);
    expect(['docs/', 'docs/board/', 'docs/b'].filter((prefix) => storage.canList(prefix))).toEqual([]);
    expect(storage.canList('docs/board/minutes/')).toBe(true);
  });
});

const withoutDenials = emitting(compile, /\{"Effect":"Deny"[^}]*\},/g, '');

test('batch: deletions that span siblings remove only what the session covers', () => {
  expectOnly(compile, { 'a carve-out dropped': withoutDenials, 'the slash removed': emitting(compile, '/team/*"', '/team*"') }, (compiler) => {
    const storage = storageFor(compiler, [forAll('team/', 'write'), forAll('team/locked/', 'read')], 'write');
    const batch = ['team/a', 'team-secret/a', 'team/locked/a', 'a'];
    expect(batch.filter((key) => storage.can('DeleteObject', key))).toEqual(['team/a']);
  });
});

test('copy: needs one session that may read the source and write the target', () => {
  expectOnly(
    compile,
    {
      'the slash removed': emitting(compile, '/team/*"', '/team*"'),
      'reading everywhere added': emitting(compile, '"Statement":[', '"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"},'),
    },
    (compiler) => {
      const storage = storageFor(compiler, [forAll('team/', 'write'), forAll('team-secret/', 'none'), forAll('shared/', 'read')], 'write');
      expect(storage.canCopy('team/a', 'team/b')).toBe(true);
      expect(storage.canCopy('team-secret/a', 'team/b')).toBe(false);
      expect(storage.canCopy('team/a', 'team-secret/b')).toBe(false);
      // Reading elsewhere and writing here are two sessions: the API copies it, after asking for both levels.
      expect(storage.canCopy('shared/a', 'team/b')).toBe(false);
    },
  );
});

/** A cache that looks up by vault, cone and access. */
function keyedWithoutGrants(): Compiler {
  const kept = new Map<string, ReturnType<Compiler>>();
  return (input) => {
    const key = JSON.stringify([input.vault.id, input.cone, input.access]);
    const found = kept.get(key) ?? compile(input);
    kept.set(key, found);
    return found;
  };
}

test('the cache key: what was granted is part of the bytes, so two callers never share a policy by accident', () => {
  const records: readonly AclRecord[] = [
    { path: path('a/'), rules: [{ grantee: { kind: 'person', id: member.personId }, level: 'read' }], open: false, version: 1 },
    { path: path('b/'), rules: [{ grantee: everyone, level: 'read' }], open: false, version: 1 },
  ];
  const share = (compiler: Compiler) => {
    const policyOf = (personId: string) =>
      compiler({ vault: acme, caller: { ...member, personId }, records, cone: path(''), access: 'read', now: 0 }).sessions.map(({ policy }) => policy);
    return JSON.stringify(policyOf(member.personId)) === JSON.stringify(policyOf('another'));
  };
  expect([share(compile), share(keyedWithoutGrants())]).toEqual([false, true]);
});
