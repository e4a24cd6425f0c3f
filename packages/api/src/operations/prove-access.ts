/** Compiles what someone would get, and proves it: one access, one cone. */
import { decide } from '@hq/shared/acl/decide';
import type { AclRecord, Caller } from '@hq/shared/acl/rule';
import { HqError, isHqError } from '@hq/shared/errors';
import { isInside, type Path } from '@hq/shared/path';
import type { EpochSeconds } from '@hq/shared/time';
import type { Vault } from '@hq/shared/vault';
import { boundariesOf, type Region } from '@hq/policy/boundaries';
import { compile, type Compiled } from '@hq/policy/compile';
import { prove } from '@hq/policy/prove';
import { createConcerns } from './concerning.ts';

export interface ProofQuestion {
  readonly vault: Vault;
  readonly caller: Caller;
  readonly records: readonly AclRecord[];
  readonly cone: Path;
  readonly access: 'read' | 'write';
  readonly now: EpochSeconds;
}

/** Comparisons of a key with a pattern that one proof may take: about a second's. */
const maxComparisons = 30_000_000;

/** What came of it; `counts` are for those who may know how much is hidden from others. @throws HqError `TOO_LARGE` for what would take too long. */
export function proveAccess(question: ProofQuestion) {
  const { vault, caller, records, cone, access, now } = question;
  const layers = layersOf(boundariesOf(question).regions);
  const compiled = compiledOrRefused(question);
  const nothing = { sizes: [], keys: 0, records: records.length, counterexample: null };
  if (typeof compiled === 'string') return { holds: null, refusal: compiled, sessions: 0, counts: { layers, ...nothing } };
  const { sessions } = compiled;
  const lookup = new Map(records.map((record) => [record.path, record]));
  // Records in which nothing is theirs change no answer of theirs.
  const boundaries = [...createConcerns(records)(caller).paths];
  refuseEndless([...boundaries, ...sessions.flatMap(({ allow, deny }) => [...allow, ...deny])], sessions);
  const { keys, counterexample } = prove({
    vault,
    cone,
    access,
    boundaries,
    levelAt: (path) => decide(caller, lookup, path, now).level,
    policies: sessions.map(({ policy }) => policy),
    list: sessions.flatMap(({ list }) => list),
  });
  const { action, key = null, decided, enforced } = counterexample ?? {};
  const counts = {
    layers,
    sizes: sessions.map(({ policy }) => policy.length),
    keys,
    records: records.length,
    counterexample: action === undefined || decided === undefined || enforced === undefined ? null : { action, key, decided, enforced },
  };
  return { holds: counterexample === undefined, refusal: null, sessions: sessions.length, counts };
}

function compiledOrRefused(question: ProofQuestion): Compiled | 'EMPTY_SCOPE' | 'SCOPE_TOO_LARGE' {
  try {
    return compile(question);
  } catch (error) {
    if (isHqError(error) && (error.code === 'EMPTY_SCOPE' || error.code === 'SCOPE_TOO_LARGE')) return error.code;
    throw error;
  }
}

function refuseEndless(boundaries: readonly Path[], sessions: Compiled['sessions']): void {
  const keys = 2 * boundaries.reduce((sum, path) => sum + path.length, 0);
  const patterns = sessions.reduce((sum, { allow, deny }) => sum + allow.length + deny.length, 0);
  if (keys * patterns <= maxComparisons) return;
  throw new HqError('TOO_LARGE', 'There are too many rules in this folder to prove all of it in one request.', {
    hint: 'Ask for the proof of a folder inside.',
  });
}

/** How many regions lie in one another at the deepest place. */
function layersOf(regions: readonly Region[]): number {
  // Outer regions come first, and each is in the last one before it that holds it.
  const chain: Path[] = [];
  let deepest = 0;
  for (const { allow } of regions) {
    while (chain.length > 0 && !isInside(allow, chain.at(-1) ?? allow)) chain.pop();
    chain.push(allow);
    deepest = Math.max(deepest, chain.length);
  }
  return deepest;
}
