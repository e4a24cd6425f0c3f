/** The prover finds each way in which policies and decisions can differ, at the very place. */
import type { Level } from '@hq/shared/acl/rule';
import type { Path } from '@hq/shared/path';
import { expect, test } from 'vitest';
import { prove, type Claim } from '../src/prove.ts';
import { acme, path } from './fixtures.ts';

const bucket = `arn:aws:s3:::${acme.bucket}`;
const reads = ['s3:GetObject', 's3:GetObjectVersion'];
const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const opens = (...keys: string[]) => ({ Effect: 'Allow', Action: reads, Resource: keys.map((key) => `${bucket}/${key}`) });
const lists = (prefix: string, Action: string | string[] = 's3:ListBucket') => ({
  Effect: 'Allow',
  Action,
  Resource: bucket,
  Condition: { StringLike: { 's3:prefix': prefix } },
});

/** Reading is decided at the paths that start so. */
function proof(readable: (at: Path) => boolean, policies: readonly string[], more: Partial<Claim> = {}) {
  const levelAt = (at: Path): Level => (readable(at) ? 'read' : 'none');
  return prove({ vault: acme, cone: path(''), access: 'read', boundaries: [path('a/')], levelAt, policies, list: [], ...more });
}
const under =
  (...folders: string[]) =>
  (at: Path) =>
    folders.some((folder) => at.startsWith(folder));

test('what agrees has no counterexample, and tells how many keys were asked', () => {
  expect(proof(under('a/'), [policy(opens('a/*'), lists('a/*'))], { list: [path('a/')] })).toEqual({ keys: 5, counterexample: undefined });
});

test('a place that a policy opens and no rule names is found', () => {
  const { counterexample } = proof(under('a/'), [policy(opens('a/*', 'elsewhere/*'))]);
  expect(counterexample).toEqual({ action: 's3:GetObject', key: 'elsewhere/', decided: false, enforced: true });
});

test('a single file that a policy opens and no rule allows is found', () => {
  expect(proof(under('a/'), [policy(opens('a/*', 'file'))]).counterexample).toMatchObject({ key: 'file', enforced: true });
});

test('a place that was decided and no policy opens is found', () => {
  const { counterexample } = proof(under('a/', 'b/'), [policy(opens('a/*'))], { boundaries: [path('a/'), path('b/')] });
  expect(counterexample).toEqual({ action: 's3:GetObject', key: 'b/', decided: true, enforced: false });
});

test('the cone ends what was decided', () => {
  expect(proof(under(''), [policy(opens('a/*'))], { cone: path('a/'), boundaries: [] }).counterexample).toBeUndefined();
  expect(proof(under(''), [policy(opens('a/*'))], { cone: path('a/b/'), boundaries: [] }).counterexample).toMatchObject({ key: 'a/', enforced: true });
});

test('a name that begins like no boundary is asked too', () => {
  const { counterexample } = proof((at) => at === '' || at.startsWith('a'), [policy(opens('*'))]);
  expect(counterexample).toMatchObject({ key: '\ue000', decided: false, enforced: true });
});

test('the character that stands for all others is in no boundary', () => {
  const special = path('a/\ue000\ue001');
  const { counterexample } = proof((at) => at === 'a/' || at.startsWith('a/\ue000'), [policy(opens('a/*'))], { boundaries: [path('a/'), special] });
  expect(counterexample).toMatchObject({ key: 'a/\ue002', enforced: true });
});

test('an action that was not asked for is found, and one that is missing', () => {
  const writes = ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'];
  const document = (Action: readonly string[]) => policy({ ...opens('a/*'), Action });
  for (const action of writes) {
    expect(proof(under('a/'), [document([...reads, action])]).counterexample).toEqual({ action, key: 'a/', decided: false, enforced: true });
  }
  for (const action of reads) {
    const others = reads.filter((other) => other !== action);
    expect(proof(under('a/'), [document(others)]).counterexample).toEqual({ action, key: 'a/', decided: true, enforced: false });
  }
  const levelAt = (at: Path): Level => (at.startsWith('a/') ? 'write' : 'none');
  for (const action of writes) {
    const others = [...reads, ...writes].filter((other) => other !== action);
    const { counterexample } = proof(under(''), [document(others)], { access: 'write', levelAt });
    expect(counterexample).toEqual({ action, key: 'a/', decided: true, enforced: false });
  }
});

test('a denial beats what is allowed before and behind it', () => {
  const denied = { ...opens('a/b/*'), Effect: 'Deny' };
  for (const statements of [
    [opens('a/*'), denied],
    [denied, opens('a/*')],
  ])
    expect(
      proof((at) => under('a/')(at) && !under('a/b/')(at), [policy(...statements)], { boundaries: [path('a/'), path('a/b/')] }).counterexample,
    ).toBeUndefined();
});

test('a listing that shows a hidden name is found, with or without a prefix', () => {
  const hides = { boundaries: [path('a/'), path('a/b/')] };
  const readable = (at: Path) => under('a/')(at) && !under('a/b/')(at);
  const objects = [opens('a/*'), { ...opens('a/b/*'), Effect: 'Deny' }];
  expect(proof(readable, [policy(...objects, lists('a/*'))], hides).counterexample).toEqual({
    action: 's3:ListBucket',
    key: 'a/',
    decided: false,
    enforced: true,
  });
  const everything = { Effect: 'Allow', Action: 's3:ListBucket', Resource: bucket };
  expect(proof(readable, [policy(...objects, everything)], hides).counterexample).toEqual({
    action: 's3:ListBucket',
    key: undefined,
    decided: false,
    enforced: true,
  });
});

test('a listing of a place that no rule names is found', () => {
  expect(proof(under('a/'), [policy(opens('a/*'), lists('elsewhere/*'))]).counterexample).toMatchObject({ key: 'elsewhere/', decided: false, enforced: true });
});

test('a whole vault may be listed without a prefix', () => {
  const whole = policy(opens('*'), { Effect: 'Allow', Action: 's3:ListBucket', Resource: bucket });
  expect(proof(under(''), [whole], { list: [path('')] }).counterexample).toBeUndefined();
});

test('listing versions is never right for a client', () => {
  const { counterexample } = proof(under('a/'), [policy(opens('a/*'), lists('a/*', ['s3:ListBucket', 's3:ListBucketVersions']))]);
  expect(counterexample).toEqual({ action: 's3:ListBucketVersions', key: 'a/', decided: false, enforced: true });
});

test('a listing that is promised and not given is found', () => {
  const { counterexample } = proof(under('a/'), [policy(opens('a/*'))], { list: [path('a/')] });
  expect(counterexample).toEqual({ action: 's3:ListBucket', key: 'a/', decided: true, enforced: false });
});
