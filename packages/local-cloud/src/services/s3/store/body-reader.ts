/** Gives a body out: a range of it, verified chunk by chunk before any byte of the chunk leaves. */
import type { KeyObject } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Blobs } from './blobs.ts';
import type { Segment } from './records.ts';
import { CHUNK_BYTES, chunkCount, deriveBlobKey, openChunk, SEALED_CHUNK_BYTES, TAG_BYTES } from './sealed-chunks.ts';

/** Chunks that are read with one call. */
const CHUNKS_A_READ = 8;

/** A body to read: its blobs, their key, and the name they are bound to. */
export interface Body {
  readonly segments: readonly Segment[];
  readonly dataKey: Uint8Array;
  readonly objectName: string;
}

/**
 * The bytes from `start` (inclusive) to `end` (exclusive). Takes hold of the blobs at once, so that a removal a moment later does not disturb it:
 * whoever gets the iterator must run it to its end or call `return()`.
 * @throws Error (never a wrong byte) where what lies on the disk was changed.
 */
export function readBody(blobs: Blobs, body: Body, start: number, end: number): AsyncGenerator<Uint8Array, void, undefined> {
  const pieces: { segment: Segment; from: number; to: number; inline: Buffer | undefined }[] = [];
  let offset = 0;
  for (const segment of body.segments) {
    const from = Math.max(0, start - offset);
    const to = Math.min(segment.size, end - offset);
    offset += segment.size;
    if (from < to) pieces.push({ segment, from, to, inline: blobs.inline(segment.blob) });
  }
  const release = blobs.pin(pieces.filter((piece) => piece.inline === undefined).map((piece) => piece.segment.blob));
  return (async function* () {
    try {
      for (const { segment, from, to, inline } of pieces) {
        const key = deriveBlobKey(body.dataKey, Buffer.from(segment.salt, 'base64'), body.objectName);
        yield* inline === undefined ? readFile(blobs, segment, key, from, to) : [cut(openChunk(key, 0, true, inline), 0, segment, from, to)];
      }
    } finally {
      release();
    }
  })();
}

async function* readFile(blobs: Blobs, segment: Segment, key: KeyObject, from: number, to: number): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await blobs.openFile(segment.blob);
  try {
    const lastChunk = chunkCount(segment.size) - 1;
    const end = Math.floor((to - 1) / CHUNK_BYTES);
    for (let index = Math.floor(from / CHUNK_BYTES); index <= end; index += CHUNKS_A_READ) {
      const count = Math.min(CHUNKS_A_READ, end - index + 1);
      const sealed = await readChunks(file, segment, index, count);
      for (let each = 0; each < count; each += 1) {
        const chunk = sealed.subarray(each * SEALED_CHUNK_BYTES, (each + 1) * SEALED_CHUNK_BYTES);
        yield cut(openChunk(key, index + each, index + each === lastChunk, chunk), index + each, segment, from, to);
      }
    }
  } finally {
    await file.close();
  }
}

async function readChunks(file: FileHandle, segment: Segment, index: number, count: number): Promise<Buffer> {
  const position = index * SEALED_CHUNK_BYTES;
  const stored = segment.size + chunkCount(segment.size) * TAG_BYTES;
  const buffer = Buffer.allocUnsafe(Math.min(count * SEALED_CHUNK_BYTES, stored - position));
  let filled = 0;
  while (filled < buffer.byteLength) {
    const { bytesRead } = await file.read(buffer, filled, buffer.byteLength - filled, position + filled);
    if (bytesRead === 0) throw new Error(`the file of blob ${segment.blob} is cut off`);
    filled += bytesRead;
  }
  return buffer;
}

/** The part of a chunk that the range asks for. */
function cut(plaintext: Buffer, index: number, segment: Segment, from: number, to: number): Uint8Array {
  const start = index * CHUNK_BYTES;
  if (start + plaintext.byteLength > segment.size) throw new Error(`blob ${segment.blob} is longer than the index says`);
  return plaintext.subarray(Math.max(0, from - start), Math.max(0, to - start));
}
