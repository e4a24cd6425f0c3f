/** Signing in from a terminal: a browser does the talking, this machine waits at a loopback address for what it brings back. */
import type { Hq } from '../hq.ts';
import type { Tokens } from '../auth/tokens.ts';
import { listenForRedirect } from './loopback.ts';

/** How long (in milliseconds) a person has to finish in the browser. */
export const signInPatienceMs = 5 * 60_000;

/**
 * Signs in and stores the tokens. `show` gets the address to open.
 * @throws HqError `EXPIRED` when nobody finishes in time, `UNAUTHENTICATED` when the person or the issuer says no.
 */
export async function signInByLoopback(
  hq: Hq,
  show: (url: string) => void | Promise<void>,
  signal: AbortSignal = AbortSignal.timeout(signInPatienceMs),
): Promise<Tokens> {
  const redirect = await listenForRedirect();
  try {
    const attempt = await hq.signIn(redirect.redirectUri);
    const back = redirect.callback(attempt.state, signal);
    // Shown while we listen already; a failure to show is this sign-in's failure.
    const [callback] = await Promise.all([back, show(attempt.url)]);
    const tokens = await attempt.finish(callback);
    await hq.tokens.replace(tokens);
    return tokens;
  } finally {
    redirect.close();
  }
}
