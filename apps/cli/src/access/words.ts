/** Rules and reasons in words. */
import type { Level, Rule } from '@hq/shared/acl/rule';
import type { Api } from '@hq/sdk/api/client';
import type { Names } from './names.ts';
import { untilWords } from './until.ts';

export type Explanation = Awaited<ReturnType<Api['acl']['explain']['query']>>;
export type Fact = Explanation['because'];

/** The root has no name of its own. */
export const placeWords = (path: string | undefined): string => (path === undefined || path === '' ? 'the whole vault' : path);

/** A rule as the API writes it. */
type WrittenRule = Pick<Rule, 'grantee' | 'level'> & { readonly expiresAt?: number | undefined };

const endOf = (expiresAt: number | undefined): string => (expiresAt === undefined ? '' : `, ${untilWords(expiresAt)}`);

/** `finance has write at reports/, until …`; a carve-out is said as such. */
export function ruleWords({ grantee, level, expiresAt }: WrittenRule, path: string | undefined, names: Names): string {
  const whom = names.grantee(grantee);
  const what = level === 'none' ? `${whom} is shut out of ${placeWords(path)}` : `${whom} has ${level} at ${placeWords(path)}`;
  return what + endOf(expiresAt);
}

/** Why, as the end of a sentence that begins with "because". `they` is whom it is about: `you`, or an address. */
export function reasonWords(because: Fact, they: string, names: Names): string {
  const { kind, path, rule } = because;
  const are = they === 'you' ? 'you are' : `${they} is`;
  if (kind === 'rule' && rule !== undefined) return ruleWords(rule, path, names);
  const place = placeWords(path);
  const words: Readonly<Record<Exclude<Fact['kind'], 'rule'>, string>> = {
    'not-a-member': `${are} not a member of the organization`,
    'organization-admin': `${are} an admin of the organization`,
    owner: `the vault is ${they === 'you' ? 'your own' : 'their own'}`,
    creator: `${they} made ${place}`,
    open: `${place} is open to all members for reading`,
    'no-rule': `no rule gives ${they} access there`,
  };
  return kind === 'rule' ? `of a rule at ${place}` : words[kind];
}

/** What a ceiling took away, as a sentence; undefined where none did. */
export function ceilingWords({ cappedBy, uncapped }: Fact, level: Level, they: string): string | undefined {
  if (cappedBy === undefined) return undefined;
  const whose = they === 'you' ? 'your' : 'their';
  return `The rules give ${uncapped ?? 'more'}, but ${cappedBy === 'role' ? `${whose} role` : 'this credential'} allows ${level} at most.`;
}

/** Why, in a few words for a table: `by finance at reports/`. */
export function shortReason({ kind, path, rule, cappedBy }: Fact, names: Names): string {
  const ceiling = cappedBy === undefined ? '' : `, capped by the ${cappedBy}`;
  const at = `at ${placeWords(path)}`;
  if (kind === 'organization-admin') return 'admin of the organization';
  if (kind === 'owner') return 'owner';
  if (kind === 'creator') return `made ${placeWords(path)}${ceiling}`;
  if (kind === 'open') return `open to all ${at}${ceiling}`;
  if (rule === undefined) return 'no rule';
  const { grantee, expiresAt } = rule;
  const by = grantee.kind === 'person' || grantee.kind === 'email' ? 'by name' : `by ${names.grantee(grantee)}`;
  return `${by} ${at}${endOf(expiresAt)}${ceiling}`;
}
