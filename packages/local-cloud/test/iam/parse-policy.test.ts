/** What is a policy and what is not, and that a refusal names the element. */
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../src/http/aws-error.ts';
import { type PolicyKind, parsePolicy } from '../../src/iam/parse-policy.ts';

const good = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' };
const statement = (change: Record<string, unknown>): string => JSON.stringify({ Version: '2012-10-17', Statement: { ...good, ...change } });

/** The message, without the words that open each. */
function refusal(text: string, kind: PolicyKind = 'identity'): string {
  try {
    parsePolicy(text, kind, 'MalformedPolicy');
  } catch (error) {
    const opening = 'Syntax errors in policy: ';
    if (error instanceof AwsError && error.status === 400 && error.code === 'MalformedPolicy' && error.message.startsWith(opening))
      return error.message.slice(opening.length);
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

  it('without a version is of 2008, and may have an Id', () => {
    expect(parsePolicy(JSON.stringify({ Id: 'mine', Statement: [good] }), 'identity').version).toBe('2008-10-17');
  });

  it('that is no policy is refused in the word of the service that asks, STS’s where none is given', () => {
    expect(() => parsePolicy('{', 'identity')).toThrow(expect.objectContaining({ status: 400, code: 'MalformedPolicyDocument' }));
  });

  it.each([
    ['a list', '[]', 'the policy must be an object'],
    ['null', 'null', 'the policy must be an object'],
    ['text', '"x"', 'the policy must be an object'],
    ['a version of its own', JSON.stringify({ Version: '2026-01-01', Statement: good }), 'Version must be 2012-10-17 or 2008-10-17'],
    ['an Id that is a number', JSON.stringify({ Id: 1, Statement: good }), 'Id must be a string'],
    ['no statement', JSON.stringify({ Version: '2012-10-17' }), 'Statement[0] must be an object'],
    ['an empty list of statements', JSON.stringify({ Statement: [] }), 'Statement must not be empty'],
    ['a second statement that is none', JSON.stringify({ Statement: [good, 5] }), 'Statement[1] must be an object'],
    ['an unknown element', JSON.stringify({ Statement: good, Statements: [] }), 'the policy has the unknown element "Statements"'],
    ['the same key twice', '{"Statement":{"Effect":"Deny","Effect":"Allow","Action":"s3:*","Resource":"*"}}', 'the key "Effect" is there twice'],
    ['a Sid that is a number', statement({ Sid: 1 }), 'Statement[0].Sid must be a string'],
    ['an unknown effect', statement({ Effect: 'allow' }), 'Statement[0].Effect must be Allow or Deny'],
    ['no action', statement({ Action: undefined }), 'Statement[0] needs Action or NotAction'],
    ['both Action and NotAction', statement({ NotAction: 's3:*' }), 'Statement[0] has both Action and NotAction'],
    ['both resources', statement({ NotResource: '*' }), 'Statement[0] has both Resource and NotResource'],
    ['an empty action list', statement({ Action: [] }), 'Statement[0].Action must not be empty'],
    ['an action without vendor', statement({ Action: 'GetObject' }), 'Statement[0]: the action "GetObject" needs a vendor, as in s3:GetObject'],
    ['an action behind something', statement({ Action: ' s3:Get' }), 'Statement[0]: the action " s3:Get" needs a vendor, as in s3:GetObject'],
    ['an action before something', statement({ Action: '*!' }), 'Statement[0]: the action "*!" needs a vendor, as in s3:GetObject'],
    ['an action that is a number', statement({ Action: 5 }), 'Statement[0].Action must be a string or a list of strings'],
    ['an action list with a list', statement({ Action: [['s3:*']] }), 'Statement[0].Action must be a string or a list of strings'],
    ['no resource', statement({ Resource: undefined }), 'Statement[0] needs Resource or NotResource'],
    ['a resource that is no ARN', statement({ Resource: 'b/arn:*' }), 'Statement[0]: the resource "b/arn:*" must be an ARN or *'],
    [
      'an operator that does not exist',
      statement({ Condition: { StringIs: { 'aws:userid': 'x' } } }),
      'Statement[0].Condition: there is no operator "StringIs"',
    ],
    [
      'a condition key without vendor',
      statement({ Condition: { StringEquals: { prefix: 'x' } } }),
      'Statement[0].Condition.StringEquals: the key "prefix" needs a vendor, as in aws:SourceIp',
    ],
    [
      'a condition key behind something',
      statement({ Condition: { Bool: { '!aws:x': 'x' } } }),
      'Statement[0].Condition.Bool: the key "!aws:x" needs a vendor, as in aws:SourceIp',
    ],
    [
      'a condition key of two lines',
      statement({ Condition: { Bool: { 'aws:x\ny': 'x' } } }),
      'Statement[0].Condition.Bool: the key "aws:x\\ny" needs a vendor, as in aws:SourceIp',
    ],
    [
      'a condition without values',
      statement({ Condition: { StringEquals: { 'aws:userid': [] } } }),
      'Statement[0].Condition.StringEquals.aws:userid must not be empty',
    ],
    ['a condition that is a list', statement({ Condition: [] }), 'Statement[0].Condition must be an object'],
    ['a condition that is null', statement({ Condition: null }), 'Statement[0].Condition must be an object'],
    ['an operator that holds text', statement({ Condition: { StringEquals: 'x' } }), 'Statement[0].Condition.StringEquals must be an object'],
    [
      'a nested condition value',
      statement({ Condition: { StringEquals: { 'aws:userid': { x: 1 } } } }),
      'Statement[0].Condition.StringEquals.aws:userid must be a string or a list of strings',
    ],
    ['an unknown statement element', statement({ Resources: '*' }), 'Statement[0] has the unknown element "Resources"'],
    [
      'a __proto__ element',
      '{"Statement":{"__proto__":{},"Effect":"Allow","Action":"s3:*","Resource":"*"}}',
      'Statement[0] has the unknown element "__proto__"',
    ],
  ])('with %s is refused', (_what, text, message) => {
    expect(refusal(text)).toBe(message);
  });

  it('that is no JSON is refused', () => {
    expect(refusal('{')).toMatch(/JSON/);
  });
});

it('a policy that says whom to trust names no resource', () => {
  const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: '000000000000' } };
  const text = (change: Record<string, unknown>) => JSON.stringify({ Statement: { ...trust, ...change } });
  expect(refusal(text({}), 'trust')).toBe('accepted');
  expect(refusal(text({ Resource: '*' }), 'trust')).toBe('Statement[0] must not have Resource or NotResource');
  expect(refusal(text({ NotResource: '*' }), 'trust')).toBe('Statement[0] must not have Resource or NotResource');
  expect(refusal(text({ Principal: undefined }), 'trust')).toBe('Statement[0] needs a Principal');
});
