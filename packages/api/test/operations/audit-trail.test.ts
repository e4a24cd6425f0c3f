/** When the trail is written: before the answer for what matters, soon for the rest, and never silently not at all. */
import { describe, expect, it, vi } from 'vitest';
import { HqError } from '@hq/shared/errors';
import { createAuditTrail, type AuditNote } from '../../src/audit-trail.ts';

const note = (action: string): AuditNote => ({
  partition: 'p',
  personId: 'x',
  action,
  paths: [],
  outcome: 'done',
  code: null,
  because: null,
  sessions: [],
  sourceIp: null,
  userAgent: null,
  before: null,
  after: null,
});

function trailOn(delayMs: number) {
  const written: string[] = [];
  const logged: string[] = [];
  const disk = { broken: false };
  const transactions: number[] = [];
  const append = async (entries: readonly AuditNote[]) => {
    await Promise.resolve();
    if (disk.broken) throw new HqError('STORAGE_FULL', 'No room.');
    transactions.push(entries.length);
    written.push(...entries.map(({ action }) => action));
    return entries.map((entry) => ({ id: 'aud', at: 0, ...entry }));
  };
  const log = { info() {}, warn() {}, error: (event: string) => void logged.push(event) };
  return { trail: createAuditTrail({ append }, log, { delayMs }), written, transactions, logged, disk };
}

describe('the trail', () => {
  it('has what changed something before the answer leaves, with all that waited', async () => {
    const { trail, written } = trailOn(1_000_000);
    await trail.record(note('a look'), 'soon');
    expect(written).toEqual([]);
    await trail.record(note('a change'), 'before the answer');
    expect(written).toEqual(['a look', 'a change']);
  });

  it('has what only looked a moment later', async () => {
    vi.useFakeTimers();
    try {
      const { trail, written } = trailOn(50);
      await trail.record(note('first'), 'soon');
      await trail.record(note('second'), 'soon');
      await vi.advanceTimersByTimeAsync(50);
      expect(written).toEqual(['first', 'second']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('lets nothing wait where the process may be frozen, and little where very much comes', async () => {
    const frozen = trailOn(0);
    await frozen.trail.record(note('a look'), 'soon');
    expect(frozen.written).toEqual(['a look']);
    const busy = trailOn(1_000_000);
    for (let i = 0; i < 1001; i++) await busy.trail.record(note('a look'), 'soon');
    expect(busy.written).toHaveLength(1001);
    // A sync of the disk and a round trip for many, not for each.
    expect(busy.transactions).toHaveLength(21);
  });

  it('that can not be written refuses every answer until it can, and loses nothing', async () => {
    vi.useFakeTimers();
    try {
      const { trail, written, logged, disk } = trailOn(50);
      disk.broken = true;
      await trail.record(note('first'), 'soon');
      await vi.advanceTimersByTimeAsync(50);
      expect(logged).toHaveLength(1);
      await expect(trail.record(note('second'), 'soon')).rejects.toMatchObject({ code: 'STORAGE_FULL' });
      disk.broken = false;
      await trail.record(note('third'), 'soon');
      expect(written).toEqual(['first', 'second', 'third']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is whole after a flush', async () => {
    const { trail, written } = trailOn(1_000_000);
    await trail.record(note('a look'), 'soon');
    await trail.flush();
    expect(written).toEqual(['a look']);
  });
});
