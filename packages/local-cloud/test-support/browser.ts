/** As much of a browser as signing in needs: cookies by path, redirects, and forms read out of the page. Leaves the last redirect, to the client, alone. */

export interface Seen {
  /** The address that answered, or the one outside the origin that the browser was sent to. */
  readonly url: string;
  readonly status: number;
  readonly html: string;
  readonly headers: Headers;
}

interface Cookie {
  readonly value: string;
  readonly path: string;
}

export class Browser {
  readonly cookies = new Map<string, Cookie>();

  /** Opens an address and follows redirects within its origin. */
  async get(url: string): Promise<Seen> {
    return await this.#follow(url, { method: 'GET' });
  }

  /** Fills in the form of this page whose action ends in `/action`, hidden fields included, and sends it. */
  async submit(page: Seen, action: string, fields: Record<string, string>): Promise<Seen> {
    const form = new RegExp(`<form method="post" action="([^"]*/${action})">(.*?)</form>`, 's').exec(page.html);
    if (form === null) throw new Error(`there is no form ${action} on ${page.url} (${page.status}):\n${page.html}`);
    const hidden = [...(form[2] ?? '').matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)].map(([, name, value]) => [name ?? '', value ?? '']);
    const target = new URL(form[1] ?? '', page.url);
    const body = new URLSearchParams({ ...Object.fromEntries(hidden), ...fields });
    return await this.#follow(target.href, { method: 'POST', body, headers: { 'sec-fetch-site': 'same-origin', origin: 'null' } });
  }

  /** One request, with this browser's cookies and nothing followed. */
  async request(url: string, init: RequestInit): Promise<Response> {
    const { pathname } = new URL(url);
    const sent = [...this.cookies].filter(([, { path }]) => pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`));
    const headers = new Headers(init.headers);
    headers.set('cookie', sent.map(([name, { value }]) => `${name}=${value}`).join('; '));
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.#remember(line);
    return response;
  }

  async #follow(start: string, init: RequestInit): Promise<Seen> {
    let url = start;
    let next = init;
    for (let hops = 0; hops < 10; hops += 1) {
      const response = await this.request(url, next);
      const location = response.headers.get('location');
      const html = await response.text();
      if (location === null || response.status < 300 || response.status > 399) return { url, status: response.status, html, headers: response.headers };
      const target = new URL(location, url);
      if (target.origin !== new URL(url).origin) return { url: target.href, status: response.status, html, headers: response.headers };
      url = target.href;
      next = { method: 'GET' };
    }
    throw new Error(`too many redirects from ${start}`);
  }

  #remember(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const name = pair.slice(0, pair.indexOf('='));
    const value = pair.slice(pair.indexOf('=') + 1);
    const path = attributes.find((attribute) => attribute.toLowerCase().startsWith('path='))?.slice(5) ?? '/';
    if (value === '' || attributes.some((attribute) => /^expires=Thu, 01 Jan 1970/i.test(attribute))) this.cookies.delete(name);
    else this.cookies.set(name, { value, path });
  }
}
