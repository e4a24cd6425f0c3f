/**
 * One order for all changes of who may do what in an organization. Whether a change is right depends on much more than the item it writes (is another admin
 * left, does it close a cycle of groups, can everyone's rules still be compiled, is the one who asks still allowed to), so each is made on a revision of the
 * whole: it counts only if nobody changed anything since it began to read.
 *
 *     cmp_… · revision                {}: its version counts the changes
 */
import { HqError, isHqError } from '@hq/shared/errors';
import { absent, ConditionFailed, versionIs } from '../ports/table-condition.ts';
import { writeBody } from '../ports/table-limits.ts';
import type { Item, Key, Table, Write } from '../ports/table.ts';
import { isReceiptKey, revisionKey } from './keys.ts';

/** What one attempt came to: its writes, at most 99, and the answer if they are stored. Without writes there is nothing to change. */
export interface Planned<Result> {
  readonly writes: readonly Write[];
  readonly result: Result;
}

export interface Revisions {
  /**
   * Runs `attempt`, which reads all it needs and plans its writes, until these could be stored before any other change of the organization came in between.
   * The same holds for a refusal, and for finding that there is nothing to change: what was read half before and half after another change is no reason.
   *
   * @throws HqError `CONFLICT` when others were faster twenty times; whatever `attempt` throws.
   */
  change<Result>(organizationId: string, attempt: () => Promise<Planned<Result>>): Promise<Result>;
  /** True for a write that a change has stored. */
  stored(write: Write): boolean;
}

const attempts = 20;

/** Waits a little, longer with every lost race, and never as long as the other who lost it. */
const pauseAfter = (lost: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(200, 5 * 2 ** lost)));

/** @param pause Handed in by simulations, where time is played. */
export function createRevisions(table: Table, pause: (lost: number) => Promise<void> = pauseAfter): Revisions {
  // Changes of one process take turns: only other processes are raced.
  const turns = new Map<string, Promise<unknown>>();
  const stored = new WeakSet<Write>();

  async function attemptAll<Result>(organizationId: string, attempt: () => Promise<Planned<Result>>): Promise<Result> {
    const key = revisionKey(organizationId);
    for (let lost = 0; lost < attempts; lost++) {
      if (lost > 0) await pause(lost);
      const base = await table.get(key);
      const unchanged = async (): Promise<boolean> => (await table.get(key))?.version === base?.version;
      let planned: Planned<Result>;
      try {
        planned = await attempt();
      } catch (error) {
        if (!isHqError(error) || (await unchanged())) throw error;
        continue;
      }
      const { writes, result } = planned;
      if (writes.length > 0 ? await store(key, base, writes) : await unchanged()) return result;
    }
    throw new HqError('CONFLICT', 'Too many changes are being made to this organization at the same time.', { hint: 'Try again in a moment.' });
  }

  /** True when the writes are stored, with the next revision; false when somebody else was faster. */
  async function store(key: Key, base: Item | undefined, writes: readonly Write[]): Promise<boolean> {
    const next: Write = { put: { ...key, attributes: {}, condition: base === undefined ? absent : versionIs(base.version) } };
    try {
      await table.transact([next, ...writes]);
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      // The same request was carried out meanwhile: whoever made this one answers with that.
      if ([...error.failures.keys()].some((index) => index > 0 && isReceipt(writes[index - 1]))) throw error;
      return false;
    }
    for (const write of writes) stored.add(write);
    return true;
  }

  return {
    stored: (write) => stored.has(write),
    async change(organizationId, attempt) {
      const before = turns.get(organizationId) ?? Promise.resolve();
      const mine = before.then(
        () => attemptAll(organizationId, attempt),
        () => attemptAll(organizationId, attempt),
      );
      turns.set(organizationId, mine);
      try {
        return await mine;
      } finally {
        if (turns.get(organizationId) === mine) turns.delete(organizationId);
      }
    },
  };
}

function isReceipt(write: Write | undefined): boolean {
  return write !== undefined && isReceiptKey(writeBody(write));
}
