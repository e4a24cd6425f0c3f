/** Cognito, offline: its verifier with tokens and keys of our own, and its service as far as three calls go. */
import { describe, expect, test } from 'vitest';
import { createCognitoIdentity } from '../../src/adapters/aws/cognito-identity.ts';
import type { Fetch } from '../../src/identity/issuer-call.ts';
import { person } from '../../test-support/stores-under-test.ts';
import { identityContract } from './identity-contract.ts';

const userPoolId = 'us-east-1_AbCdEf123';
const options = { userPoolId, clientId: 'hq-client', domain: 'https://hq.auth.us-east-1.amazoncognito.com' };

identityContract({
  name: 'Cognito',
  issuer: `https://cognito-idp.us-east-1.amazonaws.com/${userPoolId}`,
  jwksPath: `/${userPoolId}/.well-known/jwks.json`,
  answers: () => undefined,
  create: (fetch, clock) => createCognitoIdentity({ ...options, fetch, clock }),
});

function open(status: number, body: unknown) {
  const asked: { url: string; init: RequestInit }[] = [];
  const fetch: Fetch = async (url, init) => {
    asked.push({ url, init });
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
  };
  return { asked, identity: createCognitoIdentity({ ...options, fetch, clock: () => 0 }) };
}
const user = (...pairs: [string, string][]) => ({ Username: 'x', UserAttributes: pairs.map(([Name, Value]) => ({ Name, Value })) });

describe("Cognito's service", () => {
  test('a profile is what GetUser says, its address in lower case', async () => {
    const { asked, identity } = open(200, user(['sub', person(1)], ['email', 'Ada@Example.COM'], ['email_verified', 'true']));
    expect(await identity.profile('TOKEN')).toEqual({ personId: person(1), email: 'ada@example.com', emailVerified: true });
    expect(asked).toMatchObject([
      {
        url: 'https://cognito-idp.us-east-1.amazonaws.com/',
        init: { method: 'POST', body: '{"AccessToken":"TOKEN"}', headers: { 'x-amz-target': 'AWSCognitoIdentityProviderService.GetUser' } },
      },
    ]);
  });

  test('an address that Cognito does not call verified is not', async () => {
    for (const pairs of [
      [['email', 'a@b.c']],
      [
        ['email', 'a@b.c'],
        ['email_verified', 'false'],
      ],
    ] as [string, string][][]) {
      const { identity } = open(200, user(['sub', person(1)], ...pairs));
      expect(await identity.profile('TOKEN')).toMatchObject({ email: 'a@b.c', emailVerified: false });
    }
  });

  test('refreshing keeps the token that was sent where the pool does not rotate', async () => {
    const { asked, identity } = open(200, { access_token: 'A', id_token: 'I', expires_in: 3600, token_type: 'Bearer' });
    expect(await identity.refresh('old&token')).toEqual({ accessToken: 'A', idToken: 'I', refreshToken: 'old&token', expiresIn: 3600 });
    expect(asked[0]?.url).toBe(`${options.domain}/oauth2/token`);
    expect(asked[0]?.init.body).toBe('grant_type=refresh_token&client_id=hq-client&refresh_token=old%26token');
  });

  test('what Cognito refuses is a sign-in that is not valid; what it can not do now is unavailable', async () => {
    const notAuthorized = { __type: 'NotAuthorizedException', message: 'Access Token has been revoked' };
    for (const call of ['profile', 'refresh'] as const) {
      await expect(open(400, notAuthorized).identity[call]('TOKEN')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
      await expect(open(500, 'oops').identity[call]('TOKEN')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      await expect(open(200, 'x'.repeat(300_000)).identity[call]('TOKEN')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    }
    await expect(open(400, { __type: 'TooManyRequestsException' }).identity.profile('TOKEN')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await expect(open(400, notAuthorized).identity.signOutEverywhere(person(1), 'TOKEN')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(open(200, { UserAttributes: [null, 1, { Name: 'sub' }] }).identity.profile('TOKEN')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(open(200, 'not json').identity.refresh('TOKEN')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  test('signing out everywhere asks Cognito to', async () => {
    const { asked, identity } = open(200, {});
    await identity.signOutEverywhere(person(1), 'TOKEN');
    expect(asked[0]?.init).toMatchObject({ headers: { 'x-amz-target': 'AWSCognitoIdentityProviderService.GlobalSignOut' }, body: '{"AccessToken":"TOKEN"}' });
  });
});
