/** The frame around every page, and the headers that go with it. */
import type { ServerResponse } from 'node:http';
import { Html, type html, html as make } from './html.ts';
import { style, styleHash } from './style.ts';

export interface Page {
  readonly title: string;
  readonly body: ReturnType<typeof html>;
  readonly wide?: boolean;
  /**
   * Where the forms of this page may lead, beside this origin: browsers hold a redirect after a form to `form-action` too, and the last one goes to the
   * client's own address.
   */
  readonly formTarget?: string | undefined;
}

/** A whole document. */
export function renderPage(page: Page): string {
  const document = make`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${page.title} · HQ Cloud</title>
<style>${new Html(style)}</style>
</head>
<body>
<main${page.wide === true ? new Html(' class="wide"') : ''}>
<p class="brand">HQ Cloud</p>
<h1>${page.title}</h1>
${page.body}
</main>
</body>
</html>
`;
  return document.text;
}

/** What every answer of the sign-in says to the browser: keep nothing, show it in no frame, load nothing, tell nobody. */
export function securityHeaders(formTarget?: string): Record<string, string> {
  const formAction = formTarget === undefined ? "'self'" : `'self' ${formTarget}`;
  return {
    'content-security-policy': `default-src 'none'; style-src ${styleHash}; form-action ${formAction}; frame-ancestors 'none'; base-uri 'none'`,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  };
}

/** Sends a page. */
export function sendPage(response: ServerResponse, status: number, page: Page, headers: Record<string, string> = {}): void {
  const bytes = Buffer.from(renderPage(page));
  response.writeHead(status, { ...securityHeaders(page.formTarget), ...headers, 'content-type': 'text/html; charset=utf-8', 'content-length': bytes.length });
  response.end(bytes);
}
