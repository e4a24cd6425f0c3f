/**
 * Every verb: its words, and where it is. To add one, write `commands/…/verb.ts` with a `defineVerb` as its default export, and a line here. Nothing is loaded
 * before it is called.
 */
import type { AnyVerb } from './verb.ts';

type Load = () => Promise<{ readonly default: AnyVerb }>;

/** By the words that call it, in the order in which help lists them. */
export const verbs: Readonly<Record<string, Load>> = {
  login: () => import('./commands/login.ts'),
  logout: () => import('./commands/logout.ts'),
  whoami: () => import('./commands/whoami.ts'),
  'auth status': () => import('./commands/auth/status.ts'),
  'auth refresh': () => import('./commands/auth/refresh.ts'),
  'org create': () => import('./commands/org/create.ts'),
  'org list': () => import('./commands/org/list.ts'),
  'org use': () => import('./commands/org/use.ts'),
  'members list': () => import('./commands/members/list.ts'),
  'members invite': () => import('./commands/members/invite.ts'),
  'members accept': () => import('./commands/members/accept.ts'),
  'members role': () => import('./commands/members/role.ts'),
  'members remove': () => import('./commands/members/remove.ts'),
  'members leave': () => import('./commands/members/leave.ts'),
  'members withdraw': () => import('./commands/members/withdraw.ts'),
  'groups list': () => import('./commands/groups/list.ts'),
  'groups show': () => import('./commands/groups/show.ts'),
  'groups create': () => import('./commands/groups/create.ts'),
  'groups add': () => import('./commands/groups/add.ts'),
  'groups drop': () => import('./commands/groups/drop.ts'),
  'groups remove': () => import('./commands/groups/remove.ts'),
  'files ls': () => import('./commands/files/ls.ts'),
  'files cat': () => import('./commands/files/cat.ts'),
  'files get': () => import('./commands/files/get.ts'),
  'files put': () => import('./commands/files/put.ts'),
  'files rm': () => import('./commands/files/rm.ts'),
  'files mv': () => import('./commands/files/mv.ts'),
  'files cp': () => import('./commands/files/cp.ts'),
  'files stat': () => import('./commands/files/stat.ts'),
  'files search': () => import('./commands/files/search.ts'),
  'files versions': () => import('./commands/files/versions.ts'),
  'files restore': () => import('./commands/files/restore.ts'),
  'files acl list': () => import('./commands/files/acl/list.ts'),
  'files acl grant': () => import('./commands/files/acl/grant.ts'),
  'files acl revoke': () => import('./commands/files/acl/revoke.ts'),
  'files acl open': () => import('./commands/files/acl/open.ts'),
  'files acl close': () => import('./commands/files/acl/close.ts'),
  'files why': () => import('./commands/files/why.ts'),
  'files who': () => import('./commands/files/who.ts'),
  'acl prove': () => import('./commands/acl/prove.ts'),
  'sync init': () => import('./commands/sync/init.ts'),
  'sync status': () => import('./commands/sync/status.ts'),
  'sync now': () => import('./commands/sync/now.ts'),
  'sync push': () => import('./commands/sync/push.ts'),
  'sync pull': () => import('./commands/sync/pull.ts'),
  'sync resolve': () => import('./commands/sync/resolve.ts'),
  credentials: () => import('./commands/credentials/print.ts'),
  'credentials list': () => import('./commands/credentials/list.ts'),
};

export interface Found {
  readonly name: string;
  readonly load: Load;
  /** What comes after the verb's own words. */
  readonly rest: readonly string[];
}

/** The verb that the words begin with; the longest wins. */
export function findVerb(words: readonly string[]): Found | undefined {
  for (let count = Math.min(3, words.length); count > 0; count--) {
    const name = words.slice(0, count).join(' ');
    const load = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
    if (load !== undefined) return { name, load, rest: words.slice(count) };
  }
  return undefined;
}

/** True when some verb begins with these words and goes on. */
export function isGroup(words: readonly string[]): boolean {
  return Object.keys(verbs).some((name) => name.startsWith(`${words.join(' ')} `));
}
