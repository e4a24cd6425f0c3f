/**
 * Rules into the session policies that storage enforces. Exact: the union of the sessions allows what `decide()` allows in the cone, and nothing else. What
 * can't be written exactly is refused, never widened and never silently narrowed.
 */
import { allows } from '@hq/shared/acl/actions';
import { decide } from '@hq/shared/acl/decide';
import type { AclLookup } from '@hq/shared/acl/rule';
import { HqError } from '@hq/shared/errors';
import { root, type Path } from '@hq/shared/path';
import type { EpochSeconds } from '@hq/shared/time';
import type { Vault } from '@hq/shared/vault';
import { boundariesOf, type Question, type Region } from './boundaries.ts';
import { emitSession, listable, maxPolicyLength, objectPattern, type Encryption } from './emit.ts';
import { createMeasure } from './measure.ts';
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
  const session = (group: readonly Region[]) => sessionFor(vault, access, encryption, group);
  const lengthOf = createMeasure(vault, access, encryption);
  // A lone region may do without its listing, as `sessionFor` writes it.
  const fits = (group: readonly Region[]) => lengthOf(group, group.length === 1 ? [] : listable(group)) <= maxPolicyLength;
  const room = { fits, shortestPath: objectPattern(vault, root).length, mayName: readable(input) };
  const sessions = splitIntoSessions(regions, room).map(session);
  return { sessions, notAfter };
}

/** Names are data too: a refusal tells the path of a rule to who may read there. */
function readable({ caller, records, now }: Question): (path: Path) => boolean {
  // Only a refusal asks, so the records are not sorted for a request that goes through.
  let lookup: AclLookup | undefined;
  return (path) => allows(decide(caller, (lookup ??= new Map(records.map((record) => [record.path, record]))), path, now).level, 'read');
}

/** One group of regions as a session. A listing is left out where a lone region's path is so long that it fits the policy once and not twice. */
function sessionFor(vault: Vault, access: 'read' | 'write', encryption: Encryption, group: readonly Region[]): CompiledSession {
  const paths = { allow: group.map(({ allow }) => allow), deny: group.flatMap(({ deny }) => deny) };
  const list = listable(group);
  const policy = emitSession(vault, access, encryption, group, list);
  if (policy.length <= maxPolicyLength) return { policy, ...paths, list };
  return { policy: emitSession(vault, access, encryption, group, []), ...paths, list: [] };
}
