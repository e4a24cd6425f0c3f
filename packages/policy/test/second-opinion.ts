/** What `decide()` says of a rule set, and whether the independent evaluator finds the same in the bytes of its sessions. Nothing here comes from the compiler. */
import { allows } from '@hq/shared/acl/actions';
import { decide } from '@hq/shared/acl/decide';
import { isInside, type Path } from '@hq/shared/path';
import type { Vault } from '@hq/shared/vault';
import type { Question } from '../src/boundaries.ts';
import type { CompiledSession } from '../src/compile.ts';
import { iamDocument, isAllowed, type IamDocument } from './iam-evaluator.ts';

export interface Asked extends Question {
  readonly vault: Vault;
}

type Session = Pick<CompiledSession, 'policy' | 'allow' | 'list'>;

/** What `decide()` allows in the cone. */
export function decisionOf(asked: Asked, at = asked.now): (path: Path) => boolean {
  const lookup = new Map(asked.records.map((record) => [record.path, record]));
  return (path) => isInside(path, asked.cone) && allows(decide(asked.caller, lookup, path, at).level, asked.access);
}

export function placesOf({ cone, records }: Asked): Path[] {
  return [cone, ...records.map((record) => record.path)].filter((path) => isInside(path, cone));
}

/**
 * Every beginning of every boundary, and each with a character that is in none (see `prove.ts`, from which nothing is taken here); and the names that a
 * boundary would match if its special characters were alive.
 */
export function keysAround({ vault, cone, records }: Asked): string[] {
  const keys = new Set<string>(['\ue123']);
  for (const path of [cone, ...records.map((record) => record.path)]) {
    let beginning = '';
    for (const character of vault.keyPrefix + path) {
      beginning += character;
      keys.add(beginning).add(`${beginning}\ue123`);
    }
    if (/[*?$]/.test(path)) keys.add(vault.keyPrefix + path.replaceAll(/\$\{[^}]*\}|[*?$]/g, '\ue123')).add(vault.keyPrefix + path.replaceAll('*', 'n/m'));
  }
  return [...keys];
}

/** The independent evaluator's opinion: the first key on which it differs, or nothing. */
export function secondOpinion(asked: Asked, sessions: readonly Session[]): string | undefined {
  const { vault, access } = asked;
  const documents = sessions.map(({ policy }) => iamDocument(policy));
  const allowedAt = decisionOf(asked);
  const keys = keysAround(asked);
  const denied: string[] = [];
  for (const key of keys) {
    const path = key.slice(vault.keyPrefix.length) as Path;
    const decided = key.startsWith(vault.keyPrefix) && allowedAt(path);
    if (!decided) denied.push(key);
    for (const [action, expected] of [
      ['s3:GetObject', decided],
      ['s3:PutObject', decided && access === 'write'],
    ] as const) {
      const allowed = (bucket: string) => documents.some((document) => isAllowed([document], { action, resource: `arn:aws:s3:::${bucket}/${key}` }));
      if (allowed(vault.bucket) !== expected) return `${action} ${JSON.stringify(key)}: decided ${expected}`;
      if (allowed('another-bucket')) return `${action} ${JSON.stringify(key)} in another bucket`;
    }
    if (decided && !isAllowed([routeOf(path, documents, sessions)], { action: 's3:GetObject', resource: `arn:aws:s3:::${vault.bucket}/${key}` }))
      return `the session with the longest covering path refuses ${JSON.stringify(key)}`;
  }
  return listingFlaw(vault, documents, sessions, keys, denied);
}

/** Nothing hidden is ever listed, and each session lists all that it says it lists. */
function listingFlaw(vault: Vault, documents: readonly IamDocument[], sessions: readonly Session[], keys: readonly string[], denied: readonly string[]) {
  const lists = (document: IamDocument, prefix: string | undefined) =>
    isAllowed([document], {
      action: 's3:ListBucket',
      resource: `arn:aws:s3:::${vault.bucket}`,
      context: prefix === undefined ? {} : { 's3:prefix': prefix },
    });
  for (const prefix of [undefined, ...keys]) {
    if (!documents.some((document) => lists(document, prefix))) continue;
    const leaked = denied.find((key) => key.startsWith(prefix ?? ''));
    if (leaked !== undefined) return `listing ${JSON.stringify(prefix)} shows ${JSON.stringify(leaked)}`;
  }
  for (const [index, document] of documents.entries()) {
    const folder = sessions[index]?.list.find((listed) => !lists(document, vault.keyPrefix + listed));
    if (folder !== undefined) return `${JSON.stringify(folder)} is said to be listed, and is not`;
  }
  return undefined;
}

function routeOf(path: Path, documents: readonly IamDocument[], sessions: readonly Session[]): IamDocument {
  const longest = sessions.map(({ allow }) => Math.max(-1, ...allow.filter((cone) => isInside(path, cone)).map((cone) => cone.length)));
  const document = documents[longest.indexOf(Math.max(...longest))];
  if (document === undefined) throw new Error('no session');
  return document;
}
