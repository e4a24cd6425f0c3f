/** What the compiler emits, byte for byte where bytes matter. */
import { isHqError } from '@hq/shared/errors';
import type { AclRecord, Level } from '@hq/shared/acl/rule';
import { expect, test } from 'vitest';
import type { Region } from '../src/boundaries.ts';
import { compile, type CompileInput } from '../src/compile.ts';
import { checkSessionPolicy } from '../src/read.ts';
import { splitIntoSessions } from '../src/split.ts';
import { acme, forAll, member, path, personal } from './fixtures.ts';
import { secondOpinion } from './second-opinion.ts';

const ask = (records: readonly AclRecord[], more: Partial<CompileInput> = {}): CompileInput => ({
  vault: acme,
  caller: member,
  records,
  cone: path(''),
  access: 'read',
  now: 100,
  ...more,
});

const until = (at: string, expiresAt: number): AclRecord => ({ ...forAll(at, 'read'), rules: [{ grantee: { kind: 'org' }, level: 'read', expiresAt }] });

const long = (count: number) => Array.from({ length: count }, (_, i) => forAll(`${'deep/'.repeat(180)}${i}/`, 'read'));

function refusal(input: CompileInput) {
  try {
    compile(input);
  } catch (error) {
    if (isHqError(error)) return error;
    throw error;
  }
  return undefined;
}

test('one folder for reading is one policy, exactly these bytes', () => {
  const { sessions, notAfter } = compile(ask([forAll('docs/', 'read')]));
  expect(sessions).toEqual([
    {
      policy:
        '{"Version":"2012-10-17","Statement":[' +
        `{"Effect":"Allow","Action":["s3:GetObject","s3:GetObjectVersion"],"Resource":"arn:aws:s3:::${acme.bucket}/docs/*"},` +
        `{"Effect":"Allow","Action":"kms:Decrypt","Resource":"${acme.kmsKeyArn}"},` +
        `{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::${acme.bucket}","Condition":{"StringLike":{"s3:prefix":"docs/*"}}}]}`,
      allow: ['docs/'],
      deny: [],
      list: ['docs/'],
    },
  ]);
  expect(notAfter).toBeUndefined();
});

test('writing adds exactly the write actions and the data key', () => {
  const [session] = compile(ask([forAll('docs/', 'write')], { access: 'write', vault: personal })).sessions;
  expect(session?.policy).toContain(
    '"Action":["s3:GetObject","s3:GetObjectVersion","s3:PutObject","s3:DeleteObject","s3:AbortMultipartUpload","s3:ListMultipartUploadParts"]' +
      `,"Resource":"arn:aws:s3:::hq-vault-personal/${personal.keyPrefix}docs/*"`,
  );
  expect(session?.policy).toContain(`"Action":["kms:Decrypt","kms:GenerateDataKey"],"Resource":"${personal.kmsKeyArn}"`);
});

test('a write session covers only what may be written, not what may be read beside it', () => {
  const records = [forAll('', 'read'), forAll('mine/', 'write')];
  expect(compile(ask(records, { access: 'write' })).sessions.map(({ allow }) => allow)).toEqual([['mine/']]);
  expect(compile(ask(records)).sessions.map(({ allow }) => allow)).toEqual([['']]);
});

test('a single object is one exact ARN, without a listing', () => {
  const [session, ...more] = compile(ask([forAll('docs/', 'read')], { cone: path('docs/a.md') })).sessions;
  expect(more).toEqual([]);
  expect(session).toMatchObject({ allow: ['docs/a.md'], deny: [], list: [] });
  expect(session?.policy).toContain(`"Resource":"arn:aws:s3:::${acme.bucket}/docs/a.md"}`);
  expect(session?.policy).not.toContain('*');
});

test('records beside and under a file do not touch a session for the file', () => {
  const records = [forAll('docs/', 'read'), forAll('docs/a/', 'none'), forAll('docs/b', 'none')];
  expect(compile(ask(records, { cone: path('docs/a') })).sessions[0]?.allow).toEqual(['docs/a']);
});

