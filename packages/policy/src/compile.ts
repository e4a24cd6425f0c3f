/**
 * Rules into the session policies that storage enforces. Exact: the union of the sessions allows what `decide()` allows in the cone, and nothing else. What
 * can't be written exactly is refused, never widened and never silently narrowed.
 */
import { HqError } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import type { EpochSeconds } from '@hq/shared/time';
import type { Vault } from '@hq/shared/vault';
import { boundariesOf, type Question, type Region } from './boundaries.ts';
import { emitSession, listable, maxPolicyLength, type Encryption } from './emit.ts';
import { splitIntoSessions } from './split.ts';

export interface CompileInput extends Question {
  readonly vault: Vault;
  /** Where the access is asked for: a folder, or a single file. */
  readonly cone: Path;
  /** `kms` unless a test runs against a storage engine that knows no KMS. */
  readonly encryption?: Encryption;
}

/** One session. A path belongs to the session with the longest of all `allow` paths that cover it. */
export interface CompiledSession {
  /** The inline session policy: the very bytes for STS, at most 2,048 characters. */
  readonly policy: string;
  readonly allow: readonly Path[];
  readonly deny: readonly Path[];
  /** The folders that storage itself lists under this session. */
  readonly list: readonly Path[];
}

export interface Compiled {
  /** 1 to 16. */
  readonly sessions: readonly CompiledSession[];
  /** A session must not outlive this second: an access that it holds ends there. Undefined where nothing in it ends. */
  readonly notAfter: EpochSeconds | undefined;
}

/**
 * The sessions for a cone.
 *
 * @throws HqError `EMPTY_SCOPE` where the caller has the access nowhere in the cone, `SCOPE_TOO_LARGE` where it takes more than 16 sessions.
 */
export function compile(input: CompileInput): Compiled {
  const { vault, access, encryption = 'kms' } = input;
  const { regions, notAfter } = boundariesOf(input);
  if (regions.length === 0) {
    throw new HqError('EMPTY_SCOPE', `There is nothing here that you may ${access}.`, { hint: 'Check the path, or ask an admin of the folder for access.' });
  }
  const emit = (group: readonly Region[]) => emitSession(vault, access, encryption, group);
  const sessions = splitIntoSessions(regions, (group) => emit(group).length <= maxPolicyLength).map((group) => ({
    policy: emit(group),
    allow: group.map((region) => region.allow),
    deny: group.flatMap((region) => region.deny),
    list: listable(group),
  }));
  return { sessions, notAfter };
}
