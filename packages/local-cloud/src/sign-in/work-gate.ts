/** Heavy work in turn: so many at once, so many waiting, and no more. */

/** The queue is full: try again later. */
export class GateFullError extends Error {
  override readonly name = 'GateFullError';
}

export interface WorkGate {
  /** Runs the work when its turn comes; it has its place when this returns. @throws GateFullError */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  /** @throws GateFullError when `run` would, at this moment. */
  assertRoom(): void;
}

/** A gate that lets `most` run and `waiting` more wait, in the order they came. */
export function workGate(most: number, waiting: number): WorkGate {
  const queue: (() => void)[] = [];
  let running = 0;
  const assertRoom = (): void => {
    if (running >= most && queue.length >= waiting) throw new GateFullError('too much is waiting already');
  };
  return {
    assertRoom,
    async run(work) {
      assertRoom();
      if (running < most) running += 1;
      else await new Promise<void>((resolve) => queue.push(resolve));
      try {
        return await work();
      } finally {
        const next = queue.shift();
        // A place is handed on, so that nobody who comes between takes it.
        if (next === undefined) running -= 1;
        else next();
      }
    },
  };
}
