/** Each condition operator: holding, not holding, with the key absent, and where it cannot be judged. */
import { describe, expect, it } from 'vitest';
import { compileCondition, judgeCondition, type Verdict } from '../../src/iam/conditions.ts';
import { requestContext } from '../../src/iam/request-context.ts';

type Values = Readonly<Record<string, string | readonly string[]>>;

const judge = (operator: string, key: string, values: readonly string[], request: Values): Verdict =>
  judgeCondition(
    compileCondition({ operator, key, values }, true),
    requestContext(request, () => undefined),
  );

/** Operator, the policy's values, the request's value (undefined: absent), the verdict. The key is `aws:PrincipalTag/k` unless it has to be another. */
type Row = [operator: string, expected: string[], actual: string | string[] | undefined, verdict: Verdict];

const rows: Row[] = [
  ['StringEquals', ['a', 'b'], 'b', 'yes'],
  ['StringEquals', ['a'], 'A', 'no'],
  ['StringEquals', ['A'], 'A', 'yes'],
  ['StringEquals', ['a*'], 'ab', 'no'],
  ['StringEquals', ['a'], undefined, 'no'],
  ['StringEqualsIfExists', ['a'], undefined, 'yes'],
  ['StringEqualsIfExists', ['a'], 'b', 'no'],
  ['StringNotEquals', ['a', 'b'], 'b', 'no'],
  ['StringNotEquals', ['a', 'b'], 'c', 'yes'],
  ['StringNotEquals', ['a'], undefined, 'yes'],
  ['StringEqualsIgnoreCase', ['a*B'], 'A*b', 'yes'],
  ['StringEqualsIgnoreCase', ['ab'], 'ac', 'no'],
  ['StringNotEqualsIgnoreCase', ['ab'], 'AB', 'no'],
  ['StringLike', ['team/*'], 'team/x', 'yes'],
  ['StringLike', ['team/*'], 'team-x', 'no'],
  ['StringLike', ['Team/*'], 'Team/x', 'yes'],
  ['StringLike', ['*'], undefined, 'no'],
  ['StringNotLike', ['team/*'], 'team/x', 'no'],
  ['StringNotLike', ['team/*'], undefined, 'yes'],
  ['NumericEquals', ['10'], '10.0', 'yes'],
  ['NumericNotEquals', ['10'], '11', 'yes'],
  ['NumericLessThan', ['10'], '9', 'yes'],
  ['NumericLessThan', ['10'], '10', 'no'],
  ['NumericLessThanEquals', ['10'], '10', 'yes'],
  ['NumericGreaterThan', ['10'], '9', 'no'],
  ['NumericGreaterThanEquals', ['10'], '10', 'yes'],
  ['NumericLessThan', ['0'], '-5', 'yes'],
  ['NumericEquals', ['1.25'], '1.25', 'yes'],
  ['NumericLessThanEquals', ['10'], '9', 'yes'],
  ['NumericLessThanEquals', ['10'], '11', 'no'],
  ['NumericGreaterThan', ['10'], '10', 'no'],
  ['NumericGreaterThan', ['10'], '11', 'yes'],
  ['NumericGreaterThanEquals', ['10'], '9', 'no'],
  ['NumericGreaterThanEquals', ['10'], '11', 'yes'],
  // A date is no number.
  ['NumericEquals', ['2026-01-01'], '2026-01-01', 'unknown'],
  ['NumericLessThan', ['ten'], '9', 'unknown'],
  ['NumericLessThan', ['10'], '0x9', 'unknown'],
  ['DateEquals', ['2026-01-02T03:04:05Z'], '2026-01-02T04:04:05+01:00', 'yes'],
  ['DateNotEquals', ['2026-01-02'], '2026-01-03', 'yes'],
  ['DateLessThan', ['2026-01-02T00:00:00Z'], '1767225600', 'yes'],
  ['DateLessThanEquals', ['2026-01-01T00:00:00Z'], '1767225600', 'yes'],
  ['DateGreaterThan', ['2026-01-02T00:00:00Z'], '2026-01-01T00:00:00Z', 'no'],
  ['DateGreaterThanEquals', ['2026-01-01'], '2026-01-01T00:00:00Z', 'yes'],
  ['DateGreaterThan', ['2026-01-01'], '1767225601', 'yes'],
  ['DateEquals', ['2026-01-01T00:00Z'], '2026-01-01T00:00:00Z', 'yes'],
  ['DateEquals', ['2026-01-01T00:00:00.25Z'], '2026-01-01T00:00:00.250Z', 'yes'],
  ['DateEquals', ['2026-01-01T00:00:00.25Z'], '2026-01-01T00:00:00Z', 'no'],
  ['DateLessThan', ['tomorrow'], '2026-01-01', 'unknown'],
  ['DateEquals', [' 2026-01-01'], '2026-01-01', 'unknown'],
  ['DateEquals', ['2026-01-01 '], '2026-01-01', 'unknown'],
  ['DateEquals', ['2026-13-01'], '2026-13-01', 'unknown'],
  ['Bool', ['true'], 'True', 'yes'],
  ['Bool', ['false'], 'true', 'no'],
  ['Bool', ['false'], undefined, 'no'],
  ['BoolIfExists', ['false'], undefined, 'yes'],
  ['Bool', ['yes'], 'true', 'unknown'],
  ['BinaryEquals', ['aGk='], 'aGk=', 'yes'],
  ['BinaryEquals', ['aGk='], 'aGo=', 'no'],
  ['BinaryEquals', ['aGlh'], 'aGlh', 'yes'],
  ['BinaryEquals', ['aA=='], 'aA==', 'yes'],
  ['BinaryEquals', ['??'], 'aGk=', 'unknown'],
  ['BinaryEquals', ['!Gk='], 'aGk=', 'unknown'],
  ['BinaryEquals', ['aGk!'], 'aGk=', 'unknown'],
  ['BinaryEquals', ['aGk'], 'aGk=', 'unknown'],
  ['BinaryEquals', ['aGk='], 'aGk', 'unknown'],
  ['IpAddress', ['10.0.0.0/8'], '10.255.0.1', 'yes'],
  ['IpAddress', ['10.0.0.0/8'], '11.0.0.1', 'no'],
  ['IpAddress', ['2001:db8::/32'], '2001:db8::5', 'yes'],
  ['IpAddress', ['10.0.0.0/8'], '2001:db8::5', 'no'],
  ['IpAddress', ['10.0.0.0/8'], '::ffff:10.0.0.1', 'no'],
  ['IpAddress', ['2001:db8::5'], '2001:db8::6', 'no'],
  ['IpAddress', ['2001:db8::5/128'], '2001:db8::5', 'yes'],
  ['IpAddress', ['0.0.0.0/0'], '10.0.0.1', 'yes'],
  ['IpAddress', ['10.0.0.0/33'], '10.0.0.1', 'unknown'],
  ['IpAddress', ['10.0.0.0/ 8'], '10.0.0.1', 'unknown'],
  ['IpAddress', ['10.0.0.0/8e0'], '10.0.0.1', 'unknown'],
  ['IpAddress', ['10.0.0.0/8/8'], '10.0.0.1', 'unknown'],
  ['IpAddress', ['nonsense'], '10.0.0.1', 'unknown'],
  ['IpAddress', ['10.0.0.0/8'], 'nonsense', 'unknown'],
  ['IpAddress', ['10.0.0.1'], '10.0.0.1', 'yes'],
  ['NotIpAddress', ['10.0.0.0/8'], '10.0.0.1', 'no'],
  ['NotIpAddress', ['10.0.0.0/8'], '11.0.0.1', 'yes'],
  ['ArnEquals', ['arn:aws:iam::1:role/*'], 'arn:aws:iam::1:role/a', 'yes'],
  ['ArnLike', ['arn:aws:s3:::b/${*}'], 'arn:aws:s3:::b/*', 'yes'],
  ['ArnLike', ['arn:*:b'], 'arn:aws:s3:::b', 'no'],
  ['ArnLike', ['arn:aws:iam::*:role/x'], 'arn:aws:iam::1:2:role/x', 'no'],
  ['ArnLike', ['*'], 'arn:aws:s3:::b:c', 'yes'],
  ['ArnLike', ['*'], 'arn:aws:iam:eu:1:role/x', 'yes'],
  ['ArnLike', ['*'], 'x', 'no'],
  ['ArnLike', ['*'], '*', 'no'],
  ['ArnLike', ['arn:*'], 'arn:aws:s3:::b', 'no'],
  ['ArnLike', ['arn:aws:iam:*:1:*'], 'arn:aws:iam:a:2:1:x', 'no'],
  ['ArnNotLike', ['arn:aws:iam::1:role/*'], 'x', 'yes'],
  ['ArnNotEquals', ['arn:aws:iam::1:role/*'], 'arn:aws:iam::1:role/a', 'no'],
  ['ArnNotLike', ['arn:aws:iam::1:role/*'], 'arn:aws:iam::1:user/a', 'yes'],
  ['Null', ['true'], undefined, 'yes'],
  ['Null', ['true'], 'x', 'no'],
  ['Null', ['false'], 'x', 'yes'],
  ['Null', ['perhaps'], 'x', 'unknown'],
  ['ForAnyValue:StringEquals', ['a'], ['a', 'z'], 'yes'],
  ['ForAnyValue:StringEquals', ['a'], ['y', 'z'], 'no'],
  ['ForAnyValue:StringEquals', ['a'], undefined, 'no'],
  ['ForAnyValue:StringEquals', ['a'], [], 'no'],
  ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b'], 'yes'],
  ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'z'], 'no'],
  ['ForAllValues:StringEquals', ['a'], undefined, 'yes'],
  ['ForAllValues:StringLike', ['t*'], ['ta', 'tb'], 'yes'],
  ['ForAllValues:StringNotEquals', ['a'], ['b', 'c'], 'yes'],
  ['ForAllValues:StringNotEquals', ['a'], ['a', 'c'], 'no'],
  ['ForAnyValue:StringNotEquals', ['a'], ['a', 'c'], 'yes'],
  ['ForAnyValue:StringLikeIfExists', ['t*'], undefined, 'yes'],
  ['ForAnyValue:StringLikeIfExists', ['t*'], [], 'yes'],
  ['ForAllValues:StringLike', ['t*'], [], 'yes'],
  ['StringEquals', ['a?'], 'ab', 'no'],
  // Several values where the policy expects one cannot be judged.
  ['StringEquals', ['a'], ['a', 'b'], 'unknown'],
];

