/**
 * The one decision about access: what a caller may do at a path. Everything else (files, credentials, sharing, secrets, sync) asks this function, or the
 * policies that `@hq/policy` compiles from it.
 *
 * Two consequences of the rules below that the compiler leans on:
 * - the answer at a path is the answer at the deepest record at or above it, so the paths of records are the only places where an answer changes;
 * - until the rule that decides expires, no other rule's expiry takes anything away.
 */
import type { Role } from '../roles.ts';
import type { EpochSeconds } from '../time.ts';
import type { Path } from '../path.ts';
import { compareLevels, type AclLookup, type AclRecord, type Caller, type Level, type Rule } from './rule.ts';

/** The rule or the fact that decided, before any ceiling. */
export type Fact =
  /** No active tie to the vault: `none`. */
  | { readonly kind: 'not-a-member' }
  /** Admin of the organization that owns the vault: `admin`. */
  | { readonly kind: 'organization-admin' }
  /** Owner of a personal vault: `admin`. */
  | { readonly kind: 'owner' }
  /** The rule that won at the longest path with a live rule for this caller. */
  | { readonly kind: 'rule'; readonly path: Path; readonly rule: Rule }
  /** The caller created what is at this path: `admin`, whatever the rules at the same path say. */
  | { readonly kind: 'creator'; readonly path: Path }
  /** The record at this path is open to every member: `read`. */
  | { readonly kind: 'open'; readonly path: Path }
  /** Nothing matched: `none`. */
  | { readonly kind: 'no-rule' };

/** What a ceiling took away. Absent where none did. */
export interface Ceiling {
  /** The ceiling that lowered the level last: the role first, the credential after it. */
  readonly cappedBy?: 'role' | 'credential';
  /** The level before any ceiling. */
  readonly uncapped?: Level;
}

export type Because = Fact & Ceiling;

export interface Decision {
  readonly level: Level;
  readonly because: Because;
}

/** The most that rules can give a member in a role; undefined where the role is no ceiling. */
const roleCeiling: Readonly<Record<Role, Level | undefined>> = { admin: undefined, contributor: undefined, 'read-only': 'read' };

const notAMember: Decision = { level: 'none', because: { kind: 'not-a-member' } };
const organizationAdmin: Decision = { level: 'admin', because: { kind: 'organization-admin' } };
const owner: Decision = { level: 'admin', because: { kind: 'owner' } };
const noRule: Decision = { level: 'none', because: { kind: 'no-rule' } };

/**
 * The level a caller has at a path, and why. Total and pure; at most one lookup for the path and for each folder above it.
 *
 * 1. Who is no active member has `none`. 2. The owner of a personal vault and an organization's admin have `admin`, and no rule takes it from them.
 * 3. Of the records at the path and in the folders above it, those count that hold a live rule for the caller, or that the caller created. A rule is live
 *    while `now < expiresAt`; a record whose rules have all expired, or are for others, neither gives nor hides anything.
 * 4. The longest path among them decides alone, even where a shorter one gives more.
 * 5. At that path: the creator has `admin`, also against a carve-out at that very path; otherwise rules for the person or their address outrank rules for
 *    their groups, which outrank rules for the whole organization. Within the class that wins, `none` wins, otherwise the highest level.
 * 6. The deepest `open` record at or above the path is a floor of `read`. Records that are not open in between don't close it: only a decision of `none`
 *    at a path strictly deeper than the open record does.
 * 7. The role is a ceiling (`read-only`: `read`), and so is the credential (`caller.cap`); `none` as a cap leaves nothing.
 * 8. With no deciding record and no open one: `none`.
 */
export function decide(caller: Caller, records: AclLookup, path: Path, now: EpochSeconds): Decision {
  const { standing } = caller;
  if (standing.kind === 'none') return notAMember;
  if (standing.kind === 'owner') return lower(owner, owner, caller.cap, 'credential');
  if (standing.role === 'admin') return lower(organizationAdmin, organizationAdmin, caller.cap, 'credential');
  const byRules = fromRecords(caller, records, path, now);
  const byRole = lower(byRules, byRules, roleCeiling[standing.role], 'role');
  return lower(byRules, byRole, caller.cap, 'credential');
}

