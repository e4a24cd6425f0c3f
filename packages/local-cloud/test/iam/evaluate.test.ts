/** Who may do what, where several policies speak. */
import { describe, expect, it } from 'vitest';
import { evaluate, type Reason } from '../../src/iam/evaluate.ts';
import { parsePolicy } from '../../src/iam/parse-policy.ts';
import type { PolicyDocument } from '../../src/iam/policy-document.ts';
import { requestContext } from '../../src/iam/request-context.ts';
import type { Principal, SessionPrincipal, UserPrincipal } from '../../src/principals/principal.ts';

const ACCOUNT = '000000000000';
type Statement = Readonly<Record<string, unknown>>;

const identity = (...statements: Statement[]): PolicyDocument => parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), 'identity');
const resource = (...statements: Statement[]): PolicyDocument => parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), 'resource');

const allow = (Action: string, Resource = '*', more: Statement = {}): Statement => ({ Effect: 'Allow', Action, Resource, ...more });
const deny = (Action: string, Resource = '*', more: Statement = {}): Statement => ({ Effect: 'Deny', Action, Resource, ...more });

const user = (...policies: PolicyDocument[]): UserPrincipal => ({
  kind: 'user',
  arn: `arn:aws:iam::${ACCOUNT}:user/ann`,
  userId: 'AIDA',
  accountId: ACCOUNT,
  name: 'ann',
  accessKeyId: 'AKIA',
  policies,
});