test('allow in deny in allow takes two sessions, four levels take three, and rules that repeat what is around them take none', () => {
  const records = [forAll('a/', 'read'), forAll('a/b/', 'none'), forAll('a/b/c/', 'read'), forAll('a/b/c/d/', 'write'), forAll('z/', 'none')];
  expect(compile(ask(records)).sessions).toMatchObject([
    { allow: ['a/'], deny: ['a/b/'], list: [] },
    { allow: ['a/b/c/'], deny: [], list: ['a/b/c/'] },
  ]);
  const deeper = [...records, forAll('a/b/c/n/', 'none'), forAll('a/b/c/n/y/', 'read')];
  expect(compile(ask(deeper)).sessions.map(({ allow }) => allow)).toEqual([['a/'], ['a/b/c/'], ['a/b/c/n/y/']]);
});

test('the order of the records changes not a byte', () => {
  const records = ['b/', 'a/', '😀/', '\uffff/', 'a/x.md'].map((at, i) => forAll(at, i % 2 === 0 ? 'read' : 'write'));
  expect(compile(ask(records.toReversed()))).toEqual(compile(ask(records)));
});

test('a whole bucket is listed without a condition, a whole personal vault by its prefix', () => {
  const owner = { ...member, standing: { kind: 'owner' } } as const;
  expect(compile(ask([], { caller: owner })).sessions[0]?.policy).toMatch(/"Action":"s3:ListBucket","Resource":"arn:aws:s3:::hq-vault-cmp-\w+"\}\]\}$/);
  expect(compile(ask([], { caller: owner, vault: personal })).sessions[0]?.policy).toContain(`{"StringLike":{"s3:prefix":"${personal.keyPrefix}*"}}`);
});

test('names are emitted in the characters that STS takes', () => {
  const [session] = compile(ask([forAll('é "q" \u2028 😀 漢/', 'read')])).sessions;
  expect(session?.policy).toContain(String.raw`/é \"q\" \u2028 \ud83d\ude00 \u6f22/*`);
  expect(session?.policy).toMatch(/^[\u0020-\u00ff]+$/);
});

test('without KMS the key is left out and nothing else', () => {
  const input = ask([forAll('docs/', 'read')]);
  const [withKey] = compile(input).sessions;
  const [without] = compile({ ...input, encryption: 'none' }).sessions;
  expect(without?.policy).toBe(withKey?.policy.replace(`{"Effect":"Allow","Action":"kms:Decrypt","Resource":"${acme.kmsKeyArn}"},`, ''));
});

test('many shared folders are spread over sessions, none over 2,048 characters, and the union is exact', () => {
  const records = Array.from({ length: 150 }, (_, i) => forAll(`projects/project-${i}/`, 'read'));
  const { sessions } = compile(ask(records));
  expect(sessions.length).toBeGreaterThan(8);
  for (const { policy } of sessions) {
    expect(policy.length).toBeLessThanOrEqual(2048);
    checkSessionPolicy(policy, acme);
  }
  expect(sessions.flatMap(({ allow }) => allow).toSorted()).toEqual(records.map((record) => record.path).toSorted());
  expect(secondOpinion(ask(records), sessions)).toBeUndefined();
});

test('many carve-outs are split by the folders that hold them, and the union is exact', () => {
  const teams = ['red', 'green', 'blue'].flatMap((team) => Array.from({ length: 12 }, (_, i) => forAll(`teams/${team}/private-${i}/`, 'none')));
  const records = [forAll('', 'read'), ...teams, forAll('teams/red/private-3/shared/', 'read')];
  const { sessions } = compile(ask(records));
  expect(sessions.length).toBeGreaterThan(1);
  expect(sessions.every(({ policy }) => policy.length <= 2048)).toBe(true);
  expect(secondOpinion(ask(records), sessions)).toBeUndefined();
});

test('carve-outs that no folder holds together are refused', () => {
  const records = [forAll('flat/', 'read'), ...Array.from({ length: 60 }, (_, i) => forAll(`flat/private-${i}/`, 'none'))];
  const error = refusal(ask(records));
  expect(error?.code).toBe('SCOPE_TOO_LARGE');
  expect(compile(ask(records, { cone: path('flat/open/') })).sessions).toHaveLength(1);
});

