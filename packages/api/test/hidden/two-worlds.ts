/**
 * Two organizations that are the same for Bob, Eve and Kim, and differ in all that is hidden from them. Whatever they ask, the answers have to be the same,
 * and so has what it costs: the calls to the table and to storage, counted (a count does not depend on the day, as a time would).
 *
 *     team/            Bob reads                 team/hidden/    carved out for Bob
 *     area/            Bob is admin, Eve reads   area/hidden/    carved out for both
 *     elsewhere        nobody but Ada, admin of the organization
 *
 * Kim is no member.
 */
import { callTRPCProcedure } from '@trpc/server';
import { toHqError } from '../../src/error-map.ts';
import { appRouter } from '../../src/index.ts';
import { emailOf, idOf, startApi, type ApiUnderTest, type Name } from '../../test-support/api-under-test.ts';
import { openMemoryPlace, type MemoryPlace } from '../../test-support/memory-place.ts';

export interface World {
  readonly api: ApiUnderTest;
  readonly place: MemoryPlace;
  /** Ids by the words that stand for them in questions and answers. */
  readonly names: ReadonlyMap<string, string>;
}

const unknown = (prefix: string, digit: string): string => `${prefix}_${digit.repeat(26)}`;

/** Files and rules that are there for all to see, or that say who sees what. */
async function common(): Promise<{ api: ApiUnderTest; place: MemoryPlace; vault: string; bucket: string; finance: string }> {
  const place = openMemoryPlace();
  const api = await startApi({ on: place });
  const { id: vault, bucket } = await api.organization('acme', { bob: 'contributor', eve: 'contributor' });
  const ada = api.as('ada');
  const { id: finance } = await ada.groups.create({ vault, name: 'finance' });
  const person = (name: Name) => ({ kind: 'person', id: idOf(name) }) as const;
  const grant = (path: string, name: Name, level: 'none' | 'read' | 'admin') => ada.acl.grant({ vault, path, grantee: person(name), level });
  await grant('team/', 'bob', 'read');
  await grant('team/hidden/', 'bob', 'none');
  await grant('area/', 'bob', 'admin');
  await grant('area/', 'eve', 'read');
  await grant('area/hidden/', 'bob', 'none');
  await grant('area/hidden/', 'eve', 'none');
  for (const key of ['area/b.md', 'area/c/d.md', 'area/hidden.md', 'team/a.md', 'team/hidden.md', 'team/z/y.md']) api.storage.seed(bucket, key);
  await ada.credentials.issue({ vault, cone: 'area/', access: 'read', durationSeconds: 900 });
  return { api, place, vault, bucket, finance };
}

/** A world with much that is hidden. */
export async function fullWorld(): Promise<World> {
  const { api, place, vault, bucket, finance } = await common();
  const ada = api.as('ada');
  const group = { kind: 'group', id: finance } as const;
  const end = place.now + 5000;
  for (const key of ['area/hidden/x.md', 'area/hidden/deep/y.md', 'lone.md', 'other/o.md', 'team/hidden/plans/q3.md', 'team/hidden/plans/q4.md'])
    api.storage.seed(bucket, key);
  for (const path of ['area/hidden/deep/', 'area/hidden/x.md', 'other/', 'team/hidden/plans/']) {
    await ada.acl.grant({ vault, path, grantee: group, level: 'write', ...(path === 'other/' ? { expiresAt: end } : {}) });
  }
  // More files than a page of a list has, and more rules than a session's policy could hold.
  for (let i = 0; i < 250; i++) for (const key of [`team/hidden/plans/p${i}`, `area/hidden/h${i}`]) api.storage.seed(bucket, key);
  for (let i = 0; i < 40; i++)
    await ada.acl.grant({ vault, path: `area/hidden/${'long name '.repeat(20)}${i}/`, grantee: group, level: i % 2 === 0 ? 'read' : 'none' });
  await ada.acl.grant({ vault, path: 'lone.md', grantee: { kind: 'person', id: idOf('bob') }, level: 'none' });
  await ada.acl.grant({ vault, path: 'team/hidden/plans/', grantee: { kind: 'person', id: idOf('bob') }, level: 'none' });
  await ada.acl.grant({ vault, path: 'area/hidden/deep/', grantee: { kind: 'email', email: 'waiting@example.com' }, level: 'read' });
  await ada.acl.setOpen({ vault, path: 'shut/', open: true });
  await ada.acl.setOpen({ vault, path: 'shut/', open: false });
  await ada.credentials.issue({ vault, cone: 'area/hidden/deep/', access: 'write', durationSeconds: 3600 });
  await ada.credentials.issue({ vault, cone: 'team/hidden/', access: 'read', durationSeconds: 3000 });
  const invitation = await ada.members.invite({ vault, email: 'invited@example.com', role: 'contributor' });
  const { id: other, bucket: otherBucket } = await api.organization('globex', {});
  const { id: otherGroup } = await ada.groups.create({ vault: other, name: 'board' });
  api.storage.seed(otherBucket, 'board/minutes.md');
  await ada.acl.grant({ vault: other, path: 'board/', grantee: { kind: 'group', id: otherGroup }, level: 'read' });
  return { api, place, names: new Map(Object.entries({ ORG: vault, FINANCE: finance, OTHER: other, BOARD: otherGroup, INVITATION: invitation.id })) };
}

