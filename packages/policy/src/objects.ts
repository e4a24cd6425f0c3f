/**
 * The session under which the API itself touches single objects: a copy reads one and writes another, a move also removes the first. Cones and layers have no
 * part in it, since each object has been decided by itself.
 */
import { HqError } from '@hq/shared/errors';
import { isFolder, type Path } from '@hq/shared/path';
import type { Vault } from '@hq/shared/vault';
import { oneOrMany, type Statement } from './document.ts';
import { keyActions, maxPolicyLength, objectActions, objectPattern, type Encryption } from './emit.ts';
import { policyText } from './escape.ts';

export interface ObjectsInput {
  readonly vault: Vault;
  /** Files that the caller may read. */
  readonly read: readonly Path[];
  /** Files that the caller may write. */
  readonly write: readonly Path[];
  readonly encryption?: Encryption;
}

/**
 * A session policy for exactly these files. Whoever asks has asked `decide()` for each of them before: it is not asked here.
 *
 * @throws HqError `EMPTY_SCOPE` without a file, `SCOPE_TOO_LARGE` where their names don't fit, `INTERNAL` for a folder.
 */
export function compileObjects({ vault, read, write, encryption = 'kms' }: ObjectsInput): string {
  const files = [...read, ...write];
  if (files.length === 0) throw new HqError('EMPTY_SCOPE', 'No file was named.');
  if (files.some(isFolder)) throw new HqError('INTERNAL', 'Something went wrong on our side.', { cause: new Error('a folder among single objects') });
  const access = write.length > 0 ? 'write' : 'read';
  const statements: Statement[] = [];
  if (read.length > 0) statements.push({ Effect: 'Allow', Action: objectActions.read, Resource: oneOrMany(read.map((path) => objectPattern(vault, path))) });
  if (write.length > 0) statements.push({ Effect: 'Allow', Action: objectActions.write, Resource: oneOrMany(write.map((path) => objectPattern(vault, path))) });
  if (encryption === 'kms') statements.push({ Effect: 'Allow', Action: oneOrMany(keyActions[access]), Resource: vault.kmsKeyArn });
  const policy = policyText({ Version: '2012-10-17', Statement: statements });
  if (policy.length <= maxPolicyLength) return policy;
  throw new HqError('SCOPE_TOO_LARGE', 'These names are too long to write them into a storage session.', {
    hint: 'Use shorter folder or file names; a character outside Latin-1 counts six times.',
    details: { rules: files, count: files.length },
  });
}
