/** Runs work side by side, at most `width` at a time, and starts nothing new once the signal is aborted. */
export async function inParallel<T>(items: Iterable<T>, width: number, signal: AbortSignal, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (let next = queue.next(); next.done !== true && !signal.aborted; next = queue.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: width }, lane));
}
