/**
 * Writes that wait together share one commit, and so one sync of the disk: under load a durable write costs a fraction of an fsync. A write's promise settles
 * after its commit, never before.
 */
import type { DatabaseSync } from 'node:sqlite';
import { HqError, isHqError } from '@hq/shared/errors';
import { tableError } from './sqlite-errors.ts';

/** Reads and judges, and throws what is to be refused; what it returns then writes. Nothing may be written before it returns. */
type Job<Result> = () => () => Result;

export interface GroupCommit {
  run<Result>(job: Job<Result>): Promise<Result>;
  /** Commits what still waits, and takes no more. */
  finish(): void;
}

/** @param alongside runs inside each commit, for housekeeping. */
export function createGroupCommit(db: DatabaseSync, alongside: () => void): GroupCommit {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  let waiting: { work: () => () => void; refuse: (error: HqError) => void }[] = [];
  let finished = false;

  function flush(): void {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    const settle: (() => void)[] = [];
    try {
      begin.run();
      for (const { work, refuse } of batch) {
        try {
          settle.push(work());
        } catch (error) {
          // A refusal is this job's own, and it has written nothing. A failure of the engine ends the commit for all.
          if (!isHqError(error)) throw error;
          settle.push(() => refuse(error));
        }
      }
      alongside();
      commit.run();
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      const reason = tableError(error);
      for (const { refuse } of batch) refuse(reason);
      return;
    }
    for (const done of settle) done();
  }

  return {
    run<Result>(job: Job<Result>): Promise<Result> {
      if (finished) return Promise.reject(new HqError('UNAVAILABLE', 'The server is stopping.', { hint: 'Try again once it runs.' }));
      return new Promise<Result>((resolve, refuse) => {
        waiting.push({
          work() {
            const result = job()();
            return () => resolve(result);
          },
          refuse,
        });
        if (waiting.length === 1) setImmediate(flush);
      });
    },
    finish() {
      finished = true;
      flush();
    },
  };
}
