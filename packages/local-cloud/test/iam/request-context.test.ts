/** What a request answers when a policy asks for a condition key. */
import { expect, it } from 'vitest';
import { isKnownKey } from '../../src/iam/known-keys.ts';
import { requestContext } from '../../src/iam/request-context.ts';

it('has the service’s word before the front’s, in any case, and one value as a list', () => {
  const request = requestContext({ 'S3:Prefix': 'docs/', 'aws:TagKeys': ['a', 'b'] }, (key) => (key === 's3:prefix' ? 'other/' : `front ${key}`));
  expect(request.get('s3:prefix')).toEqual(['docs/']);
  expect(request.get('aws:tagkeys')).toEqual(['a', 'b']);
  expect(request.get('aws:sourceip')).toEqual(['front aws:sourceip']);
});

it('has nothing for a key that is known and not there, and can’t say for one that is not known or comes in two spellings', () => {
  const request = requestContext({ 'kms:EncryptionContext:Team': 'a', 'kms:EncryptionContext:team': 'b' }, () => undefined);
  expect(request.get('s3:prefix')).toBeUndefined();
  expect(request.get('acme:thing')).toBe('unknown');
  expect(request.get('kms:encryptioncontext:team')).toBe('unknown');
});

it.each([
  'aws:calledvia',
  'aws:principalarn',
  'aws:securetransport',
  'aws:sourceip',
  'aws:username',
  's3:prefix',
  's3:x-amz-copy-source',
  's3:x-amz-grant-read',
  's3:x-amz-server-side-encryption',
  's3:if-none-match',
  's3:objectcreationoperation',
  'kms:callerAccount',
  'kms:encryptionalgorithm',
  'kms:requestalias',
  'kms:viaservice',
  'ssm:recursive',
  'sts:sourceidentity',
  'aws:principaltag/hq-home',
  'aws:requesttag/hq-home',
  'aws:resourcetag/hq-vault',
  'iam:resourcetag/x',
  'kms:encryptioncontext:aws:s3:arn',
  's3:existingobjecttag/x',
  's3:requestobjecttag/x',
  'ssm:resourcetag/x',
])('knows %s', (key) => {
  expect(isKnownKey(key.toLowerCase())).toBe(true);
});

it.each(['', 's3:prefi', 'aws:principaltag/', 'acme:thing', 's3:prefix '])('does not know %j', (key) => {
  expect(isKnownKey(key)).toBe(false);
});
