/** Whom a statement may be about, and how the refusal of anything else reads. */
import { expect, it } from 'vitest';
import { parsePrincipal } from '../../src/iam/parse-principal.ts';

const account = '000000000000';
const role = `arn:aws:iam::${account}:role/vault`;

const read = (statement: Record<string, unknown>, kind: 'identity' | 'resource' | 'trust' = 'resource') => parsePrincipal(statement, 'S', kind);

it.each([
  ['everyone', { Principal: '*' }, { not: false, any: true, aws: [], service: [] }],
  ['everyone by AWS', { Principal: { AWS: '*' } }, { not: false, any: true, aws: [], service: [] }],
  ['an account', { Principal: { AWS: account } }, { not: false, any: false, aws: [account], service: [] }],
  ['several', { Principal: { AWS: [account, role] } }, { not: false, any: false, aws: [account, role], service: [] }],
  ['a service', { Principal: { Service: 's3.amazonaws.com' } }, { not: false, any: false, aws: [], service: ['s3.amazonaws.com'] }],
  ['a service whose name is a number', { Principal: { AWS: role, Service: account } }, { not: false, any: false, aws: [role], service: [account] }],
  ['all but a role', { Effect: 'Deny', NotPrincipal: { AWS: role } }, { not: true, any: false, aws: [role], service: [] }],
])('%s is read', (_what, statement, principal) => {
  expect(read(statement)).toEqual(principal);
});

it.each([`arn:aws:iam::${account}:root`, `arn:aws:iam::${account}:user/a/b+c=d,e.f@g-h_i`, `arn:aws:sts::${account}:assumed-role/vault/ses-1`])(
  '%s is a principal',
  (name) => {
    expect(read({ Principal: { AWS: name } })?.aws).toEqual([name]);
  },
);

it('an identity policy names nobody, the others must', () => {
  expect(read({}, 'identity')).toBeUndefined();
  expect(() => read({ Principal: '*' }, 'identity')).toThrow('S must not have a Principal: this policy hangs on one');
  expect(() => read({ NotPrincipal: { AWS: role } }, 'identity')).toThrow('S must not have a Principal: this policy hangs on one');
  for (const kind of ['resource', 'trust'] as const) expect(() => read({}, kind)).toThrow('S needs a Principal');
});

it('everyone but someone is for a Deny in a resource policy only', () => {
  const message = 'S: NotPrincipal is for Deny in a resource policy only';
  expect(() => read({ Effect: 'Deny', NotPrincipal: { AWS: role } }, 'trust')).toThrow(message);
  expect(() => read({ Effect: 'Allow', NotPrincipal: { AWS: role } })).toThrow(message);
});

const invalid = (type: string, name: unknown) => `S: invalid principal ${JSON.stringify({ [type]: name })}`;
const notAnObject = 'S.Principal must be an object, or * where it is no NotPrincipal';

it.each<[string, Record<string, unknown>, string]>([
  ['both', { Effect: 'Deny', Principal: '*', NotPrincipal: { AWS: account } }, 'S has both Principal and NotPrincipal'],
  ['nobody of everyone', { Effect: 'Deny', NotPrincipal: '*' }, notAnObject],
  ['nobody of everyone, by AWS', { Effect: 'Deny', NotPrincipal: { AWS: '*' } }, 'S: NotPrincipal cannot be *'],
  ['text', { Principal: role }, notAnObject],
  ['null', { Principal: null }, notAnObject],
  ['a number', { Principal: 5 }, notAnObject],
  ['a list', { Principal: ['*'] }, notAnObject],
  ['an empty object', { Principal: {} }, 'S.Principal names nobody'],
  ['an empty list', { Principal: { AWS: [] } }, 'S.Principal.AWS must not be empty'],
  ['every service', { Principal: { Service: '*' } }, invalid('Service', '*')],
  ['a service in capitals', { Principal: { Service: 'S3.amazonaws.com' } }, invalid('Service', 'S3.amazonaws.com')],
  ['a service of a strange form', { Principal: { Service: 's3!' } }, invalid('Service', 's3!')],
  ['a service that is a number', { Principal: { Service: 5 } }, invalid('Service', 5)],
  ['an account that is a number', { Principal: { AWS: 123456789012 } }, invalid('AWS', 123456789012)],
  ['a name with a wildcard', { Principal: { AWS: `arn:aws:iam::${account}:user/*` } }, invalid('AWS', `arn:aws:iam::${account}:user/*`)],
  ['a name behind something', { Principal: { AWS: ` ${role}` } }, invalid('AWS', ` ${role}`)],
  ['an account too long', { Principal: { AWS: `${account}0` } }, invalid('AWS', `${account}0`)],
  ['a group', { Principal: { AWS: `arn:aws:iam::${account}:group/x` } }, invalid('AWS', `arn:aws:iam::${account}:group/x`)],
  ['a canonical user, which nobody here has', { Principal: { CanonicalUser: 'abc' } }, invalid('CanonicalUser', 'abc')],
  ['an account as something else', { Principal: { Federated: account } }, invalid('Federated', account)],
])('%s is refused', (_what, statement, message) => {
  expect(() => read(statement)).toThrow(new SyntaxError(message));
});
