/** Passwords: what is accepted, and how they rest (scrypt, a salt each, the cost written beside so that it can be raised later). */
import { randomBytes, scrypt, type ScryptOptions, timingSafeEqual } from 'node:crypto';
import { workGate } from './work-gate.ts';

export interface PasswordCost {
  /** CPU and memory cost, a power of two. */
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** OWASP's minimum for scrypt with 32 MiB. https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#scrypt */
export const defaultCost: PasswordCost = { N: 2 ** 15, r: 8, p: 3 };

/**
 * One gate for the process, because what it guards is the process's: Node has four threads for this and for files, and each hash takes one of them and 32 MiB.
 * Two leave the files theirs; those who wait behind 64 others would wait longer than a browser does.
 */
const gate = workGate(2, 64);

/** @throws GateFullError when so many passwords are being checked that another would be refused; ask before anything is counted or used up. */
export function assertPasswordTurn(): void {
  gate.assertRoom();
}

const keyLength = 32;
const minLength = 12;
const maxLength = 256;

/** Why a password is not accepted, as a sentence for the person; undefined when it is. */
export function passwordProblem(password: string, email: string): string | undefined {
  const letters = Array.from(password);
  if (letters.length < minLength) return `The password has ${letters.length} characters. Please use at least ${minLength}; a few words are fine.`;
  if (letters.length > maxLength) return `The password is longer than ${maxLength} characters.`;
  if (new Set(letters).size < 5) return 'The password repeats the same few characters. Please mix it more.';
  const name = email.slice(0, email.indexOf('@'));
  const lower = password.toLowerCase();
  if (lower === email || (name.length >= 6 && lower.includes(name))) return 'The password contains your e-mail address. Please choose another.';
  return undefined;
}

/** `scrypt$N$r$p$salt$key`, base64url. About 0.2 s of one core, on a thread of its own. @throws GateFullError */
export async function hashPassword(password: string, cost: PasswordCost = defaultCost): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** True for the password that was hashed. Takes as long for a wrong one. @throws GateFullError */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [scheme, N, r, p, salt, key] = stored.split('$');
  if (scheme !== 'scrypt' || salt === undefined || key === undefined) return false;
  const expected = Buffer.from(key, 'base64url');
  const actual = await derive(password, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) });
  return expected.length === actual.length && timingSafeEqual(actual, expected);
}

function derive(password: string, salt: Buffer, cost: PasswordCost): Promise<Buffer> {
  // Two keyboards may write one character in two ways (NIST SP 800-63B, 5.1.1.2).
  const normal = Buffer.from(password.normalize('NFKC'));
  const options: ScryptOptions = { ...cost, maxmem: 256 * cost.N * cost.r };
  return gate.run(
    () =>
      new Promise((resolve, reject) => {
        scrypt(normal, salt, keyLength, options, (error, key) => (error ? reject(error) : resolve(key)));
      }),
  );
}
