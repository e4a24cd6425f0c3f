/** What is told to a connection whose request never became one: its bytes are no HTTP, too many, or too slow. */
import type { Duplex } from 'node:stream';

const lines: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

/** For `clientError` of a server. Nothing follows: the connection is closed. */
export function refuseBroken(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const line = lines[error.code ?? ''] ?? '400 Bad Request';
  // Closed from our side as soon as it is out, whether or not the other side ever ends.
  socket.end(`HTTP/1.1 ${line}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}
