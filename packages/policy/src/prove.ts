/**
 * Do these session policies allow exactly what was decided? A complete check, not a sample.
 *
 * Every pattern in a policy that `read.ts` passes is a literal, or a literal followed by `*`, and every rule's path is a literal or a folder. So the answer at a
 * key, on both sides, depends only on the longest beginning it shares with one of these boundary strings, and on whether it goes on from there. For every
 * beginning `t` of every boundary it is enough to ask at `t` and at `t` with one more character that occurs in no boundary: linear in their lengths.
 */
import { allows } from '@hq/shared/acl/actions';
import type { Level } from '@hq/shared/acl/rule';
import { isInside, type Path } from '@hq/shared/path';
import type { Vault } from '@hq/shared/vault';
import { readSessionPolicy, type Fact } from './read.ts';
import { matchesPattern } from './read-pattern.ts';

export interface Claim {
  readonly vault: Vault;
  readonly cone: Path;
  readonly access: 'read' | 'write';
  /** The paths at which the answer may change: those of all records. */
  readonly boundaries: readonly Path[];
  /** What was decided at a path. */
  readonly levelAt: (path: Path) => Level;
  /** The policies of all sessions for the cone, as bytes. */
  readonly policies: readonly string[];
  /** The folders that the sessions are said to list. */
  readonly list: readonly Path[];
}

export interface Counterexample {
  readonly action: string;
  /** The key, or the prefix of a listing (undefined: a listing without one). */
  readonly key: string | undefined;
  readonly decided: boolean;
  readonly enforced: boolean;
}

export interface Proof {
  /** Keys at which both sides were asked. */
  readonly keys: number;
  readonly counterexample: Counterexample | undefined;
}

const readActions = ['s3:GetObject', 's3:GetObjectVersion'];
const writeActions = ['s3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'];

/** @throws HqError `INTERNAL` where a policy is one that `checkSessionPolicy` refuses. */
export function prove(claim: Claim): Proof {
  const sessions = claim.policies.map((bytes) => readSessionPolicy(bytes, claim.vault));
  const keys = testKeys(claim, sessions);
  const decided = new Map(keys.map((key) => [key, decidedAt(claim, key)]));
  return { keys: keys.length, counterexample: objectsDiffer(claim, sessions, decided) ?? listsDiffer(claim, sessions, decided) };
}

function decidedAt({ vault, cone, access, levelAt }: Claim, key: string): boolean {
  if (!key.startsWith(vault.keyPrefix)) return false;
  // Beginnings of paths are asked for as if they were paths: `decide()` is total, and a key in storage may have any name.
  const path = key.slice(vault.keyPrefix.length) as Path;
  return isInside(path, cone) && allows(levelAt(path), access);
}

function testKeys({ vault, cone, boundaries }: Claim, sessions: readonly (readonly Fact[])[]): string[] {
  const patterns = sessions.flatMap((facts) =>
    facts.flatMap((fact) => (fact.kind === 'objects' ? fact.keys : fact.kind === 'list' ? (fact.prefixes ?? []) : [])),
  );
  const strings = new Set([cone, ...boundaries].map((path) => vault.keyPrefix + path).concat(patterns.map(({ literal }) => literal)));
  const fresh = freshCharacter([...strings].join(''));
  const keys = new Set([fresh]);
  for (const text of strings) {
    let beginning = '';
    for (const character of text) {
      beginning += character;
      keys.add(beginning);
      keys.add(beginning + fresh);
    }
  }
  return [...keys];
}

/** A character (of Unicode's private use area, plain to every side) that a text doesn't hold. */
function freshCharacter(text: string): string {
  let code = 0xe000;
  while (text.includes(String.fromCharCode(code))) code++;
  return String.fromCharCode(code);
}

function objectsDiffer({ access }: Claim, sessions: readonly (readonly Fact[])[], decided: ReadonlyMap<string, boolean>): Counterexample | undefined {
  for (const action of [...readActions, ...writeActions]) {
    const granted = access === 'write' || readActions.includes(action);
    const relevant = sessions.map((facts) => facts.filter((fact) => fact.kind === 'objects' && fact.actions.includes(action)));
    for (const [key, yes] of decided) {
      const enforced = relevant.some((facts) => enforcedAt(facts, key));
      if (enforced !== (granted && yes)) return { action, key, decided: granted && yes, enforced };
    }
  }
  return undefined;
}

/** IAM: allowed by some statement and denied by none. */
function enforcedAt(facts: readonly Fact[], key: string): boolean {
  let allowed = false;
  for (const fact of facts) {
    if (fact.kind !== 'objects' || !fact.keys.some((pattern) => matchesPattern(pattern, key))) continue;
    if (fact.effect === 'Deny') return false;
    allowed = true;
  }
  return allowed;
}

/** A listing shows all names that start with its prefix, so every one of them has to be allowed. What is said to be listed has to be. */
function listsDiffer({ vault, list }: Claim, sessions: readonly (readonly Fact[])[], decided: ReadonlyMap<string, boolean>): Counterexample | undefined {
  const facts = sessions.flatMap((session) => session.filter((fact) => fact.kind === 'list'));
  const denied = [...decided].filter(([, yes]) => !yes).map(([key]) => key);
  const promised = new Set(list.map((folder) => vault.keyPrefix + folder));
  for (const key of [undefined, ...decided.keys(), ...promised]) {
    const enforced = facts.filter(({ prefixes }) => prefixes === undefined || (key !== undefined && prefixes.some((pattern) => matchesPattern(pattern, key))));
    const actions = new Set(enforced.flatMap((fact) => fact.actions));
    const wrong = [...actions].find((action) => action !== 's3:ListBucket' || denied.some((hidden) => hidden.startsWith(key ?? '')));
    if (wrong !== undefined) return { action: wrong, key, decided: false, enforced: true };
    if (key !== undefined && promised.has(key) && !actions.has('s3:ListBucket')) return { action: 's3:ListBucket', key, decided: true, enforced: false };
  }
  return undefined;
}
