/** A request as the bytes that go on the wire. */
import type { WireRequest } from '../../transfer/transport.ts';

/** Up to this many bytes a body is copied behind its head, so that both leave in one system call and one packet. */
const togetherBytes = 65_536;
const target = /^\/[\x21-\x7e]*$/;
const name = /^[\w-]+$/;
/** What may stand in a header's value. Anything else could end the header and begin one of its own. */
const value = /^[\t\x20-\x7e\x80-\xff]*$/;

/** @throws TypeError for a target or header that would not arrive as what it is. */
export function requestBytes({ method, target: path, headers, body }: WireRequest): readonly Uint8Array[] {
  if (!target.test(path)) throw new TypeError('A request target holds a character that can not be sent.');
  let head = `${method} ${path} HTTP/1.1\r\n`;
  for (const key in headers) {
    const text = headers[key] ?? '';
    if (!name.test(key) || !value.test(text)) throw new TypeError(`The header "${key}" holds a character that can not be sent.`);
    head += `${key}: ${text}\r\n`;
  }
  head += '\r\n';
  if (body === undefined || body.length === 0) return [Buffer.from(head, 'latin1')];
  if (body.length > togetherBytes) return [Buffer.from(head, 'latin1'), body];
  const bytes = Buffer.allocUnsafe(head.length + body.length);
  bytes.write(head, 'latin1');
  bytes.set(body, head.length);
  return [bytes];
}