/** The same world without anything hidden: ids of what is not there are of nothing at all. */
export async function bareWorld(): Promise<World> {
  const { api, place, vault, finance } = await common();
  const names = { ORG: vault, FINANCE: finance, OTHER: unknown('cmp', '7'), BOARD: unknown('grp', '7'), INVITATION: unknown('inv', '7') };
  return { api, place, names: new Map(Object.entries(names)) };
}

/** A question in words that mean the same in both worlds. */
export interface Question {
  readonly name: string;
  readonly type: 'query' | 'mutation';
  readonly input: unknown;
}

/** Everything that the caller, or somebody with a stethoscope at the table and at storage, learns from one call. */
export async function observe({ api, place, names }: World, caller: Name, { name, type, input }: Question): Promise<string> {
  const lookedUp: unknown = JSON.parse(JSON.stringify(input ?? null), (_, value: unknown) => (typeof value === 'string' ? (names.get(value) ?? value) : value));
  place.calls.clear();
  const [tried, minted, mailed] = [api.storage.tried.length, api.storage.minted.length, api.mails.length];
  const getRawInput = async () => (input === undefined ? undefined : lookedUp);
  const answer = await callTRPCProcedure({
    router: appRouter,
    path: name,
    type,
    ctx: api.contextOf(caller),
    batchIndex: 0,
    signal: undefined,
    getRawInput,
  }).then(
    (value: unknown) => ({ value }),
    (cause: unknown) => {
      const { code, message, hint, details } = toHqError(cause);
      return { code, message, hint, details };
    },
  );
  const cost = {
    table: Object.fromEntries([...place.calls].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    storage: api.storage.tried.slice(tried),
    minted: api.storage.minted.slice(minted).map(({ durationSeconds, sourceIdentity }) => ({ durationSeconds, sourceIdentity })),
    mails: api.mails.length - mailed,
  };
  return inWords(JSON.stringify({ answer, cost }, undefined, 1), names);
}

/** Ids as the words for them; what storage and chance name differently each time is left out, but for its length where it is sealed. */
function inWords(text: string, names: ReadonlyMap<string, string>): string {
  let words = text;
  for (const [word, id] of names) words = words.replaceAll(id, word).replaceAll(id.replace('_', '-'), word);
  return words
    .replaceAll(/"continuationToken": "([^"]*)"/g, (_, token: string) => `"continuationToken": "${token.length} characters"`)
    .replaceAll(/\b(ses|inv|grp|cmp|aud)_[0-9a-z]{26}\b/g, '$1_…')
    .replaceAll(/"[0-9a-f]{32}"/g, '"an ETag"')
    .replaceAll(/"v[0-9]+"/g, '"a version"');
}

export const people: readonly Name[] = ['bob', 'eve', 'kim'];
export const addresses = ['waiting@example.com', 'invited@example.com', 'nobody@example.com', emailOf('kim'), emailOf('eve')];
