/** What a session carries, what it can pass on, and that nothing in its token can be changed. */
import { randomBytes } from 'node:crypto';
import { AssumeRoleCommand, type AssumeRoleCommandInput, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PrincipalsFile } from '../../src/principals/principals-file.ts';
import { sessionTokens } from '../../src/principals/session-token.ts';
import { masterKey } from '../../src/root-key.ts';
import { ACCOUNT, ALICE, type Cloud, startCloud } from '../front/fixture.ts';
import { deliver, type Draft, sign, type Credentials } from '../front/sign.ts';

const arn = (role: string): string => `arn:aws:iam::${ACCOUNT}:role/${role}`;
const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const trust = (Action: string | string[], Condition: object = {}, AWS = ACCOUNT) => policy({ Effect: 'Allow', Principal: { AWS }, Action, Condition });
const readHome = policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/${aws:PrincipalTag/home}/*' });

const principals: PrincipalsFile = {
  users: [{ name: 'alice', ...ALICE, policies: [policy({ Effect: 'Allow', Action: 'sts:*', Resource: '*' })] }],
  roles: [
    {
      name: 'vault',
      trust: trust(['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity']),
      policies: [readHome, policy({ Effect: 'Allow', Action: 'sts:*', Resource: arn('next') })],
    },
    { name: 'next', trust: trust(['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'], {}, arn('vault')), policies: [readHome] },
    { name: 'plain', trust: trust('sts:AssumeRole'), policies: [] },
    {
      name: 'guarded',
      trust: trust('sts:AssumeRole', { StringEquals: { 'sts:ExternalId': 'open-sesame' }, StringLike: { 'sts:RoleSessionName': 'ci-*' } }),
      policies: [],
    },
    { name: 'owned', trust: trust('sts:AssumeRole', {}, `arn:aws:iam::${ACCOUNT}:user/someone-else`), policies: [] },
  ],
};

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloud(principals);
});
afterEach(() => cloud.at(undefined));
afterAll(() => cloud.close());

const client = (credentials: Credentials): STSClient => new STSClient({ endpoint: cloud.url, region: 'us-east-1', credentials, maxAttempts: 1 });

async function assume(role: string, input: Partial<AssumeRoleCommandInput> = {}, as: Credentials = ALICE): Promise<Credentials> {
  const { Credentials: made } = await client(as).send(new AssumeRoleCommand({ RoleArn: arn(role), RoleSessionName: 's1', DurationSeconds: 900, ...input }));
  return { accessKeyId: made?.AccessKeyId ?? '', secretAccessKey: made?.SecretAccessKey ?? '', sessionToken: made?.SessionToken ?? '' };
}

async function read(credentials: Credentials, path: string, now?: number): Promise<string> {
  const draft: Draft = { method: 'GET', path, query: '', headers: {}, body: '' };
  sign(draft, `127.0.0.1:${cloud.port}`, { credentials, ...(now === undefined ? {} : { now }) });
  const { status, code } = await deliver(cloud.port, draft);
  return code ?? String(status);
}

describe('a session', () => {
  const home = { Tags: [{ Key: 'home', Value: 'x' }] };

  it('reaches what its tag names and nothing else', async () => {
    const session = await assume('vault', home);
    expect(await read(session, '/b/x/1')).toBe('200');
    expect(await read(session, '/b/y/1')).toBe('AccessDenied');
    expect(await read(await assume('vault'), '/b/x/1')).toBe('AccessDenied');
  });

  it('cannot have a star in a tag', async () => {
    await expect(assume('vault', { Tags: [{ Key: 'home', Value: '*' }] })).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('is narrowed by its policy', async () => {
    const Policy = JSON.stringify(policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/x/1' }));
    const session = await assume('vault', { ...home, Policy });
    expect(await read(session, '/b/x/1')).toBe('200');
    expect(await read(session, '/b/x/2')).toBe('AccessDenied');
  });

  it('ends on time', async () => {
    const start = Math.floor(Date.now() / 1000) * 1000;
    cloud.at(start);
    const session = await assume('vault', home);
    cloud.at(start + 899_999);
    expect(await read(session, '/b/x/1', start + 899_000)).toBe('200');
    cloud.at(start + 900_000);
    expect(await read(session, '/b/x/1', start + 900_000)).toBe('ExpiredToken');
  });

  it('is of no use without its token, with another one, or with a changed one', async () => {
    const [session, other] = [await assume('vault', home), await assume('vault', home)];
    const { sessionToken = '', ...bare } = session;
    expect(await read(bare, '/b/x/1')).toBe('InvalidAccessKeyId');
    expect(await read({ ...session, sessionToken: other.sessionToken ?? '' }, '/b/x/1')).toBe('InvalidToken');
    for (let at = 0; at < sessionToken.length; at += 7) {
      const changed = sessionToken.slice(0, at) + (sessionToken[at] === 'A' ? 'B' : 'A') + sessionToken.slice(at + 1);
      expect(await read({ ...session, sessionToken: changed }, '/b/x/1'), `character ${at}`).toBe('InvalidToken');
    }
  });

  it('with more tags than fit is refused by its own name for that', async () => {
    const Tags = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: randomBytes(128).toString('hex') }));
    await expect(assume('vault', { Tags })).rejects.toMatchObject({ name: 'PackedPolicyTooLargeException' });
  });

  it('says who it is, whatever its policy denies', async () => {
    const session = await assume('vault', { Policy: JSON.stringify(policy({ Effect: 'Deny', Action: '*', Resource: '*' })) });
    expect((await client(session).send(new GetCallerIdentityCommand({}))).Arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/vault/s1`);
  });
});

describe('a trust policy', () => {
  it.each<[string, string, Partial<AssumeRoleCommandInput>, boolean]>([
    ['lets in with the right external id and name', 'guarded', { ExternalId: 'open-sesame', RoleSessionName: 'ci-1' }, true],
    ['refuses another external id', 'guarded', { ExternalId: 'open', RoleSessionName: 'ci-1' }, false],
    ['refuses without one', 'guarded', { RoleSessionName: 'ci-1' }, false],
    ['refuses another name', 'guarded', { ExternalId: 'open-sesame' }, false],
    ['that does not say TagSession refuses tags', 'plain', { Tags: [{ Key: 'a', Value: 'b' }] }, false],
    ['that does not say SetSourceIdentity refuses one', 'plain', { SourceIdentity: 'person' }, false],
    ['refuses a user it does not name, whatever that user is allowed', 'owned', {}, false],
  ])('%s', async (_what, role, input, allowed) => {
    const refusal: unknown = await assume(role, input).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refusal instanceof Error ? refusal.name : 'allowed').toBe(allowed ? 'allowed' : 'AccessDenied');
  });
});

describe('a session of a session', () => {
  it('inherits transitive tags, cannot change them, and keeps no others', async () => {
    const first = await assume('vault', {
      Tags: [
        { Key: 'home', Value: 'x' },
        { Key: 'team', Value: 'a' },
      ],
      TransitiveTagKeys: ['home'],
    });
    await expect(assume('next', { Tags: [{ Key: 'HOME', Value: 'y' }] }, first)).rejects.toMatchObject({ name: 'ValidationError' });
    const second = await assume('next', {}, first);
    expect(await read(second, '/b/x/1')).toBe('200');
    const untagged = await assume('next', {}, await assume('vault', { Tags: [{ Key: 'home', Value: 'x' }] }));
    expect(await read(untagged, '/b/x/1')).toBe('AccessDenied');
  });

  it('cannot be made by a session policy that does not allow it, nor of a role that does not trust it', async () => {
    const narrowed = await assume('vault', { Policy: JSON.stringify(policy({ Effect: 'Allow', Action: 's3:*', Resource: '*' })) });
    await expect(assume('next', {}, narrowed)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(assume('plain', {}, await assume('vault'))).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('cannot take on another source identity', async () => {
    const first = await assume('vault', { SourceIdentity: 'ann' });
    await expect(assume('next', { SourceIdentity: 'bob' }, first)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(assume('next', { SourceIdentity: 'ann' }, first)).resolves.toBeTruthy();
  });
});

describe('a token', () => {
  const contents = { role: arn('vault'), session: 's', tags: {}, transitive: [], issuedAt: 0, expiresAt: 1 };

  it('opens under its own root key and access key only, in one spelling only', () => {
    const tokens = sessionTokens(masterKey(Buffer.alloc(32, 1)));
    const token = tokens.seal('ASIA1', contents);
    expect(tokens.open('ASIA1', token)).toEqual(contents);
    expect(tokens.open('ASIA2', token)).toBeUndefined();
    expect(sessionTokens(masterKey(Buffer.alloc(32, 2))).open('ASIA1', token)).toBeUndefined();
    expect(tokens.open('ASIA1', `${token} `)).toBeUndefined();
    expect(tokens.open('ASIA1', token.replace(/=*$/, '='.repeat(3)))).toBeUndefined();
    expect(tokens.open('ASIA1', '')).toBeUndefined();
  });
});
