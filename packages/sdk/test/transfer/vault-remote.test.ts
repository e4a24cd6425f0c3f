/** The real client against the real local cloud: small files, conditions, names, listings. */
import { canonicalPath, root } from '@hq/shared/path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCloud, type Cloud } from '../support/cloud.ts';
import { contentOf, noise, read, sha256 } from '../support/content.ts';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

const path = canonicalPath;
const nothing = { etag: null };

async function collectPaths(list: AsyncIterable<{ path: string }>): Promise<string[]> {
  const paths: string[] = [];
  for await (const file of list) paths.push(file.path);
  return paths;
}

describe('a small file', () => {
  it('comes back as it was written, with what was written about it', async () => {
    const { remote, issued } = cloud.remote();
    const body = noise(4096);
    const metadata = { sha256: sha256(body), executable: '1' };
    const { etag } = await remote.put(path('small/a.bin'), contentOf(body), nothing, metadata);
    const got = await remote.get(path('small/a.bin'));
    expect(await read(got.body)).toEqual(Buffer.from(body));
    expect(got).toMatchObject({ path: 'small/a.bin', size: 4096, etag, metadata });
    expect(await remote.stat(path('small/a.bin'))).toEqual({ path: 'small/a.bin', size: 4096, etag, metadata });
    expect(issued).toEqual(['write ', 'read ']);
  });

  it('may be empty', async () => {
    const { remote } = cloud.remote();
    await remote.put(path('small/empty'), contentOf(''), nothing, {});
    expect(await read((await remote.get(path('small/empty'))).body)).toHaveLength(0);
  });

  it('is not stored when it is no longer what was hashed', async () => {
    const { remote } = cloud.remote();
    await expect(remote.put(path('small/changed'), contentOf('new'), nothing, { sha256: sha256('old') })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await remote.stat(path('small/changed'))).toBeUndefined();
  });

  it.each(['a b+c.txt', "!'()*&=@:;,?#[].txt", 'ünï/日本語/😀.md', '100%/%2F.txt', 'star*/que?.$x{y}"z"', '~tilde/-dash_.'])(
    'called %j is written, listed, read and removed',
    async (name) => {
      const { remote } = cloud.remote();
      const at = path(`names/${name}`);
      const { etag } = await remote.put(at, contentOf(name), nothing, {});
      expect(await collectPaths(remote.list(path('names/')))).toEqual([at]);
      expect((await read((await remote.get(at)).body)).toString()).toBe(name);
      await remote.remove(at, { etag });
      expect(await collectPaths(remote.list(path('names/')))).toEqual([]);
    },
  );
});

