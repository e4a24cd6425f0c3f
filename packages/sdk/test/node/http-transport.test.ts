import { createServer as createTcpServer, type Socket } from 'node:net';
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { nodeTransport } from '../../src/node/http-transport.ts';
import type { Transport, WireRequest, WireResponse } from '../../src/transfer/transport.ts';
import { selfSigned } from '../support/certificate.ts';
import { wireServer, type WireServer } from '../support/wire-server.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

/** A transport towards a server that gives these bytes for every request (or calls back). */
async function towards(
  answer: string | ((socket: Socket, piece: number) => void),
  connections = 64,
): Promise<{ server: WireServer; send: (request?: Partial<WireRequest>) => Promise<WireResponse>; transport: Transport }> {
  const server = await wireServer(typeof answer === 'string' ? (socket) => socket.write(answer, 'latin1') : answer);
  const transport = nodeTransport({ connections });
  open.push(transport, server);
  return {
    server,
    transport,
    send: (request) => transport.send({ method: 'GET', origin: server.origin, target: '/bucket/key', headers: { host: 'storage' }, ...request }),
  };
}

const ok = (body: string, more = ''): string => `HTTP/1.1 200 OK\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;

describe('an answer', () => {
  test('is read the same however it is cut', async () => {
    const bytes = `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nETag: "a"\r\nX-Amz-Meta-Name:\t caf\u00c3\u00a9\u00c3\u00a0 \r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n`;
    for (const size of [1, 2, 7, 1000]) {
      const { send } = await towards((socket) => {
        socket.setNoDelay(true);
        const writeFrom = (at: number): void => {
          socket.write(bytes.slice(at, at + size), 'latin1');
          if (at + size < bytes.length) setImmediate(writeFrom, at + size);
        };
        writeFrom(0);
      });
      const response = await send();
      expect(response.status).toBe(200);
      expect(response.header('etag')).toBe('"a"');
      expect(response.headersAfter('x-amz-meta-')).toEqual({ name: 'caféà' });
      expect(await response.text()).toBe('abc0123456789');
    }
  });

  test('to HEAD has no body, whatever length it names; neither have 204 and 304', async () => {
    for (const [method, answer] of [
      ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'],
      ['DELETE', 'HTTP/1.1 204 No Content\r\n\r\n'],
      ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n'],
    ] as const) {
      const { send, server } = await towards(answer);
      for (let time = 0; time < 3; time++) expect(await (await send({ method })).text()).toBe('');
      expect(server.opened()).toBe(1);
    }
  });

  test('of a refusal may end with its connection, one that succeeds may not', async () => {
    const refused = await towards((socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\nno'));
    expect(await (await refused.send()).text()).toBe('no');
    const { send } = await towards((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nhalf a list'));
    await expect(send()).rejects.toMatchObject({ code: 'EPROTO' });
  });

  test.each([
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['an unknown coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    ['a folded header', 'HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n'],
    ['a line end inside a header', 'HTTP/1.1 200 OK\r\nA: b\nContent-Length: 0\r\n\r\n'],
    ['an endless head', `HTTP/1.1 200 OK\r\nA: ${'b'.repeat(70_000)}`],
  ])('that can be read in two ways is refused: %s', async (_, answer) => {
    const { send } = await towards(answer);
    await expect(send()).rejects.toMatchObject({ code: 'EPROTO' });
  });

  test.each([
    ['a chunk without a size', 'Transfer-Encoding: chunked\r\n\r\nxyz\r\n'],
    ['a chunk longer than its size', 'Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n'],
    ['more after the last chunk', 'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'],
    ['more than the length', 'Content-Length: 1\r\n\r\nab'],
  ])('whose body breaks the rules fails as it is read: %s', async (_, rest) => {
    const { send } = await towards(`HTTP/1.1 200 OK\r\n${rest}`);
    await expect(send().then((response) => response.text())).rejects.toMatchObject({ code: 'EPROTO' });
  });

  test('that breaks off fails, before its head and within its body', async () => {
    const silent = await towards((socket) => socket.destroy());
    await expect(silent.send()).rejects.toMatchObject({ code: 'ECONNRESET' });
    const { send } = await towards((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc'));
    for (const read of ['text', 'discard'] as const) await expect((await send())[read]()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('that is larger than memory waits for its reader', async () => {
    const total = 64 * 1024 * 1024;
    const piece = Buffer.alloc(1024 * 1024, 'x');
    let sent = 0;
    const { send } = await towards((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${total}\r\n\r\n`);
      const more = (): void => {
        while (sent < total) {
          sent += piece.length;
          if (!socket.write(piece)) return void socket.once('drain', more);
        }
      };
      more();
    });
    const response = await send();
    let received = 0;
    let sentBeforeReading = total;
    for await (const chunk of response.body) {
      if (received === 0) {
        // Everything stands still: what was sent is in the buffers of the system, not in ours.
        for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve));
        sentBeforeReading = sent;
      }
      received += chunk.length;
    }
    expect(received).toBe(total);
    expect(sentBeforeReading).toBeLessThan(total / 2);
  });
});