describe('condition operators', () => {
  it.each(rows)('%s %j on %j: %s', (operator, expected, actual, verdict) => {
    expect(judge(operator, 'aws:PrincipalTag/k', expected, actual === undefined ? {} : { 'aws:PrincipalTag/k': actual })).toBe(verdict);
  });

  it.each(['StringIs', 'stringequals', 'ForSomeValues:StringEquals', 'NullIfExists', 'ForAnyValue:Null', 'StringEqualsIfexists', ''])(
    'the operator %j does not exist, so nothing can be said',
    (operator) => {
      expect(judge(operator, 'aws:userid', ['true'], { 'aws:userid': 'true' })).toBe('unknown');
    },
  );

  it.each(['aws:PrincipalTags/k', 's3:prefx', 'acme:thing', 'kms:EncryptionContext:'])('the key %s is not known, so nothing can be said', (key) => {
    expect(judge('StringNotEquals', key, ['x'], {})).toBe('unknown');
    expect(judge('Null', key, ['true'], {})).toBe('unknown');
  });

  it('a name that comes in two spellings cannot be judged', () => {
    const request = { 'kms:EncryptionContext:Team': 'a', 'kms:EncryptionContext:team': 'b' };
    expect(judge('StringEquals', 'kms:EncryptionContext:Team', ['a'], request)).toBe('unknown');
    expect(judge('StringEquals', 'kms:EncryptionContext:Team', ['a'], { 'kms:EncryptionContext:team': 'a' })).toBe('yes');
  });

  it('names of keys are compared in any case', () => {
    expect(judge('StringEquals', 'S3:Prefix', ['x'], { 's3:prefix': 'x' })).toBe('yes');
  });
});

