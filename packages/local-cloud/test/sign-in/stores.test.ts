import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAccounts } from '../../src/sign-in/accounts.ts';
import { openArtifacts } from '../../src/sign-in/artifact-store.ts';
import { openCodes } from '../../src/sign-in/codes.ts';
import { openDatabase } from '../../src/sign-in/database.ts';
import { loadKeys } from '../../src/sign-in/keys-file.ts';
import { defaultCost, hashPassword, verifyPassword } from '../../src/sign-in/password.ts';
import { rateLimit } from '../../src/sign-in/rate-limit.ts';

let data = '';
let database: ReturnType<typeof openDatabase>;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'hq-sign-in-'));
  database = openDatabase(data);
});
afterEach(() => {
  database.close();
  rmSync(data, { recursive: true });
});

const cheap = { N: 1024, r: 8, p: 1 };
const minute = 60_000;

const codes = () => openCodes(database, Buffer.alloc(32, 7));

describe('a mailed code', () => {
  const pending = { email: 'a@example.com', password: undefined };

  it('is six digits, good once', () => {
    const store = codes();
    const code = store.issue('i', 'reset', pending, 0);
    expect(code).toMatch(/^\d{6}$/);
    expect(store.redeem('i', 'reset', code, minute).outcome).toBe('right');
    expect(store.redeem('i', 'reset', code, minute).outcome).toBe('none');
  });

  it('is not good elsewhere, nor for another purpose, nor after a newer one, nor a moment too late', () => {
    const store = codes();
    const code = store.issue('i', 'reset', pending, 0);
    store.issue('j', 'reset', pending, 0);
    store.issue('i', 'sign-up', pending, 0);
    const elsewhere = [store.redeem('j', 'reset', code, 1), store.redeem('i', 'sign-up', code, 1), store.redeem('k', 'reset', code, 1)];
    expect(elsewhere.map(({ outcome }) => outcome)).not.toContain('right');
    expect(store.redeem('i', 'reset', code, 15 * minute).outcome).toBe('expired');
    const newer = store.issue('i', 'reset', pending, 0);
    expect(store.redeem('i', 'reset', newer === code ? '' : code, 1).outcome).toBe('wrong');
    expect(store.redeem('i', 'reset', newer, 15 * minute - 1).outcome).toBe('right');
  });

  it('does not lie in the database', () => {
    const code = codes().issue('i', 'reset', pending, 0);
    const rows = JSON.stringify(database.prepare('SELECT * FROM codes').all());
    expect(rows).toContain('a@example.com');
    expect(rows.includes(`"${code}"`)).toBe(false);
  });
});

describe('what the provider remembers', () => {
  it('is used up once: of two at the same moment one wins, and the other ends the family', async () => {
    const tokens = openArtifacts(database, { clock: () => 0 }).adapter('RefreshToken');
    const grants = openArtifacts(database, { clock: () => 0 }).adapter('Grant');
    await grants.upsert('g', { accountId: 'a' }, 60);
    await tokens.upsert('one', { grantId: 'g', accountId: 'a' }, 60);
    await tokens.upsert('two', { grantId: 'g', accountId: 'a' }, 60);
    await tokens.consume('one');
    expect(await tokens.find('one')).toMatchObject({ jti: 'one', consumed: 0 });
    await expect(tokens.consume('one')).rejects.toThrow('invalid_grant');
    expect([await tokens.find('one'), await tokens.find('two'), await grants.find('g')]).toEqual([undefined, undefined, undefined]);
  });

  it('is forgotten by account, by grant and by age, and nothing else is', async () => {
    const store = openArtifacts(database, { clock: () => 0 });
    const tokens = store.adapter('RefreshToken');
    await tokens.upsert('a', { grantId: 'g1', accountId: 'one' }, 60);
    await tokens.upsert('b', { grantId: 'g2', accountId: 'two' }, 60);
    await tokens.upsert('c', { grantId: 'g3', accountId: 'three' }, 10);
    await tokens.upsert('d', { grantId: 'g4', accountId: 'four' }, 60);
    store.forgetAccount('one');
    await tokens.revokeByGrantId('g2');
    store.sweep(11_000);
    const left = await Promise.all(['a', 'b', 'c', 'd'].map(async (id) => (await tokens.find(id))?.jti));
    expect(left).toEqual([undefined, undefined, undefined, 'd']);
  });
});

describe('passwords', () => {
  it('rest as scrypt with a salt of their own and the cost beside', async () => {
    const [one, two] = await Promise.all([hashPassword('correct horse battery', cheap), hashPassword('correct horse battery', cheap)]);
    expect(one).toMatch(/^scrypt\$1024\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(one).not.toBe(two);
    expect(await Promise.all(['correct horse battery', 'correct horse batterz', ''].map((password) => verifyPassword(password, one)))).toEqual([
      true,
      false,
      false,
    ]);
    expect(defaultCost.N * defaultCost.r * defaultCost.p * 128).toBeGreaterThanOrEqual(64 * 1024 * 1024);
  });

  it('are the same in either Unicode form', async () => {
    const stored = await hashPassword('Zoë’s password'.normalize('NFD'), cheap);
    expect(await verifyPassword('Zoë’s password'.normalize('NFC'), stored)).toBe(true);
  });

  it('fit their own address only, and an address has one account', async () => {
    const accounts = await openAccounts(database, cheap);
    accounts.add('a@example.com', await hashPassword('correct horse battery', cheap), 0);
    expect(await accounts.verify('a@example.com', 'correct horse battery')).toMatchObject({ email: 'a@example.com' });
    expect(await accounts.verify('b@example.com', 'correct horse battery')).toBeUndefined();
    expect(accounts.add('a@example.com', 'other', 0)).toBeUndefined();
  });
});

describe('a rate limit', () => {
  it('lets a key wait until its window ends, and no other key', () => {
    const limit = rateLimit(2, minute);
    for (const now of [0, 10]) limit.hit('a', now);
    expect([limit.wait('a', 20), limit.wait('b', 20), limit.wait('a', minute)]).toEqual([minute - 20, 0, 0]);
    limit.hit('a', minute);
    expect(limit.wait('a', minute)).toBe(0);
  });

  it('keeps a bounded number of keys', () => {
    const limit = rateLimit(1, minute);
    for (let key = 0; key < 20_001; key += 1) limit.hit(String(key), 0);
    expect([limit.wait('0', 1), limit.wait('20000', 1)]).toEqual([0, minute - 1]);
  });
});

describe('the keys', () => {
  it('are made once, for their owner alone', async () => {
    const made = await loadKeys(data);
    const path = join(data, 'sign-in', 'keys.json');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await loadKeys(data)).toEqual(made);
    expect(readFileSync(path, 'utf8')).toContain(made.secret.toString('base64url'));
  });

  it.each(['', '{}', '{"jwks":[]}', randomBytes(40).toString('base64')])('that are damaged (%.10s) are not replaced in silence', async (text) => {
    await loadKeys(data);
    writeFileSync(join(data, 'sign-in', 'keys.json'), text);
    await expect(loadKeys(data)).rejects.toThrow('is damaged');
  });
});