describe('a connection', () => {
  test('carries one request after the other, and no two at a time', async () => {
    const { send, server } = await towards(ok('x'), 2);
    await Promise.all(Array.from({ length: 20 }, async () => (await send()).discard()));
    expect(server.opened()).toBe(2);
  });

  test.each(['Connection: close\r\n', 'Keep-Alive: timeout=0\r\n'])('is not used again after %j', async (header) => {
    const { send, server } = await towards(ok('x', header));
    for (let time = 0; time < 2; time++) await (await send()).discard();
    expect(server.opened()).toBe(2);
  });

  test('whose reader left, or whose answer came before its request was sent, is closed', async () => {
    const { send, server } = await towards((socket, piece) => {
      if (piece === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc');
      else if (piece === 2) {
        socket.pause();
        socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
      } else socket.write(ok('x'));
    });
    for await (const _ of (await send()).body) break;
    await (await send({ method: 'PUT', body: Buffer.alloc(32 * 1024 * 1024) })).discard();
    expect(await (await send()).text()).toBe('x');
    expect(server.opened()).toBe(3);
  });

  test('is closed when the caller stops, before the request and during it', async () => {
    const stop = new AbortController();
    const { send, server } = await towards(() => stop.abort());
    await expect(send({ signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
    await expect(send({ signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect(server.opened()).toBe(1);
  });

  test('that nobody listens for fails with its code', async () => {
    const { server, send } = await towards(ok(''));
    await server.close();
    await expect(send()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('a request', () => {
  test('arrives as it was given, small and large', async () => {
    const { send, server } = await towards((socket) => {
      if (server.received().endsWith('end')) socket.write(ok(''));
    });
    const large = Buffer.from(`${'z'.repeat(100_000)}end`);
    for (const body of [Buffer.from('body-end'), large])
      await (await send({ method: 'PUT', headers: { host: 'h', 'content-length': String(body.length) }, body })).discard();
    const head = (length: number): string => `PUT /bucket/key HTTP/1.1\r\nhost: h\r\ncontent-length: ${length}\r\n\r\n`;
    expect(server.received()).toBe(`${head(8)}body-end${head(large.length)}${large.toString()}`);
  });

  test.each([
    { target: '/a b' },
    { target: '/a\r\nx: y' },
    { target: 'http://elsewhere/' },
    { headers: { host: 'h', 'x-amz-meta-a': 'b\r\nx-amz-acl: public-read' } },
    { headers: { host: 'h', 'x-amz-meta-a': 'b\u0100' } },
    { headers: { 'host\r\nx': 'h' } },
  ])('that would arrive as another one is not sent: %j', async (request) => {
    const { send, server } = await towards(ok(''), 1);
    await expect(send(request)).rejects.toThrow(TypeError);
    await (await send()).discard();
    expect(server.received().match(/HTTP\/1\.1/g)).toHaveLength(1);
  });
});

describe('over TLS', () => {
  const trusted = selfSigned('localhost');
  const secure = async (identity: { key: string; cert: string }) => {
    const server = await wireServer(
      (socket) => socket.write(ok('secret')),
      (onConnection) => createTlsServer(identity, onConnection),
    );
    const transport = nodeTransport();
    open.push(transport, server);
    const origin = server.origin.replace('http://127.0.0.1', 'https://localhost');
    return { server, get: () => transport.send({ method: 'GET', origin, target: '/', headers: { host: 'localhost', authorization: 'x' } }) };
  };

  test('a server whose certificate is trusted answers', async () => {
    const before = getCACertificates('default');
    setDefaultCACertificates([trusted.cert]);
    try {
      const { get, server } = await secure(trusted);
      for (let time = 0; time < 2; time++) expect(await (await get()).text()).toBe('secret');
      expect(server.opened()).toBe(1);
      const elsewhere = await secure(selfSigned('localhost'));
      await expect(elsewhere.get()).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
      expect(elsewhere.server.received()).toBe('');
    } finally {
      setDefaultCACertificates(before);
    }
  });

  test('a server that speaks no TLS hears nothing of the request', async () => {
    const server = await wireServer((socket) => socket.write(ok('')), createTcpServer);
    const transport = nodeTransport();
    open.push(transport, server);
    const sent = transport.send({ method: 'GET', origin: server.origin.replace('http:', 'https:'), target: '/', headers: { authorization: 'secret' } });
    await expect(sent).rejects.toThrow('wrong version number');
    expect(server.received()).not.toContain('authorization');
  });
});
