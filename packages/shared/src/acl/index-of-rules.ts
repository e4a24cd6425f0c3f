/**
 * Rules by whom they are for, so that each person is judged on theirs alone. The index only leaves out what can't matter to someone (rules for others, who
 * created what they didn't, and of several rules for one grantee at one path all but the one that counts); what the rest means is for `decide()` to say.
 */
import { root, type Path } from '../path.ts';
import type { EpochSeconds } from '../time.ts';
import { decide } from './decide.ts';
import type { AclLookup, AclRecord, Caller, Grantee, Rule } from './rule.ts';

/** What is for someone at one path: at most one rule for each grantee. */
export interface Share {
  readonly rules: readonly Rule[];
  readonly createdBy?: string;
}

/** What is for someone, by path. */
export type Shares = ReadonlyMap<Path, Share>;

export interface RuleIndex {
  /** What is for everybody: rules for the whole organization, and what is open. Records without either are not in it. */
  readonly everyones: ReadonlyMap<Path, AclRecord>;
  readonly groups: ReadonlyMap<string, Shares>;
  /** By person: rules that name them, and what they created. */
  readonly people: ReadonlyMap<string, Shares>;
  readonly addresses: ReadonlyMap<string, Shares>;
}

/** Indexes records in one pass. Of two records at one path the last counts. */
export function createRuleIndex(records: Iterable<AclRecord>, now: EpochSeconds): RuleIndex {
  const everyones = new Map<Path, AclRecord>();
  const groups = new Map<string, Map<Path, Share>>();
  const people = new Map<string, Map<Path, Share>>();
  const addresses = new Map<string, Map<Path, Share>>();
  for (const { path, rules, createdBy, open, version } of records) {
    const forAll: Rule[] = [];
    for (const rule of rules) {
      const { grantee } = rule;
      if (grantee.kind === 'org') forAll.push(rule);
      else if (grantee.kind === 'group') give(groups, grantee.id, path, rule, now);
      else if (grantee.kind === 'person') give(people, grantee.id, path, rule, now);
      else give(addresses, grantee.email, path, rule, now);
    }
    if (createdBy !== undefined) {
      const shares = sharesOf(people, createdBy);
      shares.set(path, { rules: shares.get(path)?.rules ?? [], createdBy });
    }
    if (open || forAll.length > 0) everyones.set(path, { path, rules: strongest(forAll, now), open, version });
  }
  return { everyones, groups, people, addresses };
}

/** The groups of a person that rules name, in a fixed order. */
export function namedGroups(index: RuleIndex, person: Pick<Caller, 'groups'>): readonly string[] {
  return [...person.groups].filter((group) => index.groups.has(group)).toSorted();
}

/** What is for a person alone: by id and by address. */
export function ownShares(index: RuleIndex, { personId, email }: Pick<Caller, 'personId' | 'email'>): readonly Shares[] {
  return [index.people.get(personId), email === undefined ? undefined : index.addresses.get(email)].filter((shares) => shares !== undefined);
}

/** What is for everybody and what is for someone, as records without the rules of others. */
export function viewOf({ everyones, groups }: RuleIndex, named: readonly string[], own: readonly Shares[]): AclLookup {
  const all = [...named.flatMap((group) => groups.get(group) ?? []), ...own];
  return all.length === 0 ? everyones : { get: (path) => merged(path, everyones.get(path), all) };
}

/** One record out of what is for everybody and what is for someone. */
function merged(path: Path, forAll: AclRecord | undefined, all: readonly Shares[]): AclRecord | undefined {
  let record = forAll;
  for (const shares of all) {
    const share = shares.get(path);
    if (share !== undefined) record = { path, open: false, version: 1, ...record, ...share, rules: [...(record?.rules ?? []), ...share.rules] };
  }
  return record;
}

function sharesOf(all: Map<string, Map<Path, Share>>, name: string): Map<Path, Share> {
  let shares = all.get(name);
  if (shares === undefined) all.set(name, (shares = new Map()));
  return shares;
}

function give(all: Map<string, Map<Path, Share>>, name: string, path: Path, rule: Rule, now: EpochSeconds): void {
  const shares = sharesOf(all, name);
  const share = shares.get(path);
  shares.set(path, share === undefined ? { rules: [rule] } : { ...share, rules: strongest([...share.rules, rule], now) });
}

/** Of the rules for one grantee at one path, the one that can decide: `decide()` says which. */
function strongest(rules: readonly Rule[], now: EpochSeconds): readonly Rule[] {
  const [first] = rules;
  if (first === undefined || rules.length === 1) return rules;
  const { because } = decide(someoneNamedBy(first.grantee), new Map([[root, { path: root, rules, open: false, version: 1 }]]), root, now);
  return because.kind === 'rule' ? [because.rule] : [];
}

function someoneNamedBy(grantee: Grantee): Caller {
  return {
    personId: grantee.kind === 'person' ? grantee.id : '',
    ...(grantee.kind === 'email' ? { email: grantee.email } : {}),
    groups: new Set(grantee.kind === 'group' ? [grantee.id] : []),
    standing: { kind: 'member', role: 'contributor' },
  };
}