/** Steps 3 to 6 and 8. Walking up, the first record that decides ends the walk: an open record above it can change nothing any more. */
function fromRecords(caller: Caller, records: AclLookup, path: Path, now: EpochSeconds): Decision {
  let open: Path | undefined;
  for (let length = path.length; ; length = length === 1 ? 0 : path.lastIndexOf('/', length - 2) + 1) {
    const at = (length === path.length ? path : path.slice(0, length)) as Path;
    const record = records.get(at);
    if (record !== undefined) {
      if (record.open) open ??= at;
      const decision = atRecord(caller, record, at, now);
      if (decision !== undefined) return decision.level === 'none' && open !== undefined ? openAt(open) : decision;
    }
    if (length === 0) return open === undefined ? noRule : openAt(open);
  }
}

function openAt(path: Path): Decision {
  return { level: 'read', because: { kind: 'open', path } };
}

/** Steps 3 and 5 at one path; undefined where nothing in the record is for the caller. */
function atRecord(caller: Caller, record: AclRecord, path: Path, now: EpochSeconds): Decision | undefined {
  if (record.createdBy === caller.personId) return { level: 'admin', because: { kind: 'creator', path } };
  let best: Rule | undefined;
  let bestClass = 0;
  for (const rule of record.rules) {
    if (!isLive(rule, now)) continue;
    const specificity = matches(caller, rule);
    if (specificity === 0 || specificity < bestClass) continue;
    if (best === undefined || specificity > bestClass || outranks(rule, best)) {
      best = rule;
      bestClass = specificity;
    }
  }
  return best === undefined ? undefined : { level: best.level, because: { kind: 'rule', path, rule: best } };
}

/** True while a rule counts: until the second in which it ends. */
export function isLive({ expiresAt }: Rule, now: EpochSeconds): boolean {
  return expiresAt === undefined || now < expiresAt;
}

/** How closely a rule names the caller: 3 person or address, 2 group, 1 everyone, 0 not at all. */
export function matches(caller: Caller, { grantee }: Rule): 0 | 1 | 2 | 3 {
  if (grantee.kind === 'person') return grantee.id === caller.personId ? 3 : 0;
  if (grantee.kind === 'email') return grantee.email === caller.email ? 3 : 0;
  if (grantee.kind === 'group') return caller.groups.has(grantee.id) ? 2 : 0;
  return 1;
}

/**
 * True when `a` is the deciding one of two live rules of the same class at the same path. Rules of equal level are told apart by the later expiry (so that
 * `because` holds as long as the answer does) and then by name, so that the order in which they are stored never shows.
 */
function outranks(a: Rule, b: Rule): boolean {
  if (a.level !== b.level) return a.level === 'none' || (b.level !== 'none' && compareLevels(a.level, b.level) > 0);
  const aEnd = a.expiresAt ?? Number.POSITIVE_INFINITY;
  const bEnd = b.expiresAt ?? Number.POSITIVE_INFINITY;
  return aEnd === bEnd ? nameOfGrantee(a) < nameOfGrantee(b) : aEnd > bEnd;
}

/** Tells the grantees of one class that match one caller apart: several groups, or the address and the person. */
function nameOfGrantee({ grantee }: Rule): string {
  return grantee.kind === 'group' ? grantee.id : grantee.kind;
}

/** Step 7: `decision` under one ceiling; `before` is the decision under none. */
function lower(before: Decision, decision: Decision, ceiling: Level | undefined, cappedBy: 'role' | 'credential'): Decision {
  if (ceiling === undefined || compareLevels(decision.level, ceiling) <= 0) return decision;
  return { level: ceiling, because: { ...before.because, cappedBy, uncapped: before.level } };
}
