/**
 * The rules of access, read a second time: from `SECURITY.md`'s and the product's words, with nothing of `decide()` or the compiler in it. What the attempts
 * expect comes from here, so that a mistake in the one decision can't be right in both places.
 */

export type Level = 'none' | 'read' | 'write' | 'admin';
export type Role = 'admin' | 'contributor' | 'read-only';

/** Who a rule is for. An address is the one that a member joined with. */
export type For = { readonly everyone: true } | { readonly group: string } | { readonly person: string } | { readonly address: string };

export interface GivenRule {
  readonly path: string;
  readonly to: For;
  readonly level: Level;
  /** The second from which on it no longer counts. */
  readonly endsAt?: number;
}

/** An organization as its members see it. */
export interface House {
  readonly roles: Readonly<Record<string, Role>>;
  readonly rules: readonly GivenRule[];
  /** The people and the groups in each group, directly. */
  readonly groups: Readonly<Record<string, { readonly people: readonly string[]; readonly groups: readonly string[] }>>;
  /** Folders open to every member for reading. */
  readonly open: readonly string[];
}

const strength: Readonly<Record<Level, number>> = { none: 0, read: 1, write: 2, admin: 3 };

export function atLeast(level: Level, needed: Level): boolean {
  return strength[level] >= strength[needed];
}

/** True when a rule's path speaks of this path: it is the path itself, or a folder around it. */
function speaksOf(at: string, path: string): boolean {
  return at === '' || at === path || (at.endsWith('/') && path.startsWith(at));
}

function isIn(groups: House['groups'], group: string, who: string): boolean {
  const held = groups[group];
  return held !== undefined && (held.people.includes(who) || held.groups.some((inner) => isIn(groups, inner, who)));
}

function closeness({ groups }: Pick<House, 'groups'>, to: For, who: string): number {
  if ('everyone' in to) return 1;
  if ('group' in to) return isIn(groups, to.group, who) ? 2 : 0;
  return ('person' in to ? to.person : to.address) === who ? 3 : 0;
}

/** What someone may do at a path of an organization at a moment (in seconds). */
export function levelAt(house: House, who: string, path: string, now: number): Level {
  const { roles, rules, open } = house;
  const role = roles[who];
  if (role === undefined) return 'none';
  if (role === 'admin') return 'admin';
  // Nearest path first; of those the closest to the person; of those a denial, and then the most.
  const [deciding] = rules
    .filter((rule) => speaksOf(rule.path, path) && closeness(house, rule.to, who) > 0 && (rule.endsAt === undefined || now < rule.endsAt))
    .toSorted(
      (a, b) =>
        b.path.length - a.path.length ||
        closeness(house, b.to, who) - closeness(house, a.to, who) ||
        Number(b.level === 'none') - Number(a.level === 'none') ||
        strength[b.level] - strength[a.level],
    );
  const [nearestOpen] = open.filter((at) => speaksOf(at, path)).toSorted((a, b) => b.length - a.length);
  let level = deciding?.level ?? 'none';
  // An open folder gives reading, unless a denial deeper inside takes it away.
  if (nearestOpen !== undefined && level === 'none' && !(deciding !== undefined && deciding.path.length > nearestOpen.length)) level = 'read';
  return role === 'read-only' && strength[level] > strength.read ? 'read' : level;
}
