/**
 * Rules by whom they are for, so that each person is judged on theirs alone. The index only leaves out what can't matter to someone (rules for others, and who
 * created what they didn't); what the rest means is for `decide()` to say.
 */
import { compareBytes, type Path } from '../path.ts';
import type { AclLookup, AclRecord, Rule } from './rule.ts';

/** What the index has to know of a person. */
export interface Indexed {
  readonly personId: string;
  readonly email?: string;
  readonly role: string;
  readonly groups: ReadonlySet<string>;
}

/** What is for someone at one path. */
interface Share {
  readonly rules: Rule[];
  createdBy?: string;
}

/** What is for someone, by path. */
export type Shares = ReadonlyMap<Path, Readonly<Share>>;

/** The one answer for who is named nowhere: compare by identity. */
export const nothingOwn: Shares = new Map();

export interface RuleIndex {
  /** What is for everybody: rules for the whole organization, and what is open. Records without either are not in it. */
  readonly everyones: ReadonlyMap<Path, AclRecord>;
  /** The groups of a person that rules name, in a fixed order, and a key that is equal for people who share role and such groups. */
  standingOf(person: Indexed): { readonly key: string; readonly groups: readonly string[] };
  /** What is for the members of these groups. */
  ofGroups(groups: readonly string[]): Shares;
  /** What is for the person alone: by id, by address, or because they created it; `nothingOwn` where there is nothing. */
  own(person: Indexed): Shares;
}

/** Indexes records in one pass. Of two records at one path the last counts. */
export function createRuleIndex(records: Iterable<AclRecord>): RuleIndex {
  const everyones = new Map<Path, AclRecord>();
  const groups = new Map<string, Map<Path, Share>>();
  const people = new Map<string, Map<Path, Share>>();
  const addresses = new Map<string, Map<Path, Share>>();
  for (const { path, rules, createdBy, open, version } of records) {
    const forAll: Rule[] = [];
    for (const rule of rules) {
      const { grantee } = rule;
      if (grantee.kind === 'org') forAll.push(rule);
      else if (grantee.kind === 'group') shareAt(groups, grantee.id, path).rules.push(rule);
      else if (grantee.kind === 'person') shareAt(people, grantee.id, path).rules.push(rule);
      else shareAt(addresses, grantee.email, path).rules.push(rule);
    }
    if (createdBy !== undefined) shareAt(people, createdBy, path).createdBy = createdBy;
    if (open || forAll.length > 0) everyones.set(path, { path, rules: forAll, open, version });
  }
  return {
    everyones,
    standingOf({ role, groups: held }) {
      const named = [...held].filter((group) => groups.has(group)).toSorted(compareBytes);
      return { key: JSON.stringify([role, ...named]), groups: named };
    },
    ofGroups: (named) => together(named.map((group) => groups.get(group))),
    own: ({ personId, email }) => together([people.get(personId), email === undefined ? undefined : addresses.get(email)]),
  };
}

/** `base` with someone's shares on top. */
export function overlay(base: AclLookup, shares: Shares): AclLookup {
  if (shares.size === 0) return base;
  return {
    get(path) {
      const record = base.get(path);
      const share = shares.get(path);
      if (share === undefined) return record;
      if (record === undefined) return { path, open: false, version: 1, ...share };
      return { ...record, ...share, rules: [...record.rules, ...share.rules] };
    },
  };
}

function shareAt(all: Map<string, Map<Path, Share>>, name: string, path: Path): Share {
  let shares = all.get(name);
  if (shares === undefined) all.set(name, (shares = new Map()));
  let share = shares.get(path);
  if (share === undefined) shares.set(path, (share = { rules: [] }));
  return share;
}

function together(all: readonly (Shares | undefined)[]): Shares {
  const some = all.filter((shares) => shares !== undefined);
  const [first, ...others] = some;
  if (first === undefined) return nothingOwn;
  if (others.length === 0) return first;
  const joined = new Map<Path, Share>();
  for (const [path, { rules, createdBy }] of some.flatMap((shares) => [...shares])) {
    const known = joined.get(path);
    const creator = createdBy ?? known?.createdBy;
    joined.set(path, { rules: [...(known?.rules ?? []), ...rules], ...(creator === undefined ? {} : { createdBy: creator }) });
  }
  return joined;
}
