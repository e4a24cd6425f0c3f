/**
 * The key under which everything else is sealed: 32 random bytes in a file that only its owner can read. Whoever has the file has the data;
 * what it protects is a copy of the rest (a backup, a disk image) that leaves without it.
 */
import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { RootKey } from './services/service.ts';

const VERSION = 1;
const NONCE = 12;
const TAG = 16;

/** A root key that other keys can be derived from. */
export interface MasterKey extends RootKey {
  /** A key for one purpose, 32 bytes; the same for the same label on the same data folder. */
  derive(label: string): Buffer;
}

/**
 * Reads `root.key` in a folder, or makes it: written and synced under another name first, so that no crash leaves half a key.
 * @throws Error where the file is there and is no key, or cannot be written.
 */
export function openRootKey(folder: string): MasterKey {
  const file = join(folder, 'root.key');
  const bytes = read(file) ?? create(folder, file);
  if (bytes.length !== 32) throw new Error(`${file} is not a root key: it has ${bytes.length} bytes and must have 32`);
  return masterKey(bytes);
}

/** Sealing with AES-256-GCM: version, random nonce, tag, ciphertext. Good for 2³² seals under one key. */
export function masterKey(secret: Uint8Array): MasterKey {
  const derive = (label: string): Buffer => Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `hq-local-cloud/${label}`, 32));
  const sealing = createSecretKey(derive('seal'));
  return {
    derive,
    seal(plaintext, associatedData) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce).setAAD(Buffer.from(associatedData));
      const ciphertext = [cipher.update(plaintext), cipher.final()];
      return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), ...ciphertext]);
    },
    open(sealed, associatedData) {
      if (sealed.length < 1 + NONCE + TAG || sealed[0] !== VERSION) throw new Error('this was not sealed with the root key');
      const decipher = createDecipheriv('aes-256-gcm', sealing, sealed.subarray(1, 1 + NONCE), { authTagLength: TAG });
      decipher.setAAD(Buffer.from(associatedData)).setAuthTag(sealed.subarray(1 + NONCE, 1 + NONCE + TAG));
      return Buffer.concat([decipher.update(sealed.subarray(1 + NONCE + TAG)), decipher.final()]);
    },
  };
}

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function create(folder: string, file: string): Buffer {
  const bytes = randomBytes(32);
  const draft = join(folder, `.root.key-${randomBytes(6).toString('hex')}`);
  const handle = openSync(draft, 'wx', 0o600);
  try {
    writeSync(handle, bytes);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  // A link never replaces a key that someone else made meanwhile.
  linkSync(draft, file);
  unlinkSync(draft);
  syncFolder(folder);
  return bytes;
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
