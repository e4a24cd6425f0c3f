/** Changes of who may do what, over connections that break: asked for again under one id, and made once. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { appRouter } from '@hq/api/router';
import { serialize } from 'superjson';
import { afterEach, describe, expect, it } from 'vitest';
import { createApi, type Api } from '../../src/api/client.ts';
import { isAccessChange, randomRequestId } from '../../src/api/request-id.ts';

/** What becomes of an attempt: the change is made or not, and its answer arrives, is lost with the connection, or is a 503. */
type Fate = { readonly made: boolean; readonly answer: 'arrives' | 'lost' | 'unavailable' };

interface Flaky {
  readonly api: Api;
  /** Request ids in the order of the attempts. */
  readonly attempts: (string | undefined)[];
  /** How often a change was made, by its request id. */
  readonly made: Map<string, number>;
  readonly notices: { accessChanges: number };
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function bodyOf(request: IncomingMessage): Promise<Record<string, { json: Record<string, unknown> }>> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  return JSON.parse(text) as Record<string, { json: Record<string, unknown> }>;
}

/** A real server, whose attempts end as they are told: it makes what it was asked for once an id, as the API does. */
async function flaky(...fates: readonly Fate[]): Promise<Flaky> {
  const left = [...fates];
  const attempts: (string | undefined)[] = [];
  const made = new Map<string, number>();
  const notices = { accessChanges: 0 };
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const id = body['0']?.json['requestId'] as string | undefined;
      attempts.push(id);
      const fate = left.shift() ?? { made: true, answer: 'arrives' };
      const receipt = id !== undefined && made.has(id);
      if (fate.made && !receipt) made.set(id ?? 'none', (made.get(id ?? 'none') ?? 0) + 1);
      if (fate.answer === 'lost') return request.socket.destroy();
      const data = { code: 'SERVICE_UNAVAILABLE', httpStatus: 503, path: 'p', hq: { code: 'UNAVAILABLE' } };
      const [status, item] =
        fate.answer === 'unavailable' ? [503, { error: serialize({ code: -32000, message: 'busy', data }) }] : [200, { result: { data: serialize(answered) } }];
      return response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify([item]));
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  const api = createApi({
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fetch: globalThis.fetch,
    clock: () => Math.floor(Date.now() / 1000),
    random: () => 0,
    accessToken: async () => 'token',
    rejectToken: () => undefined,
    requestId: randomRequestId,
    onAccessChange: () => void (notices.accessChanges += 1),
  });
  return { api, attempts, made, notices };
}

const vault = `cmp_${'0'.repeat(26)}`;
const change = { vault, path: 'reports/', grantee: { kind: 'org' } } as const;
const answered = { path: 'reports/', rules: [], open: false, version: 1, sessionsEndBy: null };

describe('a change of who may do what', () => {
  it('whose answer was lost is asked for again under the same id, and was made once', async () => {
    const { api, attempts, made } = await flaky({ made: true, answer: 'lost' }, { made: false, answer: 'lost' }, { made: true, answer: 'unavailable' });
    expect(await api.acl.revoke.mutate(change)).toEqual(answered);
    expect(attempts).toHaveLength(4);
    expect(new Set(attempts).size).toBe(1);
    expect([...made.values()]).toEqual([1]);
  });

  it('has an id of its own each time, unless the caller names one', async () => {
    const { api, attempts } = await flaky();
    await api.acl.revoke.mutate(change);
    await api.acl.revoke.mutate(change);
    await api.acl.revoke.mutate({ ...change, requestId: 'chosen-by-the-caller' });
    expect(new Set(attempts).size).toBe(3);
    expect(attempts[2]).toBe('chosen-by-the-caller');
    for (const id of attempts) expect(id).toMatch(/^[0-9A-Za-z_-]{16,64}$/);
  });

  it('is given up after four attempts, and says that the server could not be reached', async () => {
    const lost: Fate = { made: true, answer: 'lost' };
    const { api, attempts, made } = await flaky(lost, lost, lost, lost);
    await expect(api.acl.revoke.mutate(change)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(attempts).toHaveLength(4);
    expect([...made.values()]).toEqual([1]);
  });

  it('tells the sessions at hand that they may be too wide or too narrow now', async () => {
    const { api, notices } = await flaky();
    await api.acl.revoke.mutate(change);
    expect(notices.accessChanges).toBe(1);
    await api.orgs.create.mutate({ name: 'acme' });
    expect(notices.accessChanges).toBe(1);
  });
});

describe('any other change', () => {
  it('carries no id, and is not asked for again', async () => {
    const { api, attempts } = await flaky({ made: true, answer: 'lost' });
    await expect(api.orgs.create.mutate({ name: 'acme' })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(attempts).toEqual([undefined]);
  });
});

describe('the router', () => {
  interface Definition {
    readonly _def: { readonly type: string; readonly inputs: readonly { readonly shape?: Record<string, unknown> }[] };
  }
  // tRPC keeps the inputs, and does not tell so in its types.
  const procedures = appRouter._def.procedures as unknown as Readonly<Record<string, Definition>>;
  const mutations = Object.entries(procedures).filter(([, { _def }]) => _def.type === 'mutation');
  const takesRequestId = ([, { _def }]: (typeof mutations)[number]): boolean => _def.inputs.some(({ shape }) => shape !== undefined && 'requestId' in shape);

  it('takes a request id in exactly the changes that are asked for again', () => {
    expect(mutations.filter(([path]) => isAccessChange(path)).length).toBeGreaterThan(5);
    expect(mutations.filter(takesRequestId).map(([path]) => path)).toEqual(mutations.map(([path]) => path).filter(isAccessChange));
  });
});
