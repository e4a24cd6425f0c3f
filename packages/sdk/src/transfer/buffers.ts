/** Content on its way to storage waits in memory, a part at a time, so that a failed part can be sent again; this bounds how much waits. */
import { HqError } from '@hq/shared/errors';

export interface ByteBudget {
  /** Waits until `bytes` fit beside what is taken. A request for more than the whole budget gets it alone. Call the answer to give them back. */
  take(bytes: number): Promise<() => void>;
}

/** A budget of that many bytes, first come, first served. */
export function byteBudget(total: number): ByteBudget {
  let free = total;
  const waiting: { bytes: number; go(): void }[] = [];
  const serve = (): void => {
    for (let first = waiting[0]; first !== undefined && first.bytes <= free; first = waiting[0]) {
      waiting.shift();
      free -= first.bytes;
      first.go();
    }
  };
  return {
    take: async (wanted) => {
      const bytes = Math.min(wanted, total);
      if (waiting.length === 0 && bytes <= free) free -= bytes;
      else await new Promise<void>((go) => waiting.push({ bytes, go }));
      let given = false;
      return () => {
        if (given) return;
        given = true;
        free += bytes;
        serve();
      };
    },
  };
}

/** The refusal of content that is not what its size or hash promised: someone wrote to the file while it was read. */
export function changedMeanwhile(path: string): HqError {
  return new HqError('CONFLICT', `"${path}" changed while it was being uploaded.`, {
    hint: 'Nothing was stored. Try again when the file is no longer being written.',
  });
}

/** Buffers of one size, used again: a fresh one for each part would leave as much garbage as the file is long. */
export interface BufferPool {
  take(size: number): Uint8Array;
  /** Gives it back; its content may change from now on. */
  give(part: Uint8Array): void;
}

/** A pool of buffers of `size` bytes. */
export function bufferPool(size: number): BufferPool {
  const free: ArrayBuffer[] = [];
  return {
    take: (wanted) => new Uint8Array(free.pop() ?? new ArrayBuffer(size), 0, wanted),
    give: (part) => void free.push(part.buffer as ArrayBuffer),
  };
}

/** Content cut into parts of exactly `partSize` bytes (the last may be shorter), in buffers of the pool. @throws HqError `CONFLICT` unless there are exactly `size` bytes. */
export async function* inParts(
  source: AsyncIterable<Uint8Array>,
  size: number,
  partSize: number,
  path: string,
  pool = bufferPool(partSize),
): AsyncGenerator<Uint8Array> {
  let part: Uint8Array | undefined;
  let filled = 0;
  let left = size;
  for await (const chunk of source) {
    if (chunk.length > left) throw changedMeanwhile(path);
    left -= chunk.length;
    for (let at = 0; at < chunk.length; ) {
      part ??= pool.take(Math.min(partSize, left + chunk.length - at));
      const count = Math.min(part.length - filled, chunk.length - at);
      part.set(chunk.subarray(at, at + count), filled);
      filled += count;
      at += count;
      if (filled === part.length) {
        yield part;
        part = undefined;
        filled = 0;
      }
    }
  }
  if (left !== 0) throw changedMeanwhile(path);
}

/** All of a small content in one piece. @throws HqError `CONFLICT` unless there are exactly `size` bytes. */
export async function collect(source: AsyncIterable<Uint8Array>, size: number, path: string): Promise<Uint8Array> {
  let whole: Uint8Array = new Uint8Array(0);
  let filled = 0;
  for await (const chunk of source) {
    if (filled + chunk.length > size) throw changedMeanwhile(path);
    // Nearly every small file comes as one chunk, and no other comes after it to overwrite it: no copy.
    if (filled === 0 && chunk.length === size) whole = chunk;
    else {
      if (whole.length !== size) whole = new Uint8Array(size);
      whole.set(chunk, filled);
    }
    filled += chunk.length;
  }
  if (filled !== size) throw changedMeanwhile(path);
  return whole;
}
