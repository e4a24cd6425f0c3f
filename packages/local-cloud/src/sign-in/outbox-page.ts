/**
 * The page on which local mail is read. Codes lie here, so that only this machine may open it: the connection must come from loopback, and the `Host` must
 * name loopback, because a web site can point a name of its own at 127.0.0.1 (DNS rebinding) but cannot change the name the browser sends.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Outbox, SentMail } from './outbox.ts';
import { html } from './pages/html.ts';
import { securityHeaders, sendPage } from './pages/page.ts';

/** Answers `GET /outbox`: a page, or JSON (`{mails: [{id, sentAt, to, subject, text}]}`) for `Accept: application/json`; `?to=` picks one address. */
export function outboxHandler(outbox: Outbox): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    if (!fromThisMachine(request)) {
      const body = html`<p>Local mail can only be read on the machine itself, at its loopback address.</p>`;
      return sendPage(response, 403, { title: 'Not from here', body });
    }
    if (request.method !== 'GET') return sendPage(response, 405, { title: 'Mail is only read here', body: html`` }, { allow: 'GET' });
    const to = new URLSearchParams(request.url?.split('?')[1]).get('to') ?? undefined;
    const mails = outbox.list(to?.toLowerCase());
    if (!(request.headers.accept ?? '').includes('application/json')) return sendPage(response, 200, page(mails));
    const bytes = Buffer.from(JSON.stringify({ mails }));
    response.writeHead(200, { ...securityHeaders(), 'content-type': 'application/json', 'content-length': bytes.length });
    response.end(bytes);
  };
}

/** True for a direct request from this machine to its loopback name. */
export function fromThisMachine(request: IncomingMessage): boolean {
  const { headers, socket } = request;
  if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined || headers['x-real-ip'] !== undefined) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const peer = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  return (peer === '::1' || peer.startsWith('127.')) && /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(headers.host ?? '');
}

function page(mails: readonly SentMail[]) {
  const letters = mails.map(
    ({ sentAt, to, subject, text }) => html`<article><h2>${subject}</h2>
<p class="soft">to ${to} · <time datetime="${new Date(sentAt).toISOString()}">${new Date(sentAt).toISOString().replace('T', ' ').slice(0, 19)} UTC</time></p>
<pre>${text}</pre></article>`,
  );
  const body = mails.length === 0 ? html`<p class="soft">No mail yet. Codes and invitations that this server sends appear here.</p>` : html`${letters}`;
  return { title: 'Local mail', body, wide: true };
}
