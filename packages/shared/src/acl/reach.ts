/** Who can reach a path: everyone's decision at once, at a cost that follows what the rules name and not people times rules. */
import { selfAndAncestors, type Path } from '../path.ts';
import type { Role } from '../roles.ts';
import type { EpochSeconds } from '../time.ts';
import { decide, type Decision } from './decide.ts';
import { createRuleIndex, namedGroups, ownShares, viewOf } from './index-of-rules.ts';
import type { AclLookup, AclRecord, Caller } from './rule.ts';

/** An active member of an organization, as far as rules care. */
export interface Member {
  readonly personId: string;
  /** The address that e-mail rules match: the one the member joined with. */
  readonly email?: string;
  readonly role: Role;
  /** Ids of all groups the person is in, nested ones unfolded. */
  readonly groups: ReadonlySet<string>;
}

export interface Reached {
  readonly member: Member;
  readonly decision: Decision;
}

/** The member as `decide()` knows callers: signed in oneself, with no credential as a ceiling. */
export function callerOf({ personId, email, role, groups }: Member): Caller {
  return { personId, ...(email === undefined ? {} : { email }), groups, standing: { kind: 'member', role } };
}

/**
 * Every member with their decision at the path, in the order given; also those who have nothing there. Who is named by no rule shares an answer with all of the
 * same role and the same groups.
 */
export function reach(members: readonly Member[], records: AclLookup, path: Path, now: EpochSeconds): readonly Reached[] {
  const chain = selfAndAncestors(path);
  const index = createRuleIndex(
    chain.flatMap((at) => records.get(at) ?? []),
    now,
  );
  const interned = internedBy(chain);
  const shared = new Map<string, Decision>();
  return members.map((member) => {
    const groups = namedGroups(index, member);
    const own = ownShares(index, member);
    const standing = JSON.stringify([member.role, groups]);
    const known = own.length === 0 ? shared.get(standing) : undefined;
    const decision = known ?? decide(callerOf(member), interned(viewOf(index, groups, own)), path, now);
    if (own.length === 0) shared.set(standing, decision);
    return { member, decision };
  });
}

/**
 * Lookups by the very strings of a chain of folders. `decide()` asks with a new string for each folder, whose hash would be worked out anew for each of thousands
 * of people; of all it can ask for below one path, the length tells which it is.
 */
function internedBy(chain: readonly Path[]): (lookup: AclLookup) => AclLookup {
  const byLength: Path[] = [];
  for (const at of chain) byLength[at.length] = at;
  return (lookup) => ({
    get(asked): AclRecord | undefined {
      const at = byLength[asked.length];
      return at === undefined ? undefined : lookup.get(at);
    },
  });
}
