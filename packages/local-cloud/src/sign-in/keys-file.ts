/** The secrets that must outlive a restart: the key that signs tokens, the keys that sign cookies, and the one behind mailed codes and form tokens. */
import { generateKeyPair, type JsonWebKey, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';

export interface SignInKeys {
  /** RS256 private keys as JWKs; the first signs. */
  readonly jwks: readonly JsonWebKey[];
  readonly cookies: readonly string[];
  /** 32 bytes. */
  readonly secret: Buffer;
}

const file = z.object({
  jwks: z.array(z.looseObject({ kty: z.literal('RSA'), kid: z.string(), n: z.string(), e: z.string(), d: z.string() })).min(1),
  cookies: z.array(z.string().min(32)).min(1),
  secret: z.string().length(43),
});

/**
 * Reads `sign-in/keys.json`, and makes it (0600, whole or not at all) the first time.
 * @throws Error when the file is there and is not what this wrote: a new key would sign everybody out, which nobody asked for.
 */
export async function loadKeys(data: string): Promise<SignInKeys> {
  const folder = join(data, 'sign-in');
  const path = join(folder, 'keys.json');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(path)) {
    const temporary = `${path}.${randomUUID()}`;
    writeFileSync(temporary, JSON.stringify(await makeKeys()), { mode: 0o600, flag: 'wx', flush: true });
    renameSync(temporary, path);
  }
  const read = file.safeParse(parse(readFileSync(path, 'utf8')));
  if (!read.success) throw new Error(`${path} is damaged: restore it, or delete it to make new keys (everyone must then sign in again)`);
  return { jwks: read.data.jwks, cookies: read.data.cookies, secret: Buffer.from(read.data.secret, 'base64url') };
}

async function makeKeys(): Promise<z.output<typeof file>> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };
  return file.parse({ jwks: [jwk], cookies: [randomBytes(32).toString('base64url')], secret: randomBytes(32).toString('base64url') });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
