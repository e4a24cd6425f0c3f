/** Bodies that nobody waits for, clients that leave, and an end that finishes what was begun. */
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALICE, BOB, type Cloud, startCloud } from './fixture.ts';
import { deliver, type Draft, sign } from './sign.ts';

let cloud: Cloud;

beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

function head(credentials: typeof ALICE, length: number, more: Record<string, string> = {}): string {
  const draft: Draft = { method: 'PUT', path: '/b/x', query: '', headers: { ...more }, body: '' };
  sign(draft, `127.0.0.1:${cloud.port}`, { credentials, payload: 'UNSIGNED-PAYLOAD' });
  const lines = Object.entries(draft.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `PUT /b/x HTTP/1.1\r\n${lines.join('')}content-length: ${length}\r\n\r\n`;
}

/** Opens a connection and gives what arrives on it until the text appears. */
function talk(bytes: string): { socket: Socket; until: (text: string) => Promise<string>; closed: Promise<string> } {
  const socket = connect(cloud.port, '127.0.0.1', () => socket.write(bytes));
  let heard = '';
  const waiting = new Set<() => void>();
  socket.on('data', (part: Buffer) => {
    heard += part.toString();
    for (const check of waiting) check();
  });
  socket.on('error', () => undefined);
  return {
    socket,
    until: (text) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (heard.includes(text)) resolve(heard);
        };
        waiting.add(check);
        check();
      }),
    closed: new Promise((resolve) => socket.on('close', () => resolve(heard))),
  };
}

describe('Expect: 100-continue', () => {
  it('is granted once the signature holds and the caller may', async () => {
    const { socket, until } = talk(head(ALICE, 5, { expect: '100-continue' }));
    await until('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write('hello');
    expect(await until('"body":"hello"')).toContain('HTTP/1.1 200 OK');
    socket.destroy();
  });

  it('is not granted to one who may not: the refusal comes first and the connection ends', async () => {
    const { closed } = talk(head(BOB, 1_000_000, { expect: '100-continue' }));
    const heard = await closed;
    expect(heard).toMatch(/^HTTP\/1\.1 403 /);
    expect(heard).not.toContain('100 Continue');
  });
});

describe('a connection', () => {
  it('serves on after a refusal whose body nobody read', async () => {
    const big = 'z'.repeat(300_000);
    const { socket, until } = talk(head(BOB, big.length) + big);
    await until('AccessDenied');
    socket.write(`${head(ALICE, 5)}again`);
    expect(await until('"body":"again"')).toContain('HTTP/1.1 403');
    socket.destroy();
  });

  it('that breaks in the middle of a body leaves the cloud working and nothing in the log', async () => {
    const { socket, closed } = talk(head(ALICE, 100_000, { expect: '100-continue' }));
    socket.once('data', () => {
      socket.write('only a little');
      socket.destroy();
    });
    await closed;
    const draft: Draft = { method: 'GET', path: '/b/x', query: '', headers: {}, body: '' };
    sign(draft, `127.0.0.1:${cloud.port}`, { credentials: ALICE });
    expect((await deliver(cloud.port, draft)).status).toBe(200);
    expect(cloud.logged).toEqual([]);
  });

  it('gets its answer when the cloud is closed meanwhile, and then ends', async () => {
    const { socket, until, closed } = talk(head(ALICE, 5, { expect: '100-continue' }));
    await until('100 Continue');
    const down = cloud.close();
    socket.write('hello');
    expect(await closed).toContain('"body":"hello"');
    await down;
  });
});
