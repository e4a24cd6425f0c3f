/** Large files against the real local cloud: parts, sessions that end in the middle, broken connections, aborted uploads. */
import { canonicalPath } from '@hq/shared/path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeTransport } from '../../src/node/http-transport.ts';
import { partBytes } from '../../src/transfer/multipart.ts';
import type { Transport, WireRequest } from '../../src/transfer/transport.ts';
import { startCloud, type Cloud } from '../support/cloud.ts';
import { contentOf, noise, read, sha256 } from '../support/content.ts';

let cloud: Cloud;
const wire = nodeTransport();
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(async () => {
  wire.close();
  await cloud.close();
});

const path = canonicalPath;
const nothing = { etag: null };
const mebibyte = 1024 * 1024;
const body = noise(20 * mebibyte + 17);
const metadata = { sha256: sha256(body) };

/** A transport that asks `meddle` about each request: it may throw, wait, or let it through. */
function meddling(meddle: (request: WireRequest, count: number) => Promise<void> | void): Transport {
  let count = 0;
  return {
    send: async (request) => {
      count += 1;
      await meddle(request, count);
      return wire.send(request);
    },
    close: () => undefined,
  };
}

/** A transport after each of whose answers something happens. */
function afterEach(happen: (request: WireRequest, status: number) => void): Transport {
  return {
    send: async (request) => {
      const response = await wire.send(request);
      happen(request, response.status);
      return response;
    },
    close: () => undefined,
  };
}

const isPart = (request: WireRequest, number?: number): boolean => request.method === 'PUT' && request.target.includes(`partNumber=${number ?? ''}`);
const broken = (code: string): Error => Object.assign(new Error('the wire was cut'), { code });

async function uploadsLeft(): Promise<string> {
  return (await cloud.raw('s3', 'GET', '/hq-vault-test?uploads=')).text;
}

describe('a large file', () => {
  it('of 64 MB goes up in parts and comes back whole', async () => {
    const { remote } = cloud.remote();
    const large = noise(64_000_000, 7);
    const facts = { sha256: sha256(large), executable: '1' };
    const progress: number[] = [];
    const { etag } = await remote.put(path('large/64'), contentOf(large, 1_000_003), nothing, facts, { onProgress: (bytes) => progress.push(bytes) });
    expect(etag).toMatch(/^[0-9a-f]{32}-8$/);
    expect(progress).toHaveLength(8);
    expect(progress.at(-1)).toBe(large.length);
    const got = await remote.get(path('large/64'));
    expect(got).toMatchObject({ size: large.length, etag, metadata: facts });
    expect(sha256(await read(got.body))).toBe(facts.sha256);
  });

  it('outlives the sessions it began with: renewed in the middle, no part lost or doubled', async () => {
    const parts: string[] = [];
    const seven = noise(7 * partBytes, 3);
    const { remote, issued } = cloud.remote({
      transport: afterEach((request, status) => {
        if (!isPart(request) || status !== 200) return;
        parts.push(request.target);
        // Seven parts take 28 minutes, and a session lasts 15.
        cloud.time.now += 4 * 60_000;
      }),
    });
    await remote.put(path('large/renewed'), contentOf(seven), nothing, { sha256: sha256(seven) });
    expect(issued.filter((entry) => entry === 'write ').length).toBeGreaterThan(1);
    expect(parts).toHaveLength(7);
    expect(new Set(parts).size).toBe(7);
    expect(sha256(await read((await remote.get(path('large/renewed'))).body))).toBe(sha256(seven));
  });

  it('goes on when storage says that a session has ended which our slow clock thinks is good', async () => {
    let sent = 0;
    const { remote, issued } = cloud.remote({
      lagSeconds: 600,
      transport: afterEach((request) => {
        if (isPart(request) && (sent += 1) === 3) cloud.time.now += 901_000;
      }),
    });
    await remote.put(path('large/expired'), contentOf(body), nothing, metadata);
    expect(sent).toBe(3);
    expect(issued.filter((entry) => entry === 'write ')).toHaveLength(2);
    expect(sha256(await read((await remote.get(path('large/expired'))).body))).toBe(metadata.sha256);
  });

  it('survives connections that break, also one whose last answer is lost', async () => {
    const failed = new Set<string>();
    const lossy: Transport = {
      send: async (request) => {
        const once = `${request.method} ${request.target}`;
        const first = !failed.has(once);
        failed.add(once);
        if (first && isPart(request)) throw broken('ECONNRESET');
        const response = await wire.send(request);
        if (first && request.method === 'POST' && request.target.includes('uploadId=')) {
          await response.discard();
          throw broken('ECONNRESET');
        }
        return response;
      },
      close: () => undefined,
    };
    const { remote } = cloud.remote({ transport: lossy });
    const { etag } = await remote.put(path('large/lossy'), contentOf(body), nothing, metadata);
    expect((await remote.stat(path('large/lossy')))?.etag).toBe(etag);
    expect(sha256(await read((await remote.get(path('large/lossy'))).body))).toBe(metadata.sha256);
  });

  it('is refused at once where another version is there, and only at the end where one appears meanwhile', async () => {
    const { remote } = cloud.remote();
    const first = await remote.put(path('large/conflict'), contentOf('small'), nothing, {});
    let requests = 0;
    const counting = cloud.remote({ transport: meddling(() => void (requests += 1)) });
    await expect(counting.remote.put(path('large/conflict'), contentOf(body), nothing, metadata)).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect(requests).toBe(1);
    let meanwhile: Promise<unknown> | undefined;
    const racing = cloud.remote({
      transport: meddling(async (request) => {
        if (isPart(request, 3)) await (meanwhile ??= remote.put(path('large/conflict'), contentOf('edited'), first, {}));
      }),
    });
    await expect(racing.remote.put(path('large/conflict'), contentOf(body), first, metadata)).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect((await read((await remote.get(path('large/conflict'))).body)).toString()).toBe('edited');
    expect(await uploadsLeft()).not.toContain('<UploadId>');
  });

  it.each([
    ['changes while it is read', { sha256: sha256('something else') }, contentOf(body)],
    ['ends early', metadata, { size: body.length, open: () => contentOf(body.subarray(0, 12 * mebibyte)).open() }],
    ['grows', metadata, { size: body.length - 5, open: () => contentOf(body).open() }],
  ])('that %s leaves nothing behind, not even its parts', async (name, facts, content) => {
    const { remote } = cloud.remote();
    await expect(remote.put(path(`large/${name}`), content, nothing, facts)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await remote.stat(path(`large/${name}`))).toBeUndefined();
    expect(await uploadsLeft()).not.toContain('<UploadId>');
  });

  it("that can not be read fails with the disk's own error, and the upload is aborted", async () => {
    const { remote } = cloud.remote();
    const content = {
      size: body.length,
      async *open() {
        yield body.subarray(0, 9 * mebibyte);
        throw broken('EIO');
      },
    };
    await expect(remote.put(path('large/unreadable'), content, nothing, metadata)).rejects.toMatchObject({ code: 'EIO' });
    expect(await uploadsLeft()).not.toContain('<UploadId>');
  });
});