const session = (role: PolicyDocument[], sessionPolicy: PolicyDocument | undefined): SessionPrincipal => ({
  kind: 'session',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/vault/s1`,
  roleArn: `arn:aws:iam::${ACCOUNT}:role/vault`,
  userId: 'AROA:s1',
  accountId: ACCOUNT,
  accessKeyId: 'ASIA',
  policies: role,
  sessionPolicy,
  tags: { 'hq-home': 'b/x/' },
  transitiveTagKeys: [],
  sourceIdentity: undefined,
  issuedAt: 0,
  expiresAt: 1,
});

const but = (...AWS: string[]): PolicyDocument => resource(deny('s3:*', 'arn:aws:s3:::b/*', { NotPrincipal: { AWS } }));

const OBJECT = 'arn:aws:s3:::b/x/1';

function ask(principal: Principal, options: { action?: string; resource?: string; policy?: PolicyDocument; context?: Record<string, string> } = {}): Reason {
  const tags = principal.kind === 'session' ? Object.fromEntries(Object.entries(principal.tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value])) : {};
  return evaluate({
    principal,
    action: options.action ?? 's3:GetObject',
    resource: options.resource ?? OBJECT,
    resourcePolicy: options.policy,
    request: requestContext({ ...tags, ...options.context }, () => undefined),
  });
}

describe('identity policies', () => {
  it('allow what they name and nothing else', () => {
    const ann = user(identity(allow('s3:Get*', 'arn:aws:s3:::b/x/*')));
    expect(ask(ann)).toBe('allowed');
    expect(ask(ann, { action: 'S3:getobject' })).toBe('allowed');
    expect(ask(ann, { action: 's3:PutObject' })).toBe('no-identity-policy');
    expect(ask(ann, { resource: 'arn:aws:s3:::b/X/1' })).toBe('no-identity-policy');
    expect(ask(user())).toBe('no-identity-policy');
  });

  it('refuse by an explicit deny in any of them, whatever the others allow', () => {
    expect(ask(user(identity(allow('*')), identity(deny('s3:*', 'arn:aws:s3:::b/x/*'))))).toBe('explicit-deny');
  });

  it('are not touched by a deny of another action or resource', () => {
    expect(ask(user(identity(allow('*'), deny('s3:DeleteObject', '*'), deny('s3:*', 'arn:aws:s3:::c/*'))))).toBe('allowed');
  });

  it('take variables for text in a document of 2008', () => {
    const old = (Resource: string): PolicyDocument => parsePolicy(JSON.stringify({ Statement: [allow('s3:*', Resource)] }), 'identity');
    const home = 'arn:aws:s3:::b/${aws:PrincipalTag/hq-home}';
    expect(ask(session([old(home)], undefined), { resource: 'arn:aws:s3:::b/b/x/' })).toBe('no-identity-policy');
    expect(ask(session([old(home)], undefined), { resource: home })).toBe('allowed');
    expect(ask(session([identity(allow('s3:*', home))], undefined), { resource: 'arn:aws:s3:::b/b/x/' })).toBe('allowed');
  });

  it('turn NotAction and NotResource around', () => {
    const ann = user(identity({ Effect: 'Allow', NotAction: 's3:Delete*', NotResource: 'arn:aws:s3:::c/*' }));
    expect(ask(ann)).toBe('allowed');
    expect(ask(ann, { action: 's3:DeleteObject' })).toBe('no-identity-policy');
    expect(ask(ann, { resource: 'arn:aws:s3:::c/1' })).toBe('no-identity-policy');
  });

  it.each([
    ['an unknown key', { StringEquals: { 'acme:thing': 'x' } }],
    ['a value that is no number', { NumericLessThan: { 'aws:EpochTime': 'soon' } }],
    ['an unknown variable under a negation', { StringNotEquals: { 'aws:EpochTime': '${acme:thing}' } }],
  ])('fail closed on %s: the Allow does not apply and the Deny does', (_what, Condition) => {
    const context = { 'aws:EpochTime': '5' };
    expect(ask(user(identity(allow('s3:*', '*', { Condition }))), { context })).toBe('no-identity-policy');
    expect(ask(user(identity(allow('s3:*'), deny('s3:*', '*', { Condition }))), { context })).toBe('explicit-deny');
  });

  it('fail closed on a variable in a resource that nobody knows', () => {
    const place = 'arn:aws:s3:::${acme:thing}/*';
    expect(ask(user(identity(allow('s3:*', place))))).toBe('no-identity-policy');
    expect(ask(user(identity(allow('s3:*'), deny('s3:*', place))))).toBe('explicit-deny');
    // Whatever it stands for, the action is another.
    expect(ask(user(identity(allow('s3:*'), deny('s3:DeleteObject', place))))).toBe('allowed');
  });

  it('let a clear no decide beside an unknown', () => {
    const Condition = { StringEquals: { 'acme:thing': 'x', 'aws:username': 'someone-else' } };
    expect(ask(user(identity(allow('s3:*'), deny('s3:*', '*', { Condition }))))).toBe('allowed');
  });

  it('match a name of the request only with a variable that has a value', () => {
    expect(ask(user(identity(allow('s3:*', 'arn:aws:s3:::${aws:PrincipalTag/hq-home}*'))))).toBe('no-identity-policy');
    expect(ask(user(identity({ Effect: 'Allow', Action: 's3:*', NotResource: 'arn:aws:s3:::${aws:PrincipalTag/hq-home}*' })))).toBe('no-identity-policy');
    expect(ask(session([identity(allow('s3:*', 'arn:aws:s3:::${aws:PrincipalTag/hq-home}*'))], undefined))).toBe('allowed');
  });
});

describe('sessions', () => {
  const wide = () => identity(allow('s3:*'));

  it('may do what role and session policy both allow', () => {
    expect(ask(session([wide()], identity(allow('s3:GetObject', 'arn:aws:s3:::b/x/*'))))).toBe('allowed');
    expect(ask(session([wide()], identity(allow('s3:GetObject', 'arn:aws:s3:::b/y/*'))))).toBe('no-session-policy');
  });

  it('are never widened by their session policy', () => {
    expect(ask(session([identity(allow('s3:GetObject', 'arn:aws:s3:::b/y/*'))], identity(allow('*'))))).toBe('no-identity-policy');
  });

  it('are stopped by a deny in the session policy, also where a resource policy allows', () => {
    const policy = resource(allow('s3:*', 'arn:aws:s3:::b/*', { Principal: '*' }));
    expect(ask(session([wide()], identity(allow('s3:*'), deny('s3:*', OBJECT))), { policy })).toBe('explicit-deny');
  });

  it.each(['*', `arn:aws:iam::${ACCOUNT}:role/vault`, `arn:aws:sts::${ACCOUNT}:assumed-role/vault/s1`])(
    'stay within their session policy when a resource policy names %s',
    (name) => {
      const policy = resource(allow('s3:*', 'arn:aws:s3:::b/*', { Principal: { AWS: name } }));
      expect(ask(session([], identity(allow('s3:PutObject'))), { policy })).toBe('no-session-policy');
      expect(ask(session([], identity(allow('s3:GetObject'))), { policy })).toBe('allowed');
    },
  );
});

describe('resource policies', () => {
  const ann = `arn:aws:iam::${ACCOUNT}:user/ann`;

  it('allow whom they name, without an identity policy', () => {
    expect(ask(user(), { policy: resource(allow('s3:GetObject', 'arn:aws:s3:::b/*', { Principal: { AWS: ann } })) })).toBe('allowed');
    expect(ask(user(), { policy: resource(allow('s3:GetObject', 'arn:aws:s3:::b/*', { Principal: { AWS: `${ann}e` } })) })).toBe('no-identity-policy');
  });

  it('deny whom they name, whatever else they say, and nobody else', () => {
    const all = user(identity(allow('*')));
    const others = allow('s3:*', 'arn:aws:s3:::b/*', { Principal: { AWS: `${ann}e` } });
    expect(ask(all, { policy: resource(others, deny('s3:*', 'arn:aws:s3:::b/*', { Principal: { AWS: ann } })) })).toBe('explicit-deny');
    expect(ask(all, { policy: resource(deny('s3:*', 'arn:aws:s3:::b/*', { Principal: { AWS: `${ann}e` } })) })).toBe('allowed');
  });

  it('let a role be assumed by whom its trust policy names', () => {
    const trust = parsePolicy(JSON.stringify({ Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: ann } } }), 'trust');
    const assume = { action: 'sts:AssumeRole', resource: `arn:aws:iam::${ACCOUNT}:role/vault`, policy: trust };
    expect(ask(user(), assume)).toBe('allowed');
    expect(ask(session([identity(allow('*'))], undefined), assume)).toBe('no-resource-policy');
  });

  it.each([ACCOUNT, `arn:aws:iam::${ACCOUNT}:root`])('leave it to the identity policies where they name the account, %s', (name) => {
    const policy = resource(allow('s3:*', 'arn:aws:s3:::b/*', { Principal: { AWS: name } }));
    expect(ask(user(), { policy })).toBe('no-identity-policy');
    expect(ask(user(identity(allow('s3:*'))), { policy })).toBe('allowed');
  });

  it('fail closed on what cannot be judged: the Allow does not apply and the Deny does', () => {
    const Condition = { StringEquals: { 'acme:thing': 'x' } };
    const opening = resource(allow('s3:*', 'arn:aws:s3:::b/*', { Principal: '*', Condition }));
    const closing = resource(deny('s3:*', 'arn:aws:s3:::b/*', { Principal: '*', Condition }));
    expect(ask(user(), { policy: opening })).toBe('no-identity-policy');
    expect(ask(user(identity(allow('s3:*'))), { policy: closing })).toBe('explicit-deny');
  });

  it('let an unsigned request in only by name of everyone', () => {
    const anonymous: Principal = { kind: 'anonymous' };
    expect(ask(anonymous)).toBe('no-resource-policy');
    expect(ask(anonymous, { policy: resource(allow('s3:*', 'arn:aws:s3:::b/*', { Principal: { AWS: ACCOUNT } })) })).toBe('no-resource-policy');
    expect(ask(anonymous, { policy: resource(allow('s3:GetObject', 'arn:aws:s3:::b/*', { Principal: '*' })) })).toBe('allowed');
    const butAnn = resource(allow('s3:GetObject', 'arn:aws:s3:::b/*', { Principal: '*' }), deny('s3:*', '*', { Principal: { AWS: ann } }));
    expect(ask(anonymous, { policy: butAnn })).toBe('allowed');
  });

  it('deny all but those that NotPrincipal names, a session only by both its ARNs', () => {
    const [role, own] = [`arn:aws:iam::${ACCOUNT}:role/vault`, `arn:aws:sts::${ACCOUNT}:assumed-role/vault/s1`];
    const all = identity(allow('*'));
    expect(ask(user(all), { policy: but(ann) })).toBe('allowed');
    expect(ask(user(all), { policy: but(role) })).toBe('explicit-deny');
    expect(ask(session([all], undefined), { policy: but(role) })).toBe('explicit-deny');
    expect(ask(session([all], undefined), { policy: but(role, own) })).toBe('allowed');
    expect(ask({ kind: 'anonymous' }, { policy: but(ann) })).toBe('explicit-deny');
  });

  it('must allow where the resource is a key: the identity policy alone is not enough', () => {
    const all = user(identity(allow('*')));
    const key = { action: 'kms:Decrypt', resource: `arn:aws:kms:us-east-1:${ACCOUNT}:key/1` };
    expect(ask(all, { ...key, policy: resource(allow('kms:Describe*', '*', { Principal: { AWS: ann } })) })).toBe('no-resource-policy');
    expect(ask(all, { ...key, policy: resource(allow('kms:*', '*', { Principal: { AWS: ACCOUNT } })) })).toBe('allowed');
    expect(ask(user(), { ...key, policy: resource(allow('kms:*', '*', { Principal: { AWS: ann } })) })).toBe('allowed');
    for (const name of [ACCOUNT, `arn:aws:iam::${ACCOUNT}:root`]) {
      expect(ask(user(), { ...key, policy: resource(allow('kms:*', '*', { Principal: { AWS: name } })) })).toBe('no-identity-policy');
      expect(ask(all, { ...key, policy: resource(allow('kms:*', '*', { Principal: { AWS: name } })) })).toBe('allowed');
    }
    expect(ask(all, { ...key, policy: resource(allow('kms:*', '*', { Principal: { AWS: `${ann}e` } })) })).toBe('no-resource-policy');
  });

  it('need not allow where there is no policy on the resource yet, nor where a service only ends alike', () => {
    const all = user(identity(allow('*')));
    expect(ask(all, { action: 'kms:CreateKey', resource: '*' })).toBe('allowed');
    const silent = resource(allow('kms:*', '*', { Principal: { AWS: `${ann}e` } }));
    expect(ask(all, { action: 'otherkms:Decrypt', policy: silent })).toBe('allowed');
    expect(ask(all, { action: 'KMS:Decrypt', policy: silent })).toBe('no-resource-policy');
  });
});
