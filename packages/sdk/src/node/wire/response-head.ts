/** The head of an HTTP/1.1 response, read strictly (RFC 9112): what two readers could understand differently is refused. */

export interface ResponseHead {
  readonly status: number;
  /** By lower-case name; what came several times is joined by `, `. Bytes beyond ASCII are Latin-1. */
  readonly headers: ReadonlyMap<string, string>;
  /** False where the server will close the connection after this answer. */
  readonly keepsAlive: boolean;
}

/** More than any server of ours or Amazon's sends, in bytes. */
export const maxHeadBytes = 65_536;

const statusLine = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: .*)?$/;
/** Every line after the first: a name, a colon, and a value without the characters that end a line or a text. */
// oxlint-disable-next-line no-control-regex -- exactly these may not stand in a header
const headerLines = /^(?:\r\n[!#$%&'*+.^_`|~\w-]+:[^\0\r\n]*)*$/;

/** An answer that is no HTTP. Its code is one of a broken connection: asking again on a new one may help. */
export function malformed(what: string): Error {
  return Object.assign(new Error(`The answer is malformed: ${what}.`), { code: 'EPROTO' });
}

const isBlank = (code: number): boolean => code === 32 || code === 9;

/** That part of the text, without the spaces and tabs around it; nothing else is white space here. */
function withoutBlanks(text: string, from: number, to: number): string {
  let [start, end] = [from, to];
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** The head without its empty line. @throws Error with code `EPROTO` */
export function parseHead(text: string): ResponseHead {
  const firstEnd = text.indexOf('\r\n');
  const [, minor, status] = statusLine.exec(firstEnd < 0 ? text : text.slice(0, firstEnd)) ?? [];
  if (status === undefined) throw malformed('no status line');
  const fields = firstEnd < 0 ? '' : text.slice(firstEnd);
  if (!headerLines.test(fields)) throw malformed('a header line that is none');
  const headers = new Map<string, string>();
  for (let start = 2; start < fields.length; ) {
    const colon = fields.indexOf(':', start);
    const next = fields.indexOf('\r\n', colon);
    const end = next < 0 ? fields.length : next;
    const name = fields.slice(start, colon).toLowerCase();
    const value = withoutBlanks(fields, colon + 1, end);
    start = end + 2;
    const known = headers.get(name);
    if (known !== undefined && name === 'content-length' && known !== value) throw malformed('two lengths');
    headers.set(name, known === undefined || name === 'content-length' ? value : `${known}, ${value}`);
  }
  const connection = headers.get('connection')?.toLowerCase() ?? '';
  return { status: Number(status), headers, keepsAlive: minor === '1' ? !connection.includes('close') : connection.includes('keep-alive') };
}
