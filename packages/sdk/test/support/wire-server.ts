/** A server that answers in bytes: a test says exactly what comes over the connection. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface WireServer {
  readonly origin: string;
  /** Connections that were ever opened. */
  readonly opened: () => number;
  /** All that arrived, over all connections. */
  readonly received: () => string;
  close(): Promise<void>;
}

/** Calls `answer` once for each piece of a request that arrives, with how many have arrived on all connections. */
export async function wireServer(
  answer: (socket: Socket, piece: number) => void,
  make: (onConnection: (socket: Socket) => void) => Server = createServer,
): Promise<WireServer> {
  let received = '';
  let pieces = 0;
  const sockets = new Set<Socket>();
  const server = make((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      received += bytes.toString('latin1');
      answer(socket, ++pieces);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    opened: () => sockets.size,
    received: () => received,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
