/** A real Chromium with an empty profile, and windows in it that write down whatever the browser complains about. */
import { execFileSync } from 'node:child_process';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { installed } from '../support/engines.ts';

const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
const insideContainers = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];

/** False where there is no Chromium: its suites are then left out by name. */
export const chromiumInstalled = installed('chromium');

/** Starts Chromium. `hosts` are names that it takes for this machine, as a web site's own name server could make it believe. */
export function launchChromium(hosts: readonly string[] = []): Promise<Browser> {
  const mapping = hosts.map((host) => `MAP ${host} 127.0.0.1`).join(',');
  // Chromium's own wall between the public web and this machine is off then: other browsers have none, so ours must hold alone.
  const rules =
    hosts.length === 0 ? [] : [`--host-resolver-rules=${mapping}`, '--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests'];
  return chromium.launch({
    executablePath: execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim(),
    args: [...insideContainers, ...quiet, ...rules],
  });
}

export interface Window {
  readonly page: Page;
  /** Errors on the console, Content-Security-Policy violations and uncaught exceptions, of all pages so far. */
  readonly complaints: readonly string[];
  readonly close: () => Promise<void>;
}

/** A window of a person of their own: no cookie is shared with another one. */
export async function openWindow(browser: Browser, options: BrowserContextOptions = {}): Promise<Window> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  context.on('console', (message) => {
    // A refused form is answered with 4xx, which Chromium notes as an error of the page's own.
    const refusedForm =
      /^Failed to load resource: the server responded with a status of 4\d\d/.test(message.text()) && message.location().url === message.page()?.url();
    if (message.type() === 'error' && !refusedForm) complaints.push(`${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  return { page: await context.newPage(), complaints, close: () => context.close() };
}
