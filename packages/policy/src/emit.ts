/** Regions as the bytes of one session policy. Byte for byte what STS gets; `read.ts` judges it again without sharing a line with this file. */
import { isFolder, type Path } from '@hq/shared/path';
import type { Vault } from '@hq/shared/vault';
import { oneOrMany, type Statement } from './document.ts';
import { escapeLiteral, policyText } from './escape.ts';
import type { Region } from './boundaries.ts';

/** STS refuses a longer inline session policy. */
export const maxPolicyLength = 2048;

/** `none` is for storage engines in tests that know no KMS. */
export type Encryption = 'kms' | 'none';

const readObjects = ['s3:GetObject', 's3:GetObjectVersion'];
const writeObjects = [...readObjects, 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'];

/** By access. Exact actions: a name that AWS adds tomorrow is not granted today. */
export const objectActions = { read: readObjects, write: writeObjects } as const;
export const keyActions = { read: ['kms:Decrypt'], write: ['kms:Decrypt', 'kms:GenerateDataKey'] } as const;

/** The regions of a session that storage may list: folders allowed whole. Where something is carved out, names would leak. */
export function listable(regions: readonly Region[]): Path[] {
  return regions.filter(({ allow, deny }) => deny.length === 0 && isFolder(allow)).map(({ allow }) => allow);
}

/** The policy of a session that allows exactly these regions, of which none lies inside another, and that lists these folders. */
export function emitSession(vault: Vault, access: 'read' | 'write', encryption: Encryption, regions: readonly Region[], list: readonly Path[]): string {
  const allow = regions.map((region) => objectPattern(vault, region.allow));
  const deny = regions.flatMap((region) => region.deny.map((path) => objectPattern(vault, path)));
  const statements: Statement[] = [{ Effect: 'Allow', Action: objectActions[access], Resource: oneOrMany(allow) }];
  if (deny.length > 0) statements.push({ Effect: 'Deny', Action: objectActions[access], Resource: oneOrMany(deny) });
  if (encryption === 'kms') statements.push({ Effect: 'Allow', Action: oneOrMany(keyActions[access]), Resource: vault.kmsKeyArn });
  if (list.length > 0) statements.push(listStatement(vault, list, ['s3:ListBucket']));
  return policyText({ Version: '2012-10-17', Statement: statements });
}

/**
 * Permission to list folders. `StringLike` on a present prefix only: `…IfExists` and `StringNotLike` would also allow a request that names no prefix at all.
 * A vault that is a whole bucket is listed without a condition: every name in it is the caller's to see, with or without a prefix.
 */
export function listStatement(vault: Vault, folders: readonly Path[], actions: readonly string[]): Statement {
  const statement = { Effect: 'Allow', Action: oneOrMany(actions), Resource: `arn:aws:s3:::${vault.bucket}` } as const;
  if (folders.some((folder) => vault.keyPrefix + folder === '')) return statement;
  return { ...statement, Condition: { StringLike: { 's3:prefix': oneOrMany(folders.map((folder) => listPattern(vault, folder))) } } };
}

/** The prefixes with which a folder, and all below it, may be listed. */
export function listPattern(vault: Vault, folder: Path): string {
  return `${escapeLiteral(vault.keyPrefix + folder)}*`;
}

/** A folder as everything under it, a file as itself. The folder's slash is what keeps `team/` from `team-secret`. */
export function objectPattern(vault: Vault, path: Path): string {
  return `arn:aws:s3:::${vault.bucket}/${escapeLiteral(vault.keyPrefix + path)}${isFolder(path) ? '*' : ''}`;
}
