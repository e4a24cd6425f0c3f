import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Path } from '@hq/shared/path';
import type { JournalEntry } from '../../src/sync/journal.ts';
import { plan, planPath, type Action, type ActionKind, type LocalState } from '../../src/sync/plan.ts';
import { refuseMassDeletion } from '../../src/sync/guard.ts';
import type { RemoteFile } from '../../src/transfer/remote.ts';

const path = 'a.md' as Path;
const entry: JournalEntry = { sha256: 'base', size: 1, etag: 'e0', executable: false, stamp: { size: 1, mtimeMs: 1, ctimeMs: 1, inode: 1 }, readAt: 2 };
const here: Record<string, LocalState | undefined> = {
  absent: undefined,
  same: { sha256: 'base', executable: false },
  changed: { sha256: 'mine', executable: false },
  'made executable': { sha256: 'base', executable: true },
  unread: { sha256: undefined, executable: false },
};
const there: Record<string, RemoteFile | undefined> = {
  absent: undefined,
  same: { path, size: 1, etag: 'e0' },
  changed: { path, size: 1, etag: 'e1' },
};

describe('every combination has one answer', () => {
  const known: [local: string, remote: string, ActionKind | undefined][] = [
    ['absent', 'absent', 'forget'],
    ['absent', 'same', 'delete-remote'],
    ['absent', 'changed', 'download'],
    ['same', 'absent', 'delete-local'],
    ['same', 'same', undefined],
    ['same', 'changed', 'download'],
    ['changed', 'absent', 'upload'],
    ['changed', 'same', 'upload'],
    ['changed', 'changed', 'reconcile'],
    ['made executable', 'absent', 'upload'],
    ['made executable', 'same', 'upload'],
    ['made executable', 'changed', 'reconcile'],
    ['unread', 'absent', 'upload'],
    ['unread', 'same', 'upload'],
    ['unread', 'changed', 'reconcile'],
  ];
  test.each(known)('both had it; here %s, there %s: %s', (local, remote, kind) => {
    expect(planPath(path, here[local], there[remote], entry)?.kind).toBe(kind);
  });

  const unknown: [local: string, remote: string, ActionKind | undefined][] = [
    ['absent', 'absent', undefined],
    ['absent', 'changed', 'download'],
    ['unread', 'absent', 'upload'],
    ['changed', 'absent', 'upload'],
    ['unread', 'changed', 'reconcile'],
    ['changed', 'changed', 'reconcile'],
  ];
  test.each(unknown)('nobody agreed on it yet; here %s, there %s: %s', (local, remote, kind) => {
    expect(planPath(path, here[local], there[remote], undefined)?.kind).toBe(kind);
  });
});

const paths = fc.constantFrom('a', 'b', 'c/d', 'c/e', '\u{1F600}', '\uFFFF') as fc.Arbitrary<Path>;
const states = fc.constantFrom('s0', 's1', 's2');
const locals = fc.uniqueArray(fc.tuple(paths, states, fc.boolean()), { selector: ([at]) => at });
const remotes = fc.uniqueArray(fc.tuple(paths, states), { selector: ([at]) => at });
const sides = fc.record({ local: locals, remote: remotes, journal: fc.uniqueArray(fc.tuple(paths, states, states), { selector: ([at]) => at }) });

test('no plan drops content that only one side has, none acts twice on a path, and the order is that of the bytes', () => {
  fc.assert(
    fc.property(sides, (given) => {
      const local = new Map<Path, LocalState>(given.local.map(([at, sha256, executable]) => [at, { sha256, executable }]));
      const remote = new Map<Path, RemoteFile>(given.remote.map(([at, etag]) => [at, { path: at, size: 1, etag }]));
      const journal = new Map<Path, JournalEntry>(given.journal.map(([at, sha256, etag]) => [at, { ...entry, sha256, etag }]));
      const actions: Action[] = plan(local, remote, journal, () => false);
      expect(new Set(actions.map((action) => action.path)).size).toBe(actions.length);
      expect(actions.map((action) => Buffer.from(action.path)).every((at, i, all) => i === 0 || Buffer.compare(all[i - 1] ?? at, at) < 0)).toBe(true);
      for (const action of actions) {
        const known = journal.get(action.path);
        const localKnown = !local.has(action.path) || local.get(action.path)?.sha256 === known?.sha256;
        const remoteKnown = !remote.has(action.path) || remote.get(action.path)?.etag === known?.etag;
        // What replaces or deletes one side's content needs that the other side had it.
        const safe: Record<ActionKind, boolean> = {
          'delete-local': localKnown,
          download: localKnown,
          'delete-remote': remoteKnown,
          upload: remoteKnown,
          reconcile: true,
          'step-aside': false,
          forget: !local.has(action.path) && !remote.has(action.path),
        };
        expect(safe[action.kind]).toBe(true);
      }
      const planned = new Set(actions.map((action) => action.path));
      for (const at of [...local.keys(), ...remote.keys()]) {
        const agreed =
          local.get(at)?.sha256 === journal.get(at)?.sha256 && remote.get(at)?.etag === journal.get(at)?.etag && local.get(at)?.executable === false;
        expect(planned.has(at)).toBe(!agreed);
      }
    }),
    { numRuns: 2000 },
  );
});

test('what is out of sight is left alone, whatever is there', () => {
  const journal = new Map([[path, entry]]);
  expect(plan(new Map(), new Map(), journal, () => true)).toEqual([]);
});

const deletions = (kind: ActionKind, count: number): Action[] =>
  Array.from({ length: count }, (_, i): Action => ({ kind, path: `${i}` as Path, local: undefined, remote: undefined, entry }));

describe('a deletion that is too large to be meant', () => {
  test.each(['delete-local', 'delete-remote'] as const)('%s of more than half is refused, of half is not', (kind) => {
    expect(() => refuseMassDeletion(deletions(kind, 6), 10)).toThrow(/6 of 10 synced files are gone/);
    expect(() => refuseMassDeletion(deletions(kind, 5), 10)).not.toThrow();
    expect(() => refuseMassDeletion(deletions(kind, 3), 3)).toThrow(/All 3 synced files/);
  });
  test('deletions on the two sides are judged apart', () => {
    expect(() => refuseMassDeletion([...deletions('delete-local', 4), ...deletions('delete-remote', 4)], 10)).not.toThrow();
  });
});
