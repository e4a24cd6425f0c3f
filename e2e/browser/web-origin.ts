/** A web site of another origin: one page on a port of its own, with the SDK bundled as a web client would bundle it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The page's program with the SDK in it, as one module for browsers. @throws Error where it needs something that a browser has not. */
export async function bundleForPage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('sdk-page.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
  });
  return outputFiles.map(({ text }) => text).join('\n');
}

export interface WebOrigin {
  /** For example `http://127.0.0.1:45678`. */
  readonly origin: string;
  close(): Promise<void>;
}

/** Serves the page and its program. */
export async function serveWebOrigin(program: string): Promise<WebOrigin> {
  const page =
    '<!doctype html><html lang="en"><title>A web client</title><link rel="icon" href="data:,"><script type="module" src="/program.js"></script></html>';
  const server = createServer((request, response) => {
    const isProgram = request.url === '/program.js';
    response.writeHead(200, { 'content-type': isProgram ? 'text/javascript' : 'text/html' }).end(isProgram ? program : page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
