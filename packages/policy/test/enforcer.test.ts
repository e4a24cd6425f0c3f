/**
 * The enforcer that people meet, local-cloud's evaluator, over everything that stands between a session and an object: role ∩ session policy, the bucket's policy
 * and the key's. It shares no code with the compiler; here the two are brought together once.
 */
import { evaluate } from '@hq/local-cloud/iam/evaluate';
import { parsePolicy } from '@hq/local-cloud/iam/parse-policy';
import { requestContext } from '@hq/local-cloud/iam/request-context';
import { isHqError } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import type { Vault } from '@hq/shared/vault';
import { expect, test } from 'vitest';
import { brokerPolicy } from '../src/broker-policy.ts';
import { bucketPolicy } from '../src/bucket-policy.ts';
import { compile } from '../src/compile.ts';
import { keyPolicy } from '../src/key-policy.ts';
import { keyTag, pinsOf, sessionTags } from '../src/session-tags.ts';
import { vaultRolePolicy, vaultRoleTrust } from '../src/vault-role.ts';
import { acme, deployment, personal } from './fixtures.ts';
import { randomRuleSet } from './random-rules.ts';
import { decisionOf, keysAround } from './second-opinion.ts';

const role = () => parsePolicy(JSON.stringify(vaultRolePolicy(deployment)), 'identity');

/** Storage for a session in a vault: what it asks for, with what the service says about the request. */
function enforcerFor(vault: Vault, policy: string) {
  const bucket = parsePolicy(JSON.stringify(bucketPolicy(deployment, { bucket: vault.bucket, tls: false })), 'resource');
  const key = parsePolicy(
    JSON.stringify(keyPolicy(deployment, { vaultTag: keyTag(vault), bucket: vault.bucket, secretPrefix: vault.secretPrefix })),
    'resource',
  );
  const tags = sessionTags(pinsOf(vault));
  const globals = new Map(Object.entries(tags).map(([name, value]) => [`aws:principaltag/${name}`, value])).set('aws:principalarn', deployment.vaultRoleArn);
  const principal = {
    kind: 'session',
    arn: 'arn:aws:sts::000000000000:assumed-role/hq-vault/ses',
    roleArn: deployment.vaultRoleArn,
    userId: 'AROA:ses',
    accountId: '000000000000',
    accessKeyId: 'ASIA',
    policies: [role()],
    sessionPolicy: parsePolicy(policy, 'identity'),
    tags,
    transitiveTagKeys: [],
    sourceIdentity: 'ada',
    issuedAt: 0,
    expiresAt: 900_000,
  } as const;
  return (action: string, resource: string, context: Record<string, string> = {}): boolean =>
    evaluate({
      principal,
      action,
      resource,
      resourcePolicy: action.startsWith('kms:') ? key : bucket,
      request: requestContext(context, (name) => globals.get(name)),
    }) === 'allowed';
}

function sessionsOf(ruleSet: ReturnType<typeof randomRuleSet>) {
  try {
    return compile(ruleSet).sessions;
  } catch (error) {
    if (isHqError(error) && (error.code === 'EMPTY_SCOPE' || error.code === 'SCOPE_TOO_LARGE')) return [];
    throw error;
  }
}

test('local-cloud’s evaluator allows exactly what was decided, on 500 random rule sets', () => {
  let asked = 0;
  const differences: object[] = [];
  for (let seed = 1; seed <= 500; seed++) {
    const ruleSet = randomRuleSet(seed);
    const { vault, access } = ruleSet;
    const decided = decisionOf(ruleSet);
    const sessions = sessionsOf(ruleSet);
    const enforcers = sessions.map(({ policy }) => enforcerFor(vault, policy));
    if (sessions.length === 0) continue;
    for (const name of keysAround(ruleSet)) {
      const yes = name.startsWith(vault.keyPrefix) && decided(name.slice(vault.keyPrefix.length) as Path);
      const may = (action: string) => enforcers.some((allowed) => allowed(action, `arn:aws:s3:::${vault.bucket}/${name}`));
      asked++;
      if (may('s3:GetObject') !== yes || may('s3:PutObject') !== (yes && access === 'write')) differences.push({ seed, name, decided: yes });
    }
    for (const [index, { list }] of sessions.entries()) {
      const allowed = enforcers[index] ?? (() => false);
      expect(list.filter((folder) => !allowed('s3:ListBucket', `arn:aws:s3:::${vault.bucket}`, { 's3:prefix': vault.keyPrefix + folder }))).toEqual([]);
    }
  }
  expect(differences).toEqual([]);
  expect(asked).toBeGreaterThan(20_000);
});

test.each([
  ['an organization', acme, personal],
  ['a person', personal, acme],
] as const)('a session of %s uses its vault’s key through storage, and no other key and way', (_, vault, other) => {
  const owner = { personId: 'ada', groups: new Set<string>(), standing: { kind: 'owner' } } as const;
  const [session] = compile({ vault, caller: owner, records: [], cone: '' as Path, access: 'write', now: 0 }).sessions;
  const allowed = enforcerFor(vault, session?.policy ?? '');
  const through = {
    'kms:ViaService': 's3.us-east-1.amazonaws.com',
    'kms:EncryptionContext:aws:s3:arn': `arn:aws:s3:::${vault.bucket}`,
    'aws:ResourceTag/hq-vault': keyTag(vault),
  };
  expect(allowed('kms:Decrypt', vault.kmsKeyArn, through)).toBe(true);
  expect(allowed('kms:GenerateDataKey', vault.kmsKeyArn, through)).toBe(true);
  expect(allowed('kms:Encrypt', vault.kmsKeyArn, through)).toBe(false);
  expect(allowed('kms:Decrypt', other.kmsKeyArn, through)).toBe(false);
  // The resource's tag is the role's condition; the key's own policy, which speaks to the role directly, asks for the session's tag instead.
  for (const name of ['kms:ViaService', 'kms:EncryptionContext:aws:s3:arn'])
    expect(allowed('kms:Decrypt', vault.kmsKeyArn, { ...through, [name]: 'other' })).toBe(false);
});

test('local-cloud reads every document that we write', () => {
  expect(parsePolicy(JSON.stringify(vaultRoleTrust(deployment)), 'trust').statements).toHaveLength(1);
  expect(parsePolicy(JSON.stringify(brokerPolicy(deployment)), 'identity').statements).toHaveLength(5);
  expect(parsePolicy(JSON.stringify(bucketPolicy(deployment, { bucket: 'b', tls: true })), 'resource').statements).toHaveLength(6);
});