describe('policy variables', () => {
  const request = { 'aws:PrincipalTag/home': 'a*', 'aws:PrincipalTag/account': '1', 'aws:TagKeys': ['x', 'y'] };

  it.each<[operator: string, expected: string, actual: string, verdict: Verdict]>([
    ['StringLike', '${aws:PrincipalTag/home}/*', 'a*/x', 'yes'],
    // The tag's own star is text.
    ['StringLike', '${aws:PrincipalTag/home}/*', 'abc/x', 'no'],
    ['StringEquals', '${aws:PrincipalTag/HOME}', 'a*', 'yes'],
    ['StringEquals', "${aws:username, 'nobody'}", 'nobody', 'yes'],
    ['StringEquals', "${ aws:username ,  'nobody' }", 'nobody', 'yes'],
    ['StringEquals', "${aws:username,'nobody'}", 'nobody', 'yes'],
    ['StringEquals', "${aws:PrincipalTag/home, 'nobody'}", 'nobody', 'no'],
    ['StringLike', 'x${?}y${aws:PrincipalTag/home}z${*}*', 'x?ya*z*end', 'yes'],
    ['StringEqualsIgnoreCase', '${aws:nonsense}', 'x', 'unknown'],
    ['StringEqualsIgnoreCase', '${aws:username}', 'x', 'no'],
    ['StringNotEqualsIgnoreCase', '${aws:username}', 'x', 'unknown'],
    ['ArnLike', 'arn:aws:iam::${aws:PrincipalTag/account}:role/${aws:PrincipalTag/home}', 'arn:aws:iam::1:role/a*', 'yes'],
    ['ArnLike', 'arn:aws:iam::${aws:PrincipalTag/account}:role/${aws:PrincipalTag/home}', 'arn:aws:iam::2:role/a*', 'no'],
    ['StringEquals', '${aws:username}', '${aws:username}', 'no'],
    ['StringNotEquals', '${aws:username}', 'x', 'unknown'],
    ['StringEquals', '${aws:TagKeys}', 'x', 'unknown'],
    ['StringEquals', '${aws:nonsense}', 'x', 'unknown'],
    ['StringEquals', '${}', 'x', 'unknown'],
    ['StringLike', '${*}${?}${$}', '*?$', 'yes'],
    ['StringLike', '${*}', 'x', 'no'],
    ['StringEqualsIgnoreCase', '${aws:PrincipalTag/home}', 'A*', 'yes'],
  ])('%s %s on %s: %s', (operator, expected, actual, verdict) => {
    expect(judge(operator, 'aws:userid', [expected], { ...request, 'aws:userid': actual })).toBe(verdict);
  });

  it('are text in a document of 2008', () => {
    const condition = compileCondition({ operator: 'StringLike', key: 'aws:userid', values: ['${*}'] }, false);
    expect(
      judgeCondition(
        condition,
        requestContext({ 'aws:userid': '${anything}' }, () => undefined),
      ),
    ).toBe('yes');
    expect(
      judgeCondition(
        condition,
        requestContext({ 'aws:userid': '*' }, () => undefined),
      ),
    ).toBe('no');
    expect(
      judgeCondition(
        condition,
        requestContext({ 'aws:userid': 'xxxx' }, () => undefined),
      ),
    ).toBe('no');
  });
});
