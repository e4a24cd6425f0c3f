/** The ceiling: what a session can never do, even with the widest session policy, and that the ceiling takes nothing away from a right one. */
import { allows } from '@hq/shared/acl/actions';
import { decide } from '@hq/shared/acl/decide';
import { isHqError } from '@hq/shared/errors';
import { isInside, type Path } from '@hq/shared/path';
import type { Vault } from '@hq/shared/vault';
import { describe, expect, test } from 'vitest';
import { compile } from '../src/compile.ts';
import { keyTag, pinsOf, sessionTags } from '../src/session-tags.ts';
import { vaultRolePolicy, vaultRoleTrust } from '../src/vault-role.ts';
import { acme, deployment, personal } from './fixtures.ts';
import { iamDocument, isAllowed, type IamDocument } from './iam-evaluator.ts';
import { randomRuleSet } from './random-rules.ts';

const role = iamDocument(vaultRolePolicy(deployment));
const anything = iamDocument({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] });
const neighbour: Vault = { ...personal, id: 'usr_other', keyPrefix: 'users/7e57ed00-0000-4000-8000-000000000000/hq/', secretPrefix: '/hq/users/7e57ed00/' };
const rival: Vault = { ...acme, id: 'cmp_rival', bucket: 'hq-vault-cmp-rival', kmsKeyArn: personal.kmsKeyArn, secretPrefix: '/hq/cmp_rival/' };

const asContext = (tags: Record<string, string>, family: string) =>
  Object.fromEntries(Object.entries(tags).map(([name, value]) => [`aws:${family}/${name}`, value]));

/** A session that is pinned to a vault, and what it asks for. */
function session(pinnedTo: Vault | undefined, policy: IamDocument = anything) {
  const tags = pinnedTo === undefined ? {} : asContext(sessionTags(pinsOf(pinnedTo)), 'PrincipalTag');
  const ask = (action: string, resource: string, context: Record<string, string> = {}) =>
    isAllowed([role, policy], { action, resource, context: { ...tags, ...context } });
  return {
    object: (action: string, vault: Vault, key: string) => ask(action, `arn:aws:s3:::${vault.bucket}/${key}`),
    list: (vault: Vault, prefix?: string) => ask('s3:ListBucket', `arn:aws:s3:::${vault.bucket}`, prefix === undefined ? {} : { 's3:prefix': prefix }),
    key: (action: string, vault: Vault, context: Record<string, string> = {}) =>
      ask(action, vault.kmsKeyArn, {
        'kms:ViaService': 's3.us-east-1.amazonaws.com',
        'aws:ResourceTag/hq-vault': keyTag(vault),
        'kms:EncryptionContext:aws:s3:arn': `arn:aws:s3:::${vault.bucket}`,
        ...context,
      }),
    secret: (action: string, name: string) => ask(action, `arn:aws:ssm:us-east-1:000000000000:parameter${name}`),
  };
}

