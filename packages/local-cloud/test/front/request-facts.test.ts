/** The condition keys that every request brings along. */
import { describe, expect, it } from 'vitest';
import { globalKey, type RequestFacts } from '../../src/http/request-facts.ts';
import type { SessionPrincipal, UserPrincipal } from '../../src/principals/principal.ts';
import type { Claim } from '../../src/sigv4/claim.ts';

const ACCOUNT = '000000000000';
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

const user: UserPrincipal = {
  kind: 'user',
  arn: `arn:aws:iam::${ACCOUNT}:user/ann`,
  userId: 'AIDA1',
  accountId: ACCOUNT,
  name: 'ann',
  accessKeyId: 'AKIA',
  policies: [],
};

const session: SessionPrincipal = {
  kind: 'session',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/vault/s1`,
  roleArn: `arn:aws:iam::${ACCOUNT}:role/vault`,
  userId: 'AROA1:s1',
  accountId: ACCOUNT,
  accessKeyId: 'ASIA',
  policies: [],
  sessionPolicy: undefined,
  tags: { 'Hq-Home': 'b/x/' },
  transitiveTagKeys: [],
  sourceIdentity: 'person',
  issuedAt: NOW,
  expiresAt: NOW + 1,
};

const claim = { carrier: 'query', amzDate: '20260102T030400Z' } as Claim;

const facts = (change: Partial<RequestFacts> = {}): RequestFacts => ({
  service: 's3',
  principal: user,
  claim,
  region: 'us-east-1',
  accountId: ACCOUNT,
  remoteAddress: '::ffff:10.1.2.3',
  tls: 'TLSv1.3',
  now: NOW,
  header: (name) => ({ 'user-agent': 'cli', referer: 'page', 'x-amz-acl': 'private', 'if-none-match': '*' })[name],
  ...change,
});

describe('the keys of a request', () => {
  it.each<[string, Partial<RequestFacts>, string | undefined]>([
    ['aws:currenttime', {}, '2026-01-02T03:04:05.000Z'],
    ['aws:epochtime', {}, '1767323045'],
    ['aws:securetransport', {}, 'true'],
    ['aws:securetransport', { tls: undefined }, 'false'],
    ['aws:sourceip', {}, '10.1.2.3'],
    ['aws:sourceip', { remoteAddress: 'fe80::1%eth0' }, 'fe80::1'],
    ['aws:useragent', {}, 'cli'],
    ['aws:referer', {}, 'page'],
    ['aws:requestedregion', {}, 'us-east-1'],
    ['aws:resourceaccount', {}, ACCOUNT],
    ['aws:viaawsservice', {}, 'false'],
    ['aws:principalarn', {}, user.arn],
    ['aws:principalarn', { principal: session }, session.roleArn],
    ['aws:principalaccount', {}, ACCOUNT],
    ['kms:calleraccount', { principal: session }, ACCOUNT],
    ['aws:principaltype', {}, 'User'],
    ['aws:principaltype', { principal: session }, 'AssumedRole'],
    ['aws:principaltype', { principal: { kind: 'anonymous' } }, 'Anonymous'],
    ['aws:userid', { principal: session }, 'AROA1:s1'],
    ['aws:username', {}, 'ann'],
    ['aws:username', { principal: session }, undefined],
    ['aws:sourceidentity', { principal: session }, 'person'],
    ['aws:sourceidentity', {}, undefined],
    ['aws:tokenissuetime', { principal: session }, '2026-01-02T03:04:05.000Z'],
    ['aws:principaltag/hq-home', { principal: session }, 'b/x/'],
    ['aws:principaltag/hq-home', {}, undefined],
    ['aws:principaltag/none', { principal: session }, undefined],
    ['aws:principalarn', { principal: { kind: 'anonymous' } }, undefined],
    ['s3:authtype', {}, 'REST-QUERY-STRING'],
    ['s3:authtype', { claim: { ...claim, carrier: 'header' } }, 'REST-HEADER'],
    ['s3:authtype', { claim: undefined }, undefined],
    ['s3:signatureversion', {}, 'AWS4-HMAC-SHA256'],
    ['s3:signatureage', {}, '5000'],
    ['s3:signatureage', { claim: { ...claim, carrier: 'header' } }, undefined],
    ['s3:tlsversion', {}, '1.3'],
    ['s3:tlsversion', { tls: undefined }, undefined],
    ['s3:x-amz-acl', {}, 'private'],
    ['s3:x-amz-acl', { service: 'kms' }, undefined],
    ['s3:x-amz-content-sha256', {}, 'UNSIGNED-PAYLOAD'],
    ['s3:if-none-match', {}, '*'],
    ['acme:thing', {}, undefined],
  ])('%s with %j is %s', (key, change, value) => {
    expect(globalKey(facts(change), key)).toBe(value);
  });
});
