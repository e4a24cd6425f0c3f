/** `hq login`: signs in through the browser. */
import { spawn } from 'node:child_process';
import { signInByLoopback, signInPatienceMs } from '@hq/sdk/node/sign-in';
import { defineVerb } from '../verb.ts';

/** Opens the address with the system's own command; quietly does nothing where there is none, since the address is printed as well. */
function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin' ? ['open', url] : process.platform === 'win32' ? ['rundll32', 'url.dll,FileProtocolHandler', url] : ['xdg-open', url];
  const child = spawn(command ?? '', args, { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}

export default defineVerb({
  summary: 'Sign in through the browser',
  options: { 'no-browser': { type: 'boolean', help: 'Print the address instead of opening it' } },
  run: async ({ hq, out, settings, signal }, { options }) => {
    const client = await hq();
    await signInByLoopback(
      client,
      (url) => {
        out.note(options['no-browser'] ? 'Open this address in a browser on this computer:' : 'Finish signing in in the browser. If none opens, go to:');
        out.note(url);
        if (!options['no-browser']) openBrowser(url);
      },
      AbortSignal.any([signal, AbortSignal.timeout(signInPatienceMs)]),
    );
    const me = await client.api.me.get.query();
    out.data({ server: settings.server, userId: me.userId, email: me.email }, () => `Signed in to ${settings.server} as ${me.email ?? me.userId}.`);
  },
});
