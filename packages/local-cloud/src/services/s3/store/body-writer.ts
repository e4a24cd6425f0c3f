/** Takes a body in: counts, digests and seals it as it streams, in bounded memory. What comes out is on disk (or small enough for the index) but not yet named. */
import { type KeyObject, randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Blobs } from './blobs.ts';
import type { Segment } from './records.ts';
import { CHUNK_BYTES, deriveBlobKey, sealChunk } from './sealed-chunks.ts';
import { storageError } from './storage-error.ts';

/** A body that was received. Name its blob in a commit with `blobs.insert(segment.blob, inline)`, or `discard` it. */
export interface Received {
  readonly segment: Segment;
  /** The sealed bytes, where they belong into the index. */
  readonly inline: Buffer | undefined;
  discard(): void;
}

/** Sealed chunks that are written with one call. */
const CHUNKS_A_WRITE = 8;

/**
 * Reads `body` to its end.
 * @param observe sees each piece of plaintext, for digests and limits; what it throws ends the upload.
 * @throws whatever `body` throws, or `AwsError` 507 on a full disk; nothing stays behind then.
 */
export async function receiveBody(
  blobs: Blobs,
  dataKey: Uint8Array,
  objectName: string,
  body: AsyncIterable<Uint8Array>,
  observe: (piece: Uint8Array) => void,
): Promise<Received> {
  const writer = new BodyWriter(blobs, dataKey, objectName);
  try {
    for await (const piece of body) {
      observe(piece);
      await writer.push(piece);
    }
    return await writer.finish();
  } catch (error) {
    await writer.abandon();
    throw storageError(error);
  }
}

class BodyWriter {
  readonly #blobs: Blobs;
  readonly #id: number;
  readonly #salt = randomBytes(32);
  readonly #key: KeyObject;
  #chunk: Buffer;
  #filled = 0;
  #index = 0;
  #size = 0;
  #sealed: Buffer[] = [];
  #file: FileHandle | undefined;

  constructor(blobs: Blobs, dataKey: Uint8Array, objectName: string) {
    this.#blobs = blobs;
    this.#id = blobs.newId();
    this.#key = deriveBlobKey(dataKey, this.#salt, objectName);
    this.#chunk = Buffer.allocUnsafe(0);
  }

  async push(piece: Uint8Array): Promise<void> {
    let at = 0;
    this.#size += piece.byteLength;
    while (at < piece.byteLength) {
      if (this.#filled === CHUNK_BYTES) await this.#sealFull();
      const count = Math.min(piece.byteLength - at, CHUNK_BYTES - this.#filled);
      this.#grow(this.#filled + count);
      this.#chunk.set(piece.subarray(at, at + count), this.#filled);
      this.#filled += count;
      at += count;
    }
  }

  async finish(): Promise<Received> {
    const last = sealChunk(this.#key, this.#index, true, this.#chunk.subarray(0, this.#filled));
    const segment: Segment = { blob: this.#id, size: this.#size, salt: this.#salt.toString('base64') };
    if (this.#index === 0) return { segment, inline: last, discard: () => undefined };
    this.#sealed.push(last);
    const file = await this.#write();
    await file.datasync();
    await file.close();
    this.#file = undefined;
    await this.#blobs.settleFile(this.#id);
    return { segment, inline: undefined, discard: () => this.#blobs.discardFile(this.#id) };
  }

  async abandon(): Promise<void> {
    await this.#file?.close().catch(() => undefined);
    if (this.#index > 0) this.#blobs.discardFile(this.#id);
  }

  /** Small bodies should not cost 64 KiB of memory each. */
  #grow(needed: number): void {
    if (needed <= this.#chunk.byteLength) return;
    const larger = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(needed, this.#chunk.byteLength * 4)));
    this.#chunk.copy(larger, 0, 0, this.#filled);
    this.#chunk = larger;
  }

  /** A full chunk that is not the last one. */
  async #sealFull(): Promise<void> {
    this.#sealed.push(sealChunk(this.#key, this.#index, false, this.#chunk));
    this.#index += 1;
    this.#filled = 0;
    if (this.#sealed.length >= CHUNKS_A_WRITE) await this.#write();
  }

  async #write(): Promise<FileHandle> {
    this.#file ??= await this.#blobs.createFile(this.#id);
    const pieces = this.#sealed;
    this.#sealed = [];
    await writeAll(this.#file, pieces);
    return this.#file;
  }
}

async function writeAll(file: FileHandle, pieces: Buffer[]): Promise<void> {
  const total = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  const { bytesWritten } = await file.writev(pieces);
  if (bytesWritten === total) return;
  // A nearly full disk may take a part; the rest either fits or says why it doesn't.
  await file.write(Buffer.concat(pieces).subarray(bytesWritten));
}
