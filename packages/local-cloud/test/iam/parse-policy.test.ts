/** What is a policy and what is not. */
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../src/http/aws-error.ts';
import { type PolicyKind, parsePolicy } from '../../src/iam/parse-policy.ts';

const good = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' };
const statement = (change: Record<string, unknown>): string => JSON.stringify({ Version: '2012-10-17', Statement: { ...good, ...change } });

function refusal(text: string, kind: PolicyKind = 'identity'): string {
  try {
    parsePolicy(text, kind, 'MalformedPolicy');
  } catch (error) {
    if (error instanceof AwsError && error.status === 400 && error.code === 'MalformedPolicy') return error.message;
    throw error;
  }
  return 'accepted';
}

describe('a policy', () => {
  it('is read into one shape, with scalars as lists', () => {
    const policy = parsePolicy(
      statement({ Sid: 'one', Condition: { Bool: { 'aws:SecureTransport': true }, NumericEquals: { 's3:max-keys': [1, '2'] } } }),
      'identity',
    );
    expect(policy.version).toBe('2012-10-17');
    expect(policy.statements).toEqual([
      {
        sid: 'one',
        effect: 'Allow',
        principal: undefined,
        actions: { not: false, patterns: ['s3:GetObject'] },
        resources: { not: false, patterns: ['arn:aws:s3:::b/*'] },
        conditions: [
          { operator: 'Bool', key: 'aws:SecureTransport', values: ['true'] },
          { operator: 'NumericEquals', key: 's3:max-keys', values: ['1', '2'] },
        ],
      },
    ]);
  });

  it('without a version is of 2008', () => {
    expect(parsePolicy(JSON.stringify({ Statement: [good] }), 'identity').version).toBe('2008-10-17');
  });

  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a version of its own', JSON.stringify({ Version: '2026-01-01', Statement: good })],
    ['no statement', JSON.stringify({ Version: '2012-10-17' })],
    ['an empty list of statements', JSON.stringify({ Statement: [] })],
    ['an unknown element', JSON.stringify({ Statement: good, Statements: [] })],
    ['the same key twice', '{"Statement":{"Effect":"Deny","Effect":"Allow","Action":"s3:*","Resource":"*"}}'],
    ['the same key twice, once escaped', '{"Statement":{"Effect":"Deny","\\u0045ffect":"Allow","Action":"s3:*","Resource":"*"}}'],
    ['an unknown effect', statement({ Effect: 'allow' })],
    ['no action', statement({ Action: undefined })],
    ['both Action and NotAction', statement({ NotAction: 's3:*' })],
    ['an empty action list', statement({ Action: [] })],
    ['an action without vendor', statement({ Action: 'GetObject' })],
    ['an action that is a number', statement({ Action: 5 })],
    ['no resource', statement({ Resource: undefined })],
    ['a resource that is no ARN', statement({ Resource: 'bucket/*' })],
    ['a principal in an identity policy', statement({ Principal: '*' })],
    ['an operator that does not exist', statement({ Condition: { StringIs: { 'aws:userid': 'x' } } })],
    ['a condition key without vendor', statement({ Condition: { StringEquals: { prefix: 'x' } } })],
    ['a condition without values', statement({ Condition: { StringEquals: { 'aws:userid': [] } } })],
    ['a condition that is a list', statement({ Condition: [] })],
    ['a nested condition value', statement({ Condition: { StringEquals: { 'aws:userid': { x: 1 } } } })],
    ['an unknown statement element', statement({ Resources: '*' })],
    ['a __proto__ element', '{"Statement":{"__proto__":{},"Effect":"Allow","Action":"s3:*","Resource":"*"}}'],
  ])('with %s is refused', (_what, text) => {
    expect(refusal(text)).toMatch(/^Syntax errors in policy: /);
  });

  it.each([
    ['none', {}],
    ['a name with a wildcard', { Principal: { AWS: 'arn:aws:iam::000000000000:user/*' } }],
    ['a service of a strange form', { Principal: { Service: 'S3!' } }],
    ['a canonical user, which nobody here has', { Principal: { CanonicalUser: 'abc' } }],
    ['an empty object', { Principal: {} }],
    ['an empty list', { Principal: { AWS: [] } }],
    ['NotPrincipal in an Allow', { NotPrincipal: { AWS: '000000000000' } }],
    ['NotPrincipal *', { Effect: 'Deny', NotPrincipal: '*' }],
    ['both', { Effect: 'Deny', Principal: '*', NotPrincipal: { AWS: '000000000000' } }],
  ])('on a resource with this principal is refused: %s', (_what, change) => {
    expect(refusal(statement(change), 'resource')).toMatch(/^Syntax errors in policy: /);
  });

  it('that says whom to trust names no resource', () => {
    const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '000000000000' } };
    expect(refusal(JSON.stringify({ Statement: trust }), 'trust')).toBe('accepted');
    expect(refusal(JSON.stringify({ Statement: { ...trust, Resource: '*' } }), 'trust')).toMatch(/must not have Resource/);
    expect(refusal(JSON.stringify({ Statement: { ...trust, Principal: undefined } }), 'trust')).toMatch(/needs a Principal/);
  });
});
