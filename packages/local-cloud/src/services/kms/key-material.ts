/** The secret half of keys: made here, sealed with the root key before it is stored, opened once and kept as `KeyObject`s that never print themselves. */
import { createPrivateKey, createSecretKey, generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import type { RootKey } from '../service.ts';
import type { KeySpec } from './key.ts';

const encoding = { publicKeyEncoding: { type: 'spki', format: 'der' }, privateKeyEncoding: { type: 'pkcs8', format: 'der' } } as const;

/** Fresh secret bytes: 256 random bits, or a private key as PKCS #8 DER. */
export async function makeMaterial(spec: KeySpec): Promise<Buffer> {
  if (spec === 'SYMMETRIC_DEFAULT') return randomBytes(32);
  return await new Promise((resolve, reject) => {
    const done = (error: Error | null, _publicKey: Buffer, privateKey: Buffer): void => (error ? reject(error) : resolve(privateKey));
    if (spec.startsWith('RSA')) generateKeyPair('rsa', { modulusLength: Number(spec.slice('RSA_'.length)), ...encoding }, done);
    else generateKeyPair('ec', { namedCurve: spec === 'ECC_NIST_P256' ? 'P-256' : 'P-384', ...encoding }, done);
  });
}

/** Binds a sealed backing key to its place, so that it cannot be moved to another. */
export function sealMaterial(rootKey: RootKey, keyId: string, version: number, material: Uint8Array): Uint8Array {
  return rootKey.seal(material, place(keyId, version));
}

/** @throws Error where the stored bytes were changed or belong to another root key. */
export function openMaterial(rootKey: RootKey, keyId: string, version: number, spec: KeySpec, sealed: Uint8Array): KeyObject {
  const material = Buffer.from(rootKey.open(sealed, place(keyId, version)));
  const key = spec === 'SYMMETRIC_DEFAULT' ? createSecretKey(material) : createPrivateKey({ key: material, format: 'der', type: 'pkcs8' });
  material.fill(0);
  return key;
}

function place(keyId: string, version: number): string {
  return `hq-kms key ${keyId} ${version}`;
}
