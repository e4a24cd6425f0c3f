/** Signatures under asymmetric keys, as RFC 8017 (RSA) and FIPS 186 (ECDSA, DER) have them. */
import { constants, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { KeySpec } from './key.ts';

export const algorithmNames = [
  'RSASSA_PSS_SHA_256',
  'RSASSA_PSS_SHA_384',
  'RSASSA_PSS_SHA_512',
  'RSASSA_PKCS1_V1_5_SHA_256',
  'RSASSA_PKCS1_V1_5_SHA_384',
  'RSASSA_PKCS1_V1_5_SHA_512',
  'ECDSA_SHA_256',
  'ECDSA_SHA_384',
] as const;
export type SigningAlgorithm = (typeof algorithmNames)[number];

/** What a key of this kind can sign with; empty for one that only encrypts. */
export function signingAlgorithms(spec: KeySpec): readonly SigningAlgorithm[] {
  if (spec === 'ECC_NIST_P256') return ['ECDSA_SHA_256'];
  if (spec === 'ECC_NIST_P384') return ['ECDSA_SHA_384'];
  return spec === 'SYMMETRIC_DEFAULT' ? [] : algorithmNames.filter((name) => name.startsWith('RSA'));
}

/** Signs a whole message. */
export function signMessage(key: KeyObject, algorithm: SigningAlgorithm, message: Uint8Array): Buffer {
  return sign(hashOf(algorithm), message, { key, ...padding(algorithm) });
}

/** True for a signature that `signMessage` could have made with this private key. */
export function verifyMessage(key: KeyObject, algorithm: SigningAlgorithm, message: Uint8Array, signature: Uint8Array): boolean {
  return verify(hashOf(algorithm), message, { key: createPublicKey(key), ...padding(algorithm) }, signature);
}

/** `sha256`, `sha384` or `sha512`. */
function hashOf(algorithm: SigningAlgorithm): 'sha256' | 'sha384' | 'sha512' {
  if (algorithm.endsWith('256')) return 'sha256';
  return algorithm.endsWith('384') ? 'sha384' : 'sha512';
}

function padding(algorithm: SigningAlgorithm): { padding?: number; saltLength?: number } {
  if (algorithm.startsWith('ECDSA')) return {};
  if (algorithm.startsWith('RSASSA_PKCS1')) return { padding: constants.RSA_PKCS1_PADDING };
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}
