/** STS through Amazon's own client. */
import { AssumeRoleCommand, type AssumeRoleCommandInput, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, ALICE, BOB, type Cloud, startCloud } from '../front/fixture.ts';

const ROLE = `arn:aws:iam::${ACCOUNT}:role/reader`;
let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

function sts(credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }, region = 'us-east-1'): STSClient {
  return new STSClient({ endpoint: cloud.url, region, credentials, maxAttempts: 1 });
}

const assume = (input: Partial<AssumeRoleCommandInput>, as = ALICE) =>
  sts(as).send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'laptop', ...input }));

describe('AssumeRole', () => {
  it('gives credentials that say who they are, with the packed size', async () => {
    const { Credentials, AssumedRoleUser, PackedPolicySize, SourceIdentity } = await assume({
      DurationSeconds: 900,
      Tags: [{ Key: 'home', Value: 'x' }],
      SourceIdentity: 'person-1',
      Policy: '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}',
    });
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/reader/laptop`);
    expect(AssumedRoleUser?.AssumedRoleId).toMatch(/^AROA[A-Z2-7]{16}:laptop$/);
    expect(SourceIdentity).toBe('person-1');
    expect(PackedPolicySize).toBeGreaterThan(0);
    const identity = await sts({
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    }).send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/reader/laptop`);
  });

  it.each([
    ['a caller whose policy does not allow it', 'AccessDenied', {}, BOB],
    ['a role that does not exist, in the same words', 'AccessDenied', { RoleArn: `arn:aws:iam::${ACCOUNT}:role/none` }, ALICE],
    ['a policy of 2,049 characters', 'ValidationError', { Policy: `{"Version":"2012-10-17","Statement":[]}${' '.repeat(2049)}`.slice(0, 2049) }, ALICE],
    ['a policy with a character above U+00FF', 'ValidationError', { Policy: '{"Id":"→"}' }, ALICE],
    ['a policy that is no JSON', 'MalformedPolicyDocumentException', { Policy: '{' }, ALICE],
    [
      'a policy that names a key twice',
      'MalformedPolicyDocumentException',
      { Policy: '{"Statement":{"Effect":"Deny","Effect":"Allow","Action":"s3:*","Resource":"*"}}' },
      ALICE,
    ],
    [
      'a policy with an unknown element',
      'MalformedPolicyDocumentException',
      { Policy: '{"Statement":{"Effect":"Allow","Action":"s3:*","Resources":"*"}}' },
      ALICE,
    ],
    [
      'a policy with an operator that does not exist',
      'MalformedPolicyDocumentException',
      { Policy: '{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringIs":{"aws:userid":"x"}}}}' },
      ALICE,
    ],
    ['managed policies', 'ValidationError', { PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }] }, ALICE],
    ['less than 900 seconds', 'ValidationError', { DurationSeconds: 899 }, ALICE],
    ['more than an hour', 'ValidationError', { DurationSeconds: 3601 }, ALICE],
    ['a session name with a slash', 'ValidationError', { RoleSessionName: 'a/b' }, ALICE],
    [
      'a tag twice',
      'ValidationError',
      {
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'A', Value: '2' },
        ],
      },
      ALICE,
    ],
    ['a transitive key that is no tag', 'ValidationError', { TransitiveTagKeys: ['a'] }, ALICE],
  ] satisfies [string, string, Partial<AssumeRoleCommandInput>, typeof ALICE][])('refuses %s', async (_what, name, input, as) => {
    await expect(assume(input, as)).rejects.toMatchObject({ name });
  });
});
