/**
 * Durable commits that share one fsync. SQLite runs with `synchronous=FULL`, so each COMMIT waits for the disk; requests that arrive while one waits are put
 * into the next transaction together. Each piece of work runs in a savepoint of its own, so that one refusal does not undo its neighbours.
 */
import type { DatabaseSync } from 'node:sqlite';
import { storageError } from './storage-error.ts';

interface Waiting {
  readonly run: () => () => void;
  readonly reject: (reason: unknown) => void;
}

export class GroupCommit {
  readonly #db: DatabaseSync;
  #waiting: Waiting[] = [];

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /**
   * Runs `work` in the next transaction. All work runs one after the other, so what it reads stays true until it is written.
   * @returns what `work` returned, once it is on disk.
   * @throws whatever `work` throws (then nothing of it is kept), or `AwsError` 507 where the disk refuses.
   */
  run<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const run = (): (() => void) => {
        const value = work();
        return () => resolve(value);
      };
      this.#waiting.push({ run, reject });
      if (this.#waiting.length === 1) setImmediate(() => this.#flush());
    });
  }

  /** Resolves once everything that waits now is on disk or refused. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      setImmediate(resolve);
    });
  }

  #flush(): void {
    const batch = this.#waiting;
    this.#waiting = [];
    const settle: (() => void)[] = [];
    try {
      this.#db.exec('BEGIN IMMEDIATE');
      for (const { run, reject } of batch) {
        this.#db.exec('SAVEPOINT one');
        try {
          settle.push(run());
        } catch (error) {
          // A full disk makes SQLite drop the whole transaction, and with it the neighbours' work.
          if (!this.#db.isTransaction) throw error;
          this.#db.exec('ROLLBACK TO one');
          settle.push(() => reject(storageError(error)));
        }
        this.#db.exec('RELEASE one');
      }
      this.#db.exec('COMMIT');
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      for (const { reject } of batch) reject(storageError(error));
      return;
    }
    for (const done of settle) done();
  }
}
