/** The words of access: levels, grantees, rules, and the record that holds all that is stored at one path. */
import type { Role } from '../roles.ts';
import type { EpochSeconds } from '../time.ts';
import type { Path } from '../path.ts';

/** Weakest first. `none` as a rule is a carve-out. */
export const levels = ['none', 'read', 'write', 'admin'] as const;

export type Level = (typeof levels)[number];

/** Orders levels: negative when `a` allows less than `b`. */
export function compareLevels(a: Level, b: Level): number {
  return levels.indexOf(a) - levels.indexOf(b);
}

/** Whom a rule is for. An e-mail rule binds to the person who has verified that address; `org` is everyone in the organization, written `@all`. */
export type Grantee =
  | { readonly kind: 'person'; readonly id: string }
  | { readonly kind: 'email'; readonly email: string }
  | { readonly kind: 'group'; readonly id: string }
  | { readonly kind: 'org' };

export interface Rule {
  readonly grantee: Grantee;
  readonly level: Level;
  /** The rule no longer counts from this second on. */
  readonly expiresAt?: EpochSeconds;
}

/** All that is stored at one path: one item in the table. */
export interface AclRecord {
  readonly path: Path;
  readonly rules: readonly Rule[];
  /** Acts as an `admin` rule for that person at this path, which no rule at the same path can lower. */
  readonly createdBy?: string;
  /** Gives at least `read` to every member, here and below, unless a deeper carve-out takes it away. */
  readonly open: boolean;
  /** Counts the changes of this record from 1, for optimistic writes. */
  readonly version: number;
}

/** Who asks, as resolved from the table on this request. */
export interface Caller {
  readonly personId: string;
  /** The verified address, in lower case; absent when none is verified. */
  readonly email?: string;
  /** Ids of all groups the person is in, nested ones unfolded. */
  readonly groups: ReadonlySet<string>;
  /**
   * What binds the person to this vault: owner of a personal vault, a member with a role, or nothing. A membership that has ended or expired is `none`:
   * whoever builds a caller has judged that already.
   */
  readonly standing: { readonly kind: 'owner' } | { readonly kind: 'member'; readonly role: Role } | { readonly kind: 'none' };
  /** A ceiling of the credential used (an API key, an agent, a share); absent for a person's own sign-in. */
  readonly cap?: Level;
}

/** Looks a record up by its exact path. A `Map` is one. */
export interface AclLookup {
  get(path: Path): AclRecord | undefined;
}
