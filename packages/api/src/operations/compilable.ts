/**
 * A change after which someone's access could not be written into storage sessions any more is refused before it is made: it would lock them out of folders
 * that the rules open to them.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { allows } from '@hq/shared/acl/actions';
import { decide } from '@hq/shared/acl/decide';
import type { Caller } from '@hq/shared/acl/rule';
import { HqError, isHqError } from '@hq/shared/errors';
import { root, type Path } from '@hq/shared/path';
import type { EpochSeconds } from '@hq/shared/time';
import type { Vault } from '@hq/shared/vault';
import { boundariesOf } from '@hq/policy/boundaries';
import { certainlyFits, regionsCertainlyFit } from '@hq/policy/certainly-fits';
import { compile } from '@hq/policy/compile';
import { createConcerns } from './concerning.ts';
import { callerOf, type OrganizationAccess } from '../stores/access.ts';
import type { StoredMember } from '../stores/membership.ts';

export interface CompilableChange {
  /** Undefined while the organization has no storage: then it has no rules either. */
  readonly vault: Vault | undefined;
  readonly before: OrganizationAccess;
  readonly after: OrganizationAccess;
  /** Ids of the people whose access the change may touch. Too many cost time and no more. */
  readonly affected: Iterable<string>;
  /** Who makes the change: a refusal names the rules that they may read. */
  readonly asker: Caller;
  readonly now: EpochSeconds;
}

/**
 * Compiles the whole vault for everyone concerned, once for all whom the same rules concern. A set that is too much already may be changed, as long as it does
 * not grow. Lets other requests go on in between.
 *
 * @throws HqError `SCOPE_TOO_LARGE`.
 */
export async function refuseUncompilable(change: CompilableChange): Promise<void> {
  const { vault, before, after } = change;
  if (vault === undefined) return;
  const now = recordsByPerson(after);
  let earlier: ReturnType<typeof recordsByPerson> | undefined;
  const known = new Set<string>();
  let looked = 0;
  for (const personId of change.affected) {
    if (++looked % peoplePerTurn === 0) await turn();
    const member = after.members.get(personId);
    // The rules of an organization's admins are one: everything.
    if (member === undefined || member.role === 'admin') continue;
    const { paths, personal, standing } = now.concern(member);
    if (!personal && known.has(standing)) continue;
    if (!personal) known.add(standing);
    if (certainlyFits(vault, paths)) continue;
    await turn();
    const was = before.members.get(personId);
    refuseIfGrown(change, vault, now.question(member), () => was && (earlier ??= recordsByPerson(before)).question(was));
  }
}

const peoplePerTurn = 200;

type Question = Pick<Parameters<typeof boundariesOf>[0], 'caller' | 'records'>;

/** What of an organization's records concerns a member. */
function recordsByPerson({ records, groups }: Pick<OrganizationAccess, 'records' | 'groups'>) {
  const concernOf = createConcerns(records.values());
  return {
    concern: (member: StoredMember) => concernOf(callerOf(member, groups)),
    question(member: StoredMember): Question {
      const caller = callerOf(member, groups);
      return { caller, records: [...concernOf(caller).paths].flatMap((path) => records.get(path) ?? []) };
    },
  };
}

function refuseIfGrown({ before, asker, now }: CompilableChange, vault: Vault, question: Question, earlier: () => Question | undefined): void {
  for (const access of ['read', 'write'] as const) {
    const whole = { cone: root, access, now };
    if (regionsCertainlyFit(vault, boundariesOf({ ...question, ...whole }).regions) || fits(() => compile({ ...question, ...whole, vault }))) continue;
    const old = earlier();
    const places = placesIn({ ...question, ...whole });
    const known = old === undefined ? new Set<Path>() : placesIn({ ...old, ...whole });
    if (places.size <= known.size && old !== undefined && !fits(() => compile({ ...old, ...whole, vault }))) continue;
    // What the change brings comes first.
    const ordered = [...places].toSorted((a, b) => Number(known.has(a)) - Number(known.has(b)));
    const named = ordered.filter((path) => allows(decide(asker, before.records, path, now).level, 'read'));
    throw new HqError('SCOPE_TOO_LARGE', 'With this change someone would have more access rules than storage sessions can hold.', {
      hint: 'Merge rules first: put what is shared alike into one folder, and people into groups.',
      details: { rules: named.slice(0, maxNamed), count: named.length },
    });
  }
}

/** Paths that a refusal names. */
const maxNamed = 50;

/** The paths at which access changes. */
function placesIn(question: Parameters<typeof boundariesOf>[0]): ReadonlySet<Path> {
  return new Set(boundariesOf(question).regions.flatMap(({ allow, deny }) => [allow, ...deny]));
}

/** False where it takes more sessions than there may be; nothing to compile is nothing that is too much. */
function fits(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch (error) {
    if (!isHqError(error) || (error.code !== 'SCOPE_TOO_LARGE' && error.code !== 'EMPTY_SCOPE')) throw error;
    return error.code === 'EMPTY_SCOPE';
  }
}
