/** Requests that wait for a connection, and answers that would never end. */
import type { Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { nodeTransport } from '../../src/node/http-transport.ts';
import { wireServer } from '../support/wire-server.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

/** One connection to a server that answers when it is told to. */
async function oneConnection() {
  const asked: Socket[] = [];
  let heard = (): void => undefined;
  const server = await wireServer((socket) => {
    asked.push(socket);
    heard();
  });
  const transport = nodeTransport({ connections: 1 });
  open.push(transport, server);
  return {
    server,
    transport,
    asked,
    send: (signal?: AbortSignal) => transport.send({ method: 'GET', origin: server.origin, target: '/b/k', headers: { host: 'storage' }, signal }),
    until: async (count: number) => {
      while (asked.length < count) await new Promise<void>((resolve) => (heard = resolve));
    },
  };
}

const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

test('a request that gives up while it waits is told at once, and the next one gets the connection', async () => {
  const { send, until, asked } = await oneConnection();
  const first = send();
  await until(1);
  const giveUp = new AbortController();
  const second = send(giveUp.signal);
  const third = send();
  giveUp.abort();
  await expect(second).rejects.toMatchObject({ name: 'AbortError' });
  asked[0]?.write(answer);
  expect(await (await first).text()).toBe('ok');
  await until(2);
  asked[1]?.write(answer);
  expect(await (await third).text()).toBe('ok');
});

test('closing a transport ends what waits as well, and opens nothing for it', async () => {
  const { send, until, transport, server } = await oneConnection();
  const first = send().catch((error: Error) => error);
  await until(1);
  const second = send().catch((error: Error) => error);
  transport.close();
  expect(await second).toMatchObject({ code: 'ECONNABORTED' });
  expect(await first).toBeInstanceOf(Error);
  expect(server.opened()).toBe(1);
});

test('a text without end is refused, and so are interim answers without end', async () => {
  const { send, until, asked } = await oneConnection();
  const endless = send();
  await until(1);
  asked[0]?.write('HTTP/1.1 500 Oops\r\n\r\n');
  const response = await endless;
  const refused = response.text().catch((error: Error) => error);
  const pour = (): void => {
    if (asked[0]?.destroyed === false) asked[0].write('x'.repeat(1_000_000), () => setImmediate(pour));
  };
  asked[0]?.on('error', () => undefined);
  pour();
  expect(await refused).toMatchObject({ code: 'EPROTO' });
  const interim = send();
  await until(2);
  asked[1]?.write('HTTP/1.1 100 Continue\r\n\r\n'.repeat(50));
  await expect(interim).rejects.toMatchObject({ code: 'EPROTO' });
});
