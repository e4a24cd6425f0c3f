/** What a member of an organization is. A role is the ceiling of everything rules can give (`acl/decide.ts`, step 7). */
export const roles = ['admin', 'contributor', 'read-only'] as const;

export type Role = (typeof roles)[number];

/** True when `a` allows at least all that `b` does. */
export function roleAtLeast(a: Role, b: Role): boolean {
  return roles.indexOf(a) <= roles.indexOf(b);
}
