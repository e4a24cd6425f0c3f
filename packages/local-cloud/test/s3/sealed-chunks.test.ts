/** A chunk opens only as what it was sealed as: this chunk, of this blob, of this object. */
import { createSecretKey, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { chunkCount, deriveBlobKey, openChunk, sealChunk } from '../../src/services/s3/store/sealed-chunks.ts';

const dataKey = randomBytes(32);
const salt = randomBytes(32);
const key = deriveBlobKey(dataKey, salt, 'bucket/key');
const sealed = sealChunk(key, 3, false, Buffer.from('plaintext'));

test('it opens as what it is', () => {
  expect(openChunk(key, 3, false, sealed).toString()).toBe('plaintext');
});

test.each([
  ['another place in the blob', () => openChunk(key, 4, false, sealed)],
  ['the end of the blob', () => openChunk(key, 3, true, sealed)],
  ['a chunk of another object', () => openChunk(deriveBlobKey(dataKey, salt, 'bucket/other'), 3, false, sealed)],
  ['a chunk of another blob', () => openChunk(deriveBlobKey(dataKey, randomBytes(32), 'bucket/key'), 3, false, sealed)],
  ['a chunk under another data key', () => openChunk(deriveBlobKey(randomBytes(32), salt, 'bucket/key'), 3, false, sealed)],
  ['a chunk under a key of its own', () => openChunk(createSecretKey(randomBytes(32)), 3, false, sealed)],
  ['a chunk without its last byte', () => openChunk(key, 3, false, sealed.subarray(0, -1))],
  ['a chunk without its tag', () => openChunk(key, 3, false, sealed.subarray(0, 5))],
  ['nothing', () => openChunk(key, 3, false, Buffer.alloc(0))],
])('it does not open as %s', (_, open) => {
  expect(open).toThrow(/unable to authenticate|cut off/);
});

test('an empty body has a chunk too, so that its emptiness is sealed', () => {
  expect([0, 1, 65_536, 65_537].map(chunkCount)).toEqual([1, 1, 1, 2]);
  expect(openChunk(key, 0, true, sealChunk(key, 0, true, Buffer.alloc(0)))).toEqual(Buffer.alloc(0));
});
