/** A refusal as a page, and a full disk as a page or, for a program, as JSON. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { noRoomText } from './disk-room.ts';
import type { FormRefused } from './form.ts';
import { html } from './pages/html.ts';
import { securityHeaders, sendPage } from './pages/page.ts';

/** Shows why a request was refused. */
export function sendRefusal(response: ServerResponse, { status, message, retryAfter }: FormRefused): void {
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  sendPage(response, status, { title: 'That did not work', body: html`<p role="alert">${message}</p>` }, headers);
}

/** Says 503 to a browser in a page, and to anything else as an OAuth error (RFC 6749 section 5.2). */
export function sendNoRoom(request: IncomingMessage, response: ServerResponse): void {
  if (request.headers.accept?.includes('text/html') === true) {
    return sendPage(response, 503, { title: 'The disk is full', body: html`<p role="alert">${noRoomText}</p>` }, { 'retry-after': '60' });
  }
  const body = JSON.stringify({ error: 'temporarily_unavailable', error_description: noRoomText });
  response.writeHead(503, { ...securityHeaders(), 'retry-after': '60', 'content-type': 'application/json; charset=utf-8' }).end(body);
}
