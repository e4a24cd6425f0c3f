/** STS's answers in XML. */
import type { ServerResponse } from 'node:http';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** An element's content: text, or elements by name in their order; undefined ones are left out. */
export interface Elements {
  readonly [name: string]: string | Elements | undefined;
}

/** Renders elements. Characters that XML cannot hold become U+FFFD. */
function renderXml(elements: Elements): string {
  return Object.entries(elements)
    .filter(([, content]) => content !== undefined)
    .map(([name, content]) => `<${name}>${typeof content === 'string' ? escape(content) : renderXml(content ?? {})}</${name}>`)
    .join('');
}

/** Sends `<root xmlns="…">…</root>`. */
export function sendXml(response: ServerResponse, status: number, requestId: string, root: string, elements: Elements): void {
  const bytes = Buffer.from(`<${root} xmlns="${NAMESPACE}">${renderXml(elements)}</${root}>`);
  response.writeHead(status, { 'content-type': 'text/xml', 'content-length': bytes.length, 'x-amzn-requestid': requestId, 'cache-control': 'no-store' });
  response.end(bytes);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

function escape(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
