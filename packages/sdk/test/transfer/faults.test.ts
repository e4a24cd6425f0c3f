/** Storage that fails in passing, and bytes that arrive wrong: tried again where that helps, never believed. */
import { canonicalPath, root } from '@hq/shared/path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeTransport } from '../../src/node/http-transport.ts';
import type { Transport, WireResponse } from '../../src/transfer/transport.ts';
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

/** What storage would answer with that status and code. */
function refusal(status: number, code: string): WireResponse {
  const text = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>m</Message></Error>`;
  return { status, header: () => undefined, headersAfter: () => ({}), body: (async function* () {})(), text: async () => text, discard: async () => undefined };
}

/** The first answers are these (an error is a broken connection), then storage's own. */
function after(...answers: readonly (WireResponse | Error)[]): Transport {
  const left = [...answers];
  return {
    send: async (request) => {
      const next = left.shift();
      if (next instanceof Error) throw next;
      return next ?? wire.send(request);
    },
    close: () => undefined,
  };
}

const reset = (): Error => Object.assign(new Error('reset'), { code: 'ECONNRESET' });

describe('a passing failure', () => {
  it.each([
    ['SlowDown', () => refusal(503, 'SlowDown')],
    ['InternalError', () => refusal(500, 'InternalError')],
    ['a damaged body', () => refusal(400, 'XAmzContentSHA256Mismatch')],
    ['too many requests', () => refusal(429, 'TooManyRequests')],
    ['a broken connection', reset],
  ])('(%s) is tried again', async (name, answer) => {
    const { remote } = cloud.remote({ transport: after(answer(), answer()) });
    await remote.put(path(`passing/${name}`), contentOf(name), nothing, {});
    expect((await read((await remote.get(path(`passing/${name}`))).body)).toString()).toBe(name);
  });

  it.each([
    ['UNAVAILABLE', () => refusal(500, 'InternalError')],
    ['RATE_LIMITED', () => refusal(503, 'SlowDown')],
    ['UNAVAILABLE', reset],
  ])('that does not pass ends as %s', async (code, answer) => {
    const { remote } = cloud.remote({ transport: after(...Array.from({ length: 6 }, (): WireResponse | Error => answer())) });
    await expect(remote.stat(path('passing/never'))).rejects.toMatchObject({ code });
  });

  it.each([
    ['STORAGE_FULL', () => refusal(507, 'InsufficientStorage')],
    ['BAD_REQUEST', () => refusal(400, 'InvalidRequest')],
  ])('is not assumed of one that stays: %s is said at once', async (code, answer) => {
    const { remote } = cloud.remote({ transport: after(answer()) });
    await expect(remote.put(path('passing/stays'), contentOf('x'), nothing, {})).rejects.toMatchObject({ code });
  });
});

const listed = async (list: AsyncIterable<{ path: string }>): Promise<string[]> => {
  const paths: string[] = [];
  for await (const file of list) paths.push(file.path);
  return paths;
};

describe('a listing that storage refuses', () => {
  it.each([
    ['FORBIDDEN', 1, () => refusal(403, 'AccessDenied')],
    ['CLOCK_SKEW', 1, () => refusal(403, 'RequestTimeTooSkewed')],
    ['NOT_FOUND', 1, () => refusal(404, 'NoSuchBucket')],
    ['UNAVAILABLE', 6, () => refusal(500, 'InternalError')],
    ['RATE_LIMITED', 6, () => refusal(429, 'TooManyRequests')],
    ['UNAVAILABLE', 6, reset],
  ])('ends as %s after %d answers', async (code, count, answer) => {
    const { remote } = cloud.remote({ transport: after(...Array.from({ length: count }, (): WireResponse | Error => answer())) });
    await expect(listed(remote.list(root))).rejects.toMatchObject({ name: 'HqError', code });
  });

  it.each([-20 * 60, 20 * 60])('for a clock that is %d seconds late says so', async (lagSeconds) => {
    const { remote } = cloud.remote({ lagSeconds });
    await expect(listed(remote.list(root))).rejects.toMatchObject({ code: 'CLOCK_SKEW' });
  });

  it('on its second page is told in the same words, after the first was given', async () => {
    const { remote } = cloud.remote();
    await Promise.all(Array.from({ length: 1001 }, (_, index) => remote.put(path(`pages/${index}`), contentOf(''), nothing, {})));
    let asked = 0;
    const transport: Transport = { send: async (request) => (++asked === 2 ? refusal(403, 'AccessDenied') : wire.send(request)), close: () => undefined };
    let seen = 0;
    const reading = async (): Promise<void> => {
      for await (const file of cloud.remote({ transport }).remote.list(path('pages/'))) seen += file.path.length > 0 ? 1 : 0;
    };
    await expect(reading()).rejects.toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('"pages/"') });
    expect(seen).toBe(1000);
  });
});

/** Carries the first write out, and loses its answer. */
const losing = (): Transport => {
  let lost = false;
  return {
    send: async (request) => {
      const response = await wire.send(request);
      if (lost || request.method !== 'PUT') return response;
      lost = true;
      await response.discard();
      throw reset();
    },
    close: () => undefined,
  };
};

describe('a write whose answer was lost', () => {
  it('is recognised as our own when the repetition finds it', async () => {
    const { remote } = cloud.remote({ transport: losing() });
    const { etag } = await remote.put(path('lost/own'), contentOf('mine'), nothing, { sha256: sha256('mine') });
    expect((await remote.stat(path('lost/own')))?.etag).toBe(etag);
  });

  it("is not mistaken for someone else's: what is there differs, so it is a conflict", async () => {
    const other = cloud.remote();
    await other.remote.put(path('lost/other'), contentOf('theirs'), nothing, { sha256: sha256('theirs') });
    const { remote } = cloud.remote({ transport: losing() });
    await expect(remote.put(path('lost/other'), contentOf('mine'), nothing, { sha256: sha256('mine') })).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
  });
});

/** Lets `cut` decide about each chunk of a download. */
const cutting = (cut: (chunk: Uint8Array, sofar: number) => Uint8Array | 'break' | 'end'): Transport => ({
  send: async (request) => {
    const response = await wire.send(request);
    if (request.method !== 'GET') return response;
    async function* bytes(): AsyncGenerator<Uint8Array> {
      let sofar = 0;
      for await (const chunk of response.body) {
        const next = cut(chunk, sofar);
        sofar += chunk.length;
        if (next === 'break') throw reset();
        if (next === 'end') return;
        yield next;
      }
    }
    return { ...response, body: bytes() };
  },
  close: () => undefined,
});

describe('a download', () => {
  const body = noise(300_000);

  it('that breaks goes on where it broke', async () => {
    await cloud.remote().remote.put(path('down/broken'), contentOf(body), nothing, { sha256: sha256(body) });
    for (const way of ['break', 'end'] as const) {
      let breaks = 0;
      const { remote } = cloud.remote({ transport: cutting((chunk, sofar) => (sofar > 60_000 && breaks++ < 3 ? way : chunk)) });
      expect(sha256(await read((await remote.get(path('down/broken'))).body))).toBe(sha256(body));
      expect(breaks).toBeGreaterThan(0);
    }
  });

  it('whose bytes were changed on the way is refused at its end', async () => {
    await cloud.remote().remote.put(path('down/damaged'), contentOf(body), nothing, { sha256: sha256(body) });
    const { remote } = cloud.remote({
      transport: cutting((chunk, sofar) => {
        const copy = Uint8Array.from(chunk);
        if (sofar === 0) copy[100] = (copy[100] ?? 0) ^ 1;
        return copy;
      }),
    });
    const got = await remote.get(path('down/damaged'));
    await expect(read(got.body)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('never mixes two versions: a file that was replaced between two tries is refused', async () => {
    const writer = cloud.remote().remote;
    const first = await writer.put(path('down/replaced'), contentOf(body), nothing, { sha256: sha256(body) });
    let replaced: Promise<unknown> | undefined;
    const { remote } = cloud.remote({ transport: cutting((chunk, sofar) => (sofar > 60_000 ? 'break' : chunk)) });
    const got = await remote.get(path('down/replaced'));
    replaced = writer.put(path('down/replaced'), contentOf(noise(300_000, 2)), first, {});
    await replaced;
    await expect(read(got.body)).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
  });
});