describe('a condition', () => {
  it('keeps a second writer from replacing what the first wrote', async () => {
    const { remote } = cloud.remote();
    const at = path('conditions/new');
    const { etag } = await remote.put(at, contentOf('first'), nothing, {});
    await expect(remote.put(at, contentOf('second'), nothing, {})).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    const next = await remote.put(at, contentOf('third'), { etag }, {});
    await expect(remote.put(at, contentOf('fourth'), { etag }, {})).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    await expect(remote.get(at, { etag })).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    await expect(remote.remove(at, { etag })).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect((await read((await remote.get(at, next)).body)).toString()).toBe('third');
  });

  it('lets exactly one of many writers win', async () => {
    const { remote } = cloud.remote();
    const attempts = await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) => remote.put(path('conditions/race'), contentOf(`writer ${index}`), nothing, {})),
    );
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refusals = attempts.flatMap((attempt) => (attempt.status === 'rejected' ? [(attempt.reason as { code: string }).code] : []));
    expect(new Set(refusals)).toEqual(new Set(['PRECONDITION_FAILED']));
  });

  it('on a file that is gone is told as such', async () => {
    const { remote } = cloud.remote();
    const { etag } = await remote.put(path('conditions/gone'), contentOf('x'), nothing, {});
    await remote.remove(path('conditions/gone'), { etag });
    await expect(remote.get(path('conditions/gone'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(remote.put(path('conditions/gone'), contentOf('y'), { etag }, {})).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect(await remote.stat(path('conditions/gone'))).toBeUndefined();
    await remote.remove(path('conditions/gone'), { etag });
  });
});

describe('a listing', () => {
  it('goes on past a thousand, in order of bytes', async () => {
    const { remote } = cloud.remote();
    const names = Array.from({ length: 1003 }, (_, index) => `many/${String(index).padStart(4, '0')}`);
    names.push('many/\uffee', 'many/😀');
    await Promise.all(names.map((name) => remote.put(path(name), contentOf(''), nothing, {})));
    expect(await collectPaths(remote.list(path('many/')))).toEqual(names);
  });

  it('of one file is that file, and nothing that merely begins like it', async () => {
    const page = {
      files: [
        { path: 'one/f', size: 1, etag: 'e' },
        { path: 'one/f2', size: 1, etag: 'e' },
      ],
      continuationToken: null,
    };
    const { remote } = cloud.remote({ listPage: async () => page });
    expect(await collectPaths(remote.list(path('one/f')))).toEqual(['one/f']);
  });

  it('goes through the API where the cone has a carve-out, and follows empty pages', async () => {
    const pages = [
      { files: [{ path: 'carved/a', size: 1, etag: 'e' }], continuationToken: 'one' },
      { files: [], continuationToken: 'two' },
      { files: [{ path: 'carved/z', size: 1, etag: 'e' }], continuationToken: null },
    ];
    const asked: (string | undefined)[] = [];
    const { remote } = cloud.remote({
      deny: ['carved/secret/'],
      listPage: async (folder, token) => {
        expect(folder).toBe('carved/');
        asked.push(token);
        return pages[asked.length - 1] ?? { files: [], continuationToken: null };
      },
    });
    expect(await collectPaths(remote.list(path('carved/')))).toEqual(['carved/a', 'carved/z']);
    expect(asked).toEqual([undefined, 'one', 'two']);
  });

  it('names what can not be synced, instead of leaving it out in silence', async () => {
    await cloud.raw('s3', 'PUT', '/hq-vault-test/odd//double');
    await cloud.raw('s3', 'PUT', '/hq-vault-test/odd/folder/');
    await cloud.raw('s3', 'PUT', '/hq-vault-test/odd/e%CC%81');
    await cloud.raw('s3', 'PUT', '/hq-vault-test/odd/fine');
    const unusable: string[] = [];
    const { remote } = cloud.remote({ onUnusable: (key) => unusable.push(key) });
    expect(await collectPaths(remote.list(path('odd/')))).toEqual(['odd/fine']);
    expect(unusable).toEqual(['odd//double', 'odd/e\u0301']);
  });
});

describe('the storage', () => {
  it('refuses what the session does not hold, and the refusal is ours to read', async () => {
    const { remote } = cloud.remote({ cone: path('mine/'), allow: ['mine/'] });
    await expect(remote.put(path('theirs/f'), contentOf('x'), nothing, {})).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(remote.get(path('theirs/f'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('answers inside a carve-out that nobody told us of as where there is no session, and goes on with the sessions it has', async () => {
    const at = path('carve/secret/f');
    const { etag } = await cloud.remote().remote.put(at, contentOf('x'), nothing, {});
    const { remote, issued } = cloud.remote({ deny: ['carve/secret/'] });
    await expect(remote.get(at)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await remote.stat(at)).toBeUndefined();
    await expect(remote.put(at, contentOf('y'), { etag }, {})).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(remote.put(path('carve/secret/new'), contentOf('y'), nothing, {})).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(remote.remove(at, { etag })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await remote.put(path('carve/beside'), contentOf('z'), nothing, {});
    expect(issued).toEqual(['read ', 'write ']);
    expect((await read((await cloud.remote().remote.get(at)).body)).toString()).toBe('x');
  });

  it('is asked once about a closed folder, however many files wait for it, and not kept from an open one inside', async () => {
    const { remote, issued, asked } = cloud.remote({ deny: ['shut/a/'], allow: ['', 'shut/a/open/'] });
    for (const name of ['b/f', 'b/g', 'h', 'c/d/i']) {
      await expect(remote.put(path(`shut/a/${name}`), contentOf('x'), nothing, {})).rejects.toMatchObject({ code: 'FORBIDDEN' });
    }
    expect(asked).toEqual([4]);
    // Storage refuses here, since this cloud puts both into one session; what counts is that it was asked.
    await expect(remote.put(path('shut/a/open/f'), contentOf('x'), nothing, {})).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await remote.put(path('shut/f'), contentOf('x'), nothing, {});
    expect(issued).toEqual(['write ', 'write ']);
  });

  it('is not asked what may be read: the API is, a thousand paths at a time', async () => {
    const { remote, issued, asked } = cloud.remote({ deny: ['secret/'] });
    const open = Array.from({ length: 1500 }, (_, index) => path(`open/${index}`));
    const closed = Array.from({ length: 1000 }, (_, index) => path(`secret/${index}`));
    expect(await remote.readable(root, [...closed, ...open])).toEqual(new Set(open));
    expect(asked).toEqual([1000, 1000, 500]);
    expect(await remote.readable(root, [])).toEqual(new Set());
    expect(asked).toHaveLength(3);
    expect(issued).toEqual([]);
  });

  it('tells a missing file from a refused one although it answers both with 403', async () => {
    const { remote } = cloud.remote({ deny: ['x/'] });
    expect(await remote.stat(path('missing'))).toBeUndefined();
    await expect(remote.get(path('missing'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(remote.put(path('missing'), contentOf('y'), { etag: 'ab'.repeat(16) }, {})).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
  });

  it('says that the clock is wrong when it is', async () => {
    const { remote, dropAll } = cloud.remote();
    await remote.stat(path('clock'));
    const before = cloud.time.now;
    try {
      dropAll();
      const late = cloud.remote({ transport: (await import('../support/late-transport.ts')).lateTransport(() => (cloud.time.now = before - 20 * 60_000)) });
      await expect(late.remote.put(path('clock'), contentOf('x'), nothing, {})).rejects.toMatchObject({ code: 'CLOCK_SKEW' });
    } finally {
      cloud.time.now = before;
    }
  });

  it('refuses a folder as a file, before anything is sent', async () => {
    const { remote, issued } = cloud.remote();
    await expect(remote.put(path('folder/'), contentOf('x'), nothing, {})).rejects.toMatchObject({ code: 'INVALID_PATH' });
    await expect(remote.get(root)).rejects.toMatchObject({ code: 'INVALID_PATH' });
    expect(issued).toEqual([]);
  });
});