describe.each([
  ['an organization', acme, rival],
  ['a person', personal, neighbour],
] as const)('a session of %s', (_, own, other) => {
  const mine = session(own);

  test('reaches the objects of its vault and no others', () => {
    for (const action of ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:GetObjectVersion']) {
      expect(mine.object(action, own, `${own.keyPrefix}docs/a.md`)).toBe(true);
      expect(mine.object(action, other, `${other.keyPrefix}docs/a.md`)).toBe(false);
      expect(mine.object(action, { ...own, bucket: `${own.bucket}2` }, `${own.keyPrefix}docs/a.md`)).toBe(false);
    }
  });

  test('lists its vault and no other', () => {
    expect(mine.list(own, own.keyPrefix)).toBe(true);
    expect(mine.list(own, `${own.keyPrefix}docs/`)).toBe(true);
    expect(mine.list(own)).toBe(own.keyPrefix === '');
    expect(mine.list(other, other.keyPrefix)).toBe(false);
    expect(mine.list(other)).toBe(false);
    expect(mine.list({ ...own, bucket: `${own.bucket}2` }, own.keyPrefix)).toBe(false);
  });

  test('uses its key through storage, on its bucket, and in no other way', () => {
    expect(mine.key('kms:Decrypt', own)).toBe(true);
    expect(mine.key('kms:GenerateDataKey', own)).toBe(true);
    expect(mine.key('kms:Encrypt', own)).toBe(false);
    expect(mine.key('kms:CreateGrant', own)).toBe(false);
    expect(mine.key('kms:Decrypt', own, { 'kms:ViaService': 'none' })).toBe(false);
    expect(mine.key('kms:Decrypt', own, { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::another' })).toBe(false);
    expect(mine.key('kms:Decrypt', own, { 'aws:ResourceTag/hq-vault': 'cmp_rival' })).toBe(false);
  });

  test('reaches the secrets of its vault and no others', () => {
    expect(mine.secret('ssm:GetParameters', `${own.secretPrefix}token`)).toBe(true);
    expect(mine.secret('ssm:GetParameters', `${other.secretPrefix}token`)).toBe(false);
    expect(mine.secret('ssm:DescribeParameters', `${own.secretPrefix}token`)).toBe(false);
    const through = { 'kms:ViaService': 'ssm.us-east-1.amazonaws.com' };
    const parameter = (vault: Vault) => ({
      ...through,
      'kms:EncryptionContext:PARAMETER_ARN': `arn:aws:ssm:us-east-1:000000000000:parameter${vault.secretPrefix}token`,
    });
    expect(mine.key('kms:Decrypt', own, parameter(own))).toBe(true);
    expect(mine.key('kms:Encrypt', own, parameter(own))).toBe(true);
    expect(mine.key('kms:Decrypt', own, parameter(other))).toBe(false);
  });

  test('does nothing that no session needs', () => {
    for (const action of [
      's3:PutObjectAcl',
      's3:PutBucketPolicy',
      's3:DeleteBucket',
      's3:DeleteObjectVersion',
      's3:BypassGovernanceRetention',
      'sts:AssumeRole',
    ])
      expect(mine.object(action, own, `${own.keyPrefix}docs/a.md`)).toBe(false);
  });
});

test('a session without tags does nothing at all', () => {
  const loose = session(undefined);
  expect(loose.object('s3:GetObject', acme, 'a')).toBe(false);
  expect(loose.object('s3:GetObject', acme, '')).toBe(false);
  expect(loose.list(acme)).toBe(false);
  expect(loose.list(acme, 'a')).toBe(false);
  expect(loose.key('kms:Decrypt', acme)).toBe(false);
  expect(loose.secret('ssm:GetParameters', '/hq/token')).toBe(false);
});

test('the ceiling takes nothing from sessions that were compiled, on 1,000 random rule sets', () => {
  for (let seed = 1; seed <= 1000; seed++) {
    const ruleSet = randomRuleSet(seed);
    const { vault, caller, records, cone, access, now } = ruleSet;
    const lookup = new Map(records.map((record) => [record.path, record]));
    const compiled = sessionsOf(ruleSet);
    if (compiled === undefined) continue;
    const sessions = compiled.map(({ policy, list }) => ({ list, storage: session(vault, iamDocument(policy)) }));
    const reaches = (path: Path) => sessions.some(({ storage }) => storage.object('s3:GetObject', vault, vault.keyPrefix + path));
    const expected = (path: Path) => isInside(path, cone) && allows(decide(caller, lookup, path, now).level, access);
    const places = [cone, ...lookup.keys()].filter((path) => path !== '');
    expect(places.filter((path) => reaches(path) !== expected(path)).map((path) => [seed, path])).toEqual([]);
    for (const { list, storage } of sessions) expect(list.filter((folder) => !storage.list(vault, vault.keyPrefix + folder))).toEqual([]);
  }
});

function sessionsOf(ruleSet: ReturnType<typeof randomRuleSet>) {
  try {
    return compile(ruleSet).sessions;
  } catch (error) {
    if (isHqError(error) && error.code === 'EMPTY_SCOPE') return [];
    if (isHqError(error) && error.code === 'SCOPE_TOO_LARGE') return undefined;
    throw error;
  }
}

test('the role is taken by the broker alone, and only with every pin and a name behind it', () => {
  const trust = vaultRoleTrust(deployment);
  expect(trust.Statement.map(({ Principal }) => Principal)).toEqual([{ AWS: deployment.brokerArn }]);
  const document = iamDocument(trust);
  const full = { ...asContext(sessionTags(pinsOf(personal)), 'RequestTag'), 'sts:SourceIdentity': 'ada' };
  const may = (context: Record<string, string>) =>
    ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'].every((action) =>
      isAllowed([document], { action, resource: deployment.vaultRoleArn, context }),
    );
  expect(may(full)).toBe(true);
  expect(may({ ...asContext(sessionTags(pinsOf(acme)), 'RequestTag'), 'sts:SourceIdentity': 'ada' })).toBe(true);
  for (const missing of Object.keys(full).filter((name) => name !== 'aws:RequestTag/hq-prefix')) {
    expect(may(Object.fromEntries(Object.entries(full).filter(([name]) => name !== missing)))).toBe(false);
    expect(may({ ...full, [missing]: '' })).toBe(false);
  }
});
