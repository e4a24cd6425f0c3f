/** Who is next: the scheduler of a simulation. Steps of several processes wait here, and one at a time is let through, by chance. */
import { setImmediate } from 'node:timers/promises';
import type { Seeded } from './seeded.ts';

/** Does the step in its turn, and answers what it answered. Never answers once the process has crashed. */
export type Turn = <Answer>(step: () => Answer) => Promise<Awaited<Answer>>;

export interface Turns {
  of(process: number): Turn;
  /**
   * Lets steps through until `over`.
   * @param crash Told of a process that is gone from here on, at most `crashes` times.
   * @throws Error where nobody waits for a turn and it is not over.
   */
  play(over: () => boolean, crash: (process: number) => void): Promise<void>;
}

interface Waiting {
  readonly process: number;
  /** Does the step, and answers it unless the process is gone by then. */
  readonly go: (answered: boolean) => void;
}

/** One crash in so many turns. */
const crashOdds = 12;

export function createTurns(chance: Seeded, crashes: number): Turns {
  const waiting: Waiting[] = [];
  const gone = new Set<number>();

  function letThrough({ process, go }: Waiting, crash: (process: number) => void): void {
    if (gone.has(process)) return;
    if (gone.size === crashes || chance.below(crashOdds) > 0) return go(true);
    gone.add(process);
    crash(process);
    // Half of them after the step was done, and before anyone knew.
    if (chance.below(2) === 0) go(false);
  }

  return {
    of: (process) => (step) =>
      new Promise((resolve, reject) => {
        const go = (answered: boolean): void => {
          const answer = Promise.resolve(step());
          if (answered) answer.then(resolve, reject);
          else answer.catch(() => {});
        };
        waiting.push({ process, go });
      }),
    async play(over, crash) {
      for (;;) {
        // All that an answer sets off happens before the next turn.
        await setImmediate();
        if (over()) return;
        const [next] = waiting.splice(chance.below(Math.max(1, waiting.length)), 1);
        if (next === undefined) throw new Error('Standstill: an operation waits for something that is not the table.');
        letThrough(next, crash);
      }
    },
  };
}
