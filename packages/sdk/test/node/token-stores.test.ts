/** Where tokens lie: files that only their owner can read, and the keychain with the file behind it. */
import { chmod, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Tokens } from '../../src/auth/tokens.ts';
import { fileTokenStore } from '../../src/node/file-store.ts';
import { keychainTokenStore, type Keychain } from '../../src/node/keychain-store.ts';

const server = 'https://hq.example:8443';
const tokens: Tokens = { accessToken: 'a', idToken: 'i', refreshToken: 'r', expiresAt: 1000, issuer: 'x', tokenEndpoint: 't', clientId: 'c' };

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hq-home-'));
  // As a careless umask would leave it.
  await chmod(home, 0o755);
});
afterEach(() => rm(home, { recursive: true, force: true }));

const modeOf = async (file: string): Promise<string> => ((await stat(file)).mode & 0o777).toString(8);

function memoryKeychain(): Keychain & { readonly kept: Map<string, string>; broken: boolean } {
  const kept = new Map<string, string>();
  const keychain = {
    kept,
    broken: false,
    get: async (account: string) => keychain.use(() => kept.get(account)),
    set: async (account: string, secret: string) => keychain.use(() => void kept.set(account, secret)),
    remove: async (account: string) => keychain.use(() => void kept.delete(account)),
    use: <T>(work: () => T): T => {
      if (keychain.broken) throw new Error('locked');
      return work();
    },
  };
  return keychain;
}

describe('tokens in a file', () => {
  it('are there for their owner alone, one file a server, and nothing else is left', async () => {
    const store = fileTokenStore(home);
    await store.save(server, tokens);
    await store.save(server, { ...tokens, accessToken: 'b' });
    await store.save('http://127.0.0.1:8787', tokens);
    expect(await store.load(server)).toMatchObject({ accessToken: 'b' });
    expect(await readdir(join(home, 'tokens'))).toHaveLength(2);
    expect(await modeOf(join(home, 'tokens'))).toBe('700');
    for (const file of await readdir(join(home, 'tokens'))) expect(await modeOf(join(home, 'tokens', file))).toBe('600');
    await store.clear(server);
    await store.clear(server);
    expect(await store.load(server)).toBeUndefined();
  });

  it('that others can read are not trusted', async () => {
    const store = fileTokenStore(home);
    await store.save(server, tokens);
    const file = join(home, 'tokens', `${encodeURIComponent(server)}.json`);
    await chmod(file, 0o644);
    await expect(store.load(server)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await store.save(server, tokens);
    expect(await modeOf(file)).toBe('600');
    expect(await store.load(server)).toEqual(tokens);
  });

  it.each(['', '{', 'null', '[]', '{"accessToken":"a"}', JSON.stringify({ ...tokens, expiresAt: 'soon' })])('that are damaged (%j) are none', async (text) => {
    const store = fileTokenStore(home);
    await store.save(server, tokens);
    await writeFile(join(home, 'tokens', `${encodeURIComponent(server)}.json`), text);
    expect(await store.load(server)).toBeUndefined();
  });

  it('replace a link instead of writing through it', async () => {
    const store = fileTokenStore(home);
    await store.save(server, tokens);
    const file = join(home, 'tokens', `${encodeURIComponent(server)}.json`);
    const elsewhere = join(home, 'elsewhere');
    await writeFile(elsewhere, 'precious');
    await rm(file);
    await symlink(elsewhere, file);
    await store.save(server, tokens);
    expect((await stat(elsewhere)).size).toBe('precious'.length);
  });
});

describe('tokens in a keychain', () => {
  it('leave nothing on the disk, and two profiles do not share them', async () => {
    const keychain = memoryKeychain();
    const store = keychainTokenStore(keychain, home, fileTokenStore(home));
    await store.save(server, tokens);
    expect(await readdir(home)).toEqual([]);
    expect(await store.load(server)).toEqual(tokens);
    expect(await keychainTokenStore(keychain, `${home}-other`, fileTokenStore(`${home}-other`)).load(server)).toBeUndefined();
    await store.clear(server);
    expect(keychain.kept.size).toBe(0);
  });

  it('go to the file while it is locked, and back when it opens; the newest always wins', async () => {
    const keychain = memoryKeychain();
    const store = keychainTokenStore(keychain, home, fileTokenStore(home));
    await store.save(server, tokens);
    keychain.broken = true;
    expect(await store.load(server)).toBeUndefined();
    const newer = { ...tokens, accessToken: 'newer', expiresAt: 2000 };
    await store.save(server, newer);
    expect(await store.load(server)).toEqual(newer);
    keychain.broken = false;
    expect(await store.load(server)).toEqual(newer);
    const newest = { ...tokens, accessToken: 'newest', expiresAt: 3000 };
    await store.save(server, newest);
    expect(await readdir(join(home, 'tokens'))).toEqual([]);
    expect(await store.load(server)).toEqual(newest);
    keychain.broken = true;
    await store.clear(server);
  });
});
