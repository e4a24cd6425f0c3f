/**
 * Bodies at rest: AES-256-GCM in chunks of 64 KiB, so that a range needs only the chunks it touches and no byte leaves before its chunk is verified.
 * Each blob has a key of its own, derived from the object's data key, a random salt, and the object's name: a blob that is moved below another name does not open.
 * The nonce is the chunk's number with a mark on the last one (the STREAM construction), so chunks can be neither reordered, repeated nor cut off.
 */
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** Plaintext bytes in each chunk but the last. */
export const CHUNK_BYTES = 65_536;
/** Authentication tag after each chunk's ciphertext. */
export const TAG_BYTES = 16;
/** Bytes on disk of each chunk but the last. */
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;

/** The key of one blob. Keys are KeyObjects throughout: Node 24 takes 60 µs to find out that a Buffer is none. */
export function deriveBlobKey(dataKey: Uint8Array, salt: Uint8Array, objectName: string): KeyObject {
  return createSecretKey(createHmac('sha256', createSecretKey(dataKey)).update('hq-s3-blob-1').update(salt).update(objectName, 'utf8').digest());
}

/** How many chunks a blob of `size` plaintext bytes has; an empty blob has one, so that its emptiness is authenticated too. */
export function chunkCount(size: number): number {
  return Math.max(1, Math.ceil(size / CHUNK_BYTES));
}

function nonceOf(index: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce[0] = last ? 1 : 0;
  nonce.writeUInt32BE(index, 8);
  return nonce;
}

/** Ciphertext with its tag behind it. */
export function sealChunk(key: KeyObject, index: number, last: boolean, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(index, last));
  const sealed = cipher.update(plaintext);
  cipher.final();
  return Buffer.concat([sealed, cipher.getAuthTag()]);
}

/** The plaintext back. @throws Error where a bit of it was changed, or it is not this chunk of this blob. */
export function openChunk(key: KeyObject, index: number, last: boolean, sealed: Uint8Array): Buffer {
  if (sealed.byteLength < TAG_BYTES) throw new Error('a stored chunk is cut off');
  const end = sealed.byteLength - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(index, last), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(end));
  const plaintext = decipher.update(sealed.subarray(0, end));
  decipher.final();
  return plaintext;
}
