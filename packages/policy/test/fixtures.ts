/** Vaults, callers and records that several tests speak about. */
import type { AclRecord, Caller, Grantee, Level } from '@hq/shared/acl/rule';
import { canonicalPath, type Path } from '@hq/shared/path';
import type { Vault } from '@hq/shared/vault';
import type { Deployment } from '../src/deployment.ts';

const personId = '0b6f1a9e-3f0d-4c0e-9d67-0d2c6c7f8a11';
const organizationId = 'cmp_3v7x0000000000000000000000';
const key = (n: number) => `arn:aws:kms:us-east-1:000000000000:key/${String(n).repeat(8)}-1111-4111-8111-111111111111`;

export const acme: Vault = {
  id: organizationId,
  kind: 'organization',
  bucket: `hq-vault-${organizationId.replace('_', '-')}`,
  keyPrefix: '',
  kmsKeyArn: key(1),
  secretPrefix: `/hq/${organizationId}/`,
  region: 'us-east-1',
};

export const personal: Vault = {
  id: `usr_${personId}`,
  kind: 'personal',
  bucket: 'hq-vault-personal',
  keyPrefix: `users/${personId}/hq/`,
  kmsKeyArn: key(2),
  secretPrefix: `/hq/users/${personId}/`,
  region: 'us-east-1',
};

export const deployment: Deployment = {
  accountId: '000000000000',
  region: 'us-east-1',
  vaultRoleArn: 'arn:aws:iam::000000000000:role/hq-vault',
  brokerArn: 'arn:aws:iam::000000000000:user/hq-broker',
  personalBucket: personal.bucket,
};

/** A plain member of the organization. */
export const member: Caller = { personId, email: 'ada@example.com', groups: new Set(), standing: { kind: 'member', role: 'contributor' } };

export const path = (text: string): Path => canonicalPath(text);
export const everyone: Grantee = { kind: 'org' };

/** A record with one rule for the whole organization. */
export function forAll(at: string, level: Level): AclRecord {
  return { path: path(at), rules: [{ grantee: everyone, level }], open: false, version: 1 };
}