test('a refusal names and counts the rules that the caller may see, also for an admin of the cone', () => {
  const around = (outer: Level, inner: Level) => [forAll('flat/', outer), ...Array.from({ length: 60 }, (_, i) => forAll(`flat/private-${i}/`, inner))];
  const named = (records: readonly AclRecord[], more: Partial<CompileInput>) => refusal(ask(records, more))?.details;
  const cone = path('flat/');
  expect(named(around('read', 'none'), { cone })).toEqual({ rules: ['flat/'], count: 1 });
  expect(named(around('write', 'none'), { cone, access: 'write' })).toEqual({ rules: ['flat/'], count: 1 });
  expect(named(around('admin', 'none'), { cone })).toEqual({ rules: ['flat/'], count: 1 });
  const seen = named(around('write', 'read'), { cone, access: 'write' });
  expect(seen?.['rules']).toContain('flat/private-17/');
  expect(seen?.['rules']).toHaveLength(50);
  expect(seen?.['count']).toBe(61);
});

test('more than sixteen sessions are refused at once, also for a hundred thousand rules', () => {
  const records = Array.from({ length: 100_000 }, (_, i) => forAll(`p${i}/`, 'read'));
  const error = refusal(ask(records));
  expect(error).toMatchObject({ code: 'SCOPE_TOO_LARGE', details: { count: 100_000 } });
  expect(error?.details?.['rules']).toHaveLength(50);
  expect(compile(ask(long(16))).sessions).toHaveLength(16);
  expect(refusal(ask(long(17)))?.code).toBe('SCOPE_TOO_LARGE');
});

test('a folder whose path fits the policy once is read without a listing; one that does not fit at all is refused', () => {
  const [session] = compile(ask([forAll('ordner/'.repeat(130), 'read')])).sessions;
  expect(session).toMatchObject({ allow: ['ordner/'.repeat(130)], list: [] });
  expect(session?.policy).not.toContain('ListBucket');
  // Characters above U+00FF take six: the 2,048 are STS's.
  expect(compile(ask([forAll(`${'漢'.repeat(250)}/`, 'read')])).sessions).toHaveLength(1);
  expect(refusal(ask([forAll(`${'漢'.repeat(319)}/`, 'read')]))).toMatchObject({ code: 'SCOPE_TOO_LARGE', details: { count: 1 } });
});

test('nothing allowed is a refusal, never a policy', () => {
  expect(refusal(ask([]))?.code).toBe('EMPTY_SCOPE');
  expect(refusal(ask([forAll('docs/', 'read')], { access: 'write' }))?.code).toBe('EMPTY_SCOPE');
  expect(refusal(ask([forAll('docs/', 'write')], { caller: { ...member, standing: { kind: 'none' } } }))?.code).toBe('EMPTY_SCOPE');
  expect(refusal(ask([forAll('docs/', 'read')], { cone: path('other/') }))?.code).toBe('EMPTY_SCOPE');
});

test('sessions end with the first access in them that ends', () => {
  expect(compile(ask([until('a/', 500), until('b/', 300), forAll('c/', 'read')])).notAfter).toBe(300);
  // What is under the rule that ends gives the same access.
  expect(compile(ask([forAll('', 'read'), until('a/', 300)])).notAfter).toBeUndefined();
  expect(compile(ask([forAll('', 'none'), until('a/', 300)])).notAfter).toBe(300);
  // A rule outside the cone ends nothing in it, one that has ended counts for nothing.
  expect(compile(ask([until('a/', 500), until('b/', 300)], { cone: path('a/') })).notAfter).toBe(500);
  expect(refusal(ask([until('a/', 100)]))?.code).toBe('EMPTY_SCOPE');
});

test('the worst that rules can ask of the splitter takes a bounded number of tries', () => {
  // Pairs of carve-outs in folders of their own: each pair can be cut out, and there is always another.
  for (const count of [100, 200, 280]) {
    const deny = Array.from({ length: count }, (_, i) => [path(`p/${i}/a/`), path(`p/${i}/b/`)]).flat();
    let tries = 0;
    const fits = (group: readonly Region[]) => {
      tries++;
      return group.reduce((paths, region) => paths + 1 + region.deny.length, 0) <= 25;
    };
    expect(() => splitIntoSessions([{ allow: path(''), deny }], { fits, shortestPath: 60, mayName: () => true })).toThrow(
      expect.objectContaining({ code: 'SCOPE_TOO_LARGE' }),
    );
    expect(tries).toBeLessThan(1000);
  }
});
