import type { ErrorCode } from '@hq/shared/errors';
import { HqError } from '@hq/shared/errors';
import { describe, expect, test } from 'vitest';
import { fromAws, fromOwnAws } from '../../src/adapters/aws/aws-errors.ts';

const named = (name: string, more: object = {}) => Object.assign(new Error('User: arn:aws:iam::1:role/secret on hq-vault-x'), { name, ...more });
const status = (httpStatusCode: number) => named('Unknown', { $metadata: { httpStatusCode } });

const cases: [Error, ErrorCode][] = [
  [named('AccessDenied'), 'FORBIDDEN'],
  [named('NoSuchKey'), 'NOT_FOUND'],
  [named('PreconditionFailed'), 'PRECONDITION_FAILED'],
  [named('RequestTimeTooSkewed'), 'CLOCK_SKEW'],
  [named('ExpiredToken'), 'EXPIRED'],
  [named('PackedPolicyTooLarge'), 'SCOPE_TOO_LARGE'],
  [named('PackedPolicyTooLargeException'), 'SCOPE_TOO_LARGE'],
  [named('InsufficientStorage'), 'STORAGE_FULL'],
  [named('SlowDown'), 'UNAVAILABLE'],
  [named('Error', { code: 'ECONNREFUSED' }), 'UNAVAILABLE'],
  [status(403), 'FORBIDDEN'],
  [status(404), 'NOT_FOUND'],
  [status(412), 'PRECONDITION_FAILED'],
  [status(500), 'UNAVAILABLE'],
  [status(507), 'STORAGE_FULL'],
  [status(400), 'INTERNAL'],
  [named('SomethingNew'), 'INTERNAL'],
  [new TypeError('x is undefined'), 'INTERNAL'],
];

describe('what AWS says, in our words', () => {
  test.each(cases)('%s', (error, code) => {
    const ours = fromAws(error);
    expect(ours.code).toBe(code);
    expect(ours.cause).toBe(error);
    expect(`${ours.message} ${ours.hint}`).not.toMatch(/arn:|secret|hq-vault/);
  });

  test('an error of ours stays what it is', () => {
    const error = new HqError('LAST_ADMIN', 'no');
    expect(fromAws(error)).toBe(error);
  });

  test('where we ourselves are refused, it is our defect', () => {
    for (const error of [named('AccessDenied'), status(403), named('ExpiredToken')]) expect(fromOwnAws(error).code).toBe('INTERNAL');
    expect(fromOwnAws(named('NoSuchKey')).code).toBe('NOT_FOUND');
  });
});
