/** Someone who holds very much is removed: in several transactions, with an answer that has an end, and safe against a crash between any two. */
import type { Rule } from '@hq/shared/acl/rule';
import { canonicalPath, root } from '@hq/shared/path';
import { describe, expect, it } from 'vitest';
import { noRecord } from '../../src/stores/rules.ts';
import { emailOf, idOf, startApi } from '../../test-support/api-under-test.ts';
import { openMemoryPlace, type MemoryPlace } from '../../test-support/memory-place.ts';

const bob = idOf('bob');
const bobsRules: readonly Rule[] = [
  { grantee: { kind: 'person', id: bob }, level: 'read' },
  { grantee: { kind: 'email', email: emailOf('bob') }, level: 'write' },
]; // prettier-ignore

/** Bob is in, with rules in so many folders. */
async function prepare(folders: number, nameOf = (n: number) => `f${n}/`) {
  const place = openMemoryPlace();
  const { id } = await (await startApi({ on: place })).organization('acme', { bob: 'contributor' });
  for (let n = 0; n < folders; n++) {
    const record = { ...noRecord(canonicalPath(nameOf(n))), rules: bobsRules, createdBy: bob, version: 1 };
    await place.table.transact([place.stores.rules.plan(id, record)]);
  }
  return { place, vault: id };
}

/** A new process, as after a crash. */
const restarted = async (place: MemoryPlace) => startApi({ on: place });
const bobsRecords = async ({ stores }: MemoryPlace, vault: string) =>
  (await stores.rules.recordsUnder(vault, root)).filter(({ rules, createdBy }) => createdBy === bob || rules.length > 0).length;

describe('very much', () => {
  it('is told in bytes, not in characters, of which a path can have three each', async () => {
    const { place, vault } = await prepare(1200, (n) => `${'長'.repeat(300)}${n}/`);
    const answer = await (await restarted(place)).as('ada').members.remove({ vault, personId: bob, requestId: 'a-request-of-ada-2' });
    expect(answer.rules.length).toBeGreaterThan(100);
    expect(await bobsRecords(place, vault)).toBe(0);
  });

  it('is cleared whole, and the answer names as much as one answer can hold', async () => {
    const { place, vault } = await prepare(1200, (n) => `${'"long"'.repeat(25)}${n}/`);
    const answer = await (await restarted(place)).as('ada').members.remove({ vault, personId: bob, requestId: 'a-request-of-ada-1' });
    expect(answer.rules.length).toBeGreaterThan(100);
    expect(answer.rules.length + answer.created.length + answer.unlisted).toBe(2400 + 1200);
    expect(await bobsRecords(place, vault)).toBe(0);
    expect(await place.stores.departures.due(vault)).toEqual([]);
    const { entries } = await place.stores.audit.list({ partition: vault, limit: 100 });
    expect(entries.find(({ action }) => action === 'members.remove')).toMatchObject({ before: { unlisted: answer.unlisted } });
    // The rest of it is in the trail transaction by transaction, path by path.
    const cleared = entries.filter(({ action }) => action === 'members.clear').flatMap(({ paths }) => paths);
    expect(new Set(cleared).size).toBe(1200 - 80);
  });
});

describe('a crash', () => {
  /** How the calls of a removal go when only so many are answered. */
  async function removeWith(calls: number) {
    const { place, vault } = await prepare(170);
    const ada = (await restarted(place)).as('ada');
    place.callsLeft = calls;
    const outcome = await ada.members.remove({ vault, personId: bob }).then(
      () => 'answered' as const,
      () => 'failed' as const,
    );
    place.callsLeft = Number.POSITIVE_INFINITY;
    return { place, vault, outcome, left: await bobsRecords(place, vault), member: await place.stores.members.get(vault, bob) };
  }

  it('at any call leaves Bob a member with everything, or gone; what is left is cleared before he can be back', async () => {
    const seen = new Set<string>();
    for (let calls = 0; ; calls++) {
      const { place, vault, outcome, left, member } = await removeWith(calls);
      seen.add(member === undefined ? `is gone, ${left} are left` : `has ${left}, the removal ${outcome}`);
      if (member !== undefined) continue;
      // He is out at once, whatever is left.
      const api = await restarted(place);
      await expect(api.as('bob').files.list({ vault })).rejects.toThrow('There is no such organization');
      const { id: invitation } = await api.as('ada').members.invite({ vault, email: emailOf('bob'), role: 'contributor' });
      await api.as('bob').members.accept({ invitation });
      expect([calls, await bobsRecords(place, vault)]).toEqual([calls, 0]);
      if (left === 0) break;
    }
    expect(seen).toEqual(new Set(['has 170, the removal failed', 'is gone, 90 are left', 'is gone, 10 are left', 'is gone, 0 are left']));
  });

  it.each(['lists the members', 'removes him again', 'invites somebody', 'grants to somebody'])('is finished by an admin who %s', async (what) => {
    const { place, vault } = await crashedHalfway();
    const { members, acl } = (await restarted(place)).as('ada');
    if (what === 'lists the members') await members.list({ vault });
    if (what === 'removes him again') await members.remove({ vault, personId: bob }).catch(() => {});
    if (what === 'invites somebody') await members.invite({ vault, email: emailOf('eve'), role: 'contributor' });
    if (what === 'grants to somebody') await acl.grant({ vault, path: 'f1/', grantee: { kind: 'email', email: emailOf('bob') }, level: 'read' });
    const own = what === 'grants to somebody' ? 1 : 0;
    expect([await bobsRecords(place, vault), await place.stores.departures.due(vault)]).toEqual([own, []]);
  });

  async function crashedHalfway() {
    for (let calls = 0; ; calls++) {
      const crashed = await removeWith(calls);
      if (crashed.left > 0 && crashed.left < 170) return crashed;
    }
  }
});
