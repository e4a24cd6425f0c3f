/** The local sign-in: an OpenID Connect issuer for one machine, with accounts of its own, in the place that Cognito has in production. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isDiskFull } from '../disk-full.ts';
import { openAccounts } from './accounts.ts';
import { openArtifacts } from './artifact-store.ts';
import { bearerEndpoints } from './bearer.ts';
import { openCodes } from './codes.ts';
import { openDatabase } from './database.ts';
import { hasRoom, NoRoomError } from './disk-room.ts';
import { assertEntry, isEntry } from './entry-guard.ts';
import { FormRefused } from './form.ts';
import { handleInteraction } from './interaction-routes.ts';
import { interactions } from './interaction.ts';
import { loadKeys } from './keys-file.ts';
import { type Mail, openOutbox } from './outbox.ts';
import { outboxHandler } from './outbox-page.ts';
import { html } from './pages/html.ts';
import { sendPage } from './pages/page.ts';
import { defaultCost, type PasswordCost } from './password.ts';
import { makeProvider } from './provider.ts';
import { rateLimit } from './rate-limit.ts';
import { sendRefusal, sendNoRoom } from './refusal.ts';
import type { SignInLimits, SignInRoom } from './step.ts';

export interface SignInOptions {
  /** For example `http://127.0.0.1:8787/sign-in`. The only origin that is trusted: requests for another host are refused. */
  readonly issuer: string;
  /** local-cloud's data folder; all of this lies in `sign-in/` in it. */
  readonly data: string;
  readonly clientId?: string;
  /** Redirects beside `http://127.0.0.1:ANY/callback` (also `[::1]` and `localhost`), for the web client. */
  readonly redirectUris?: readonly string[];
  /** Web origins whose pages may redeem codes and refresh tokens from a browser; none by default. */
  readonly origins?: readonly string[];
  /** `open`: anyone who proves an address may make an account. */
  readonly signUp?: 'open' | 'closed';
  /** Milliseconds since 1970. The life of tokens follows the system's clock. */
  readonly clock?: () => number;
  /** What scrypt may cost; tests lower it. */
  readonly passwordCost?: PasswordCost;
  /** Wrong passwords and mails from one peer in 15 minutes (300). */
  readonly triesPerPeer?: number;
  /** Whether the disk takes more; it is asked itself by default. */
  readonly hasRoom?: () => boolean;
  /** Hears of defects; never handed a secret. */
  readonly log?: (message: string, error: unknown) => void;
}

export interface SignIn {
  /** Handles every request whose path is the issuer's or under it. It answers always and never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Handles `/outbox`. */
  handleOutbox(request: IncomingMessage, response: ServerResponse): void;
  /** Puts a letter into the local outbox; durable when it returns. */
  deliver(mail: Mail): void;
  /** Ends every session, grant and refresh token of a person. Access tokens that are out live to their expiry, an hour at most. */
  signOutEverywhere(sub: string): void;
  close(): void;
}

const window = 15 * 60_000;
const sweepEvery = 10 * 60_000;

/** Opens the sign-in in its data folder. @throws Error when the folder or the keys in it cannot be used. */
export async function createSignIn(options: SignInOptions): Promise<SignIn> {
  const {
    issuer,
    data,
    clientId = 'hq',
    redirectUris = [],
    origins = [],
    signUp = 'open',
    clock = Date.now,
    passwordCost = defaultCost,
    log = () => {},
  } = options;
  const keys = await loadKeys(data);
  const database = openDatabase(data);
  const accounts = await openAccounts(database, passwordCost);
  const artifacts = openArtifacts(database, { clock, hasRoom: options.hasRoom ?? (() => hasRoom(data)) });
  const outbox = openOutbox(database, clock);
  const codes = openCodes(database, keys.secret);
  const provider = makeProvider({ issuer, clientId, redirectUris, origins, keys, artifacts, accounts });
  provider.on('server_error', (_ctx, error) => log('the OpenID provider failed', error));
  const bearer = bearerEndpoints({ issuer, clientId, keys, accounts, clock }, provider, artifacts.forgetAccount);
  const room: SignInRoom = {
    accounts,
    artifacts,
    codes,
    outbox,
    interactions: interactions(provider, issuer, keys.secret),
    limits: limits(options.triesPerPeer ?? 300),
    cost: passwordCost,
    signUpOpen: signUp === 'open',
    clock,
  };
  const { host, origin, protocol, pathname: base } = new URL(issuer);
  const provide = provider.callback();
  let swept = 0;

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const now = clock();
    if (now - swept > sweepEvery) {
      swept = now;
      artifacts.sweep(now);
      codes.sweep(now);
    }
    if (request.headers.host !== host) {
      return sendPage(response, 421, { title: 'Another address, please', body: html`<p>This sign-in lives at <strong>${origin}</strong>.</p>` });
    }
    const target = request.url ?? '/';
    if (!target.startsWith(`${base}/`))
      return sendPage(response, 404, { title: 'Nothing here', body: html`<p>Start from the program you want to sign in to.</p>` });
    const rest = target.slice(base.length);
    const path = rest.split('?', 1)[0] ?? '';
    if (path === '/userinfo') return bearer.userinfo(request, response);
    if (path === '/sign-out-everywhere') return bearer.signOutEverywhere(request, response);
    if (path.startsWith('/interaction/')) return handleInteraction(room, origin, path.slice('/interaction/'.length), request, response);
    if (isEntry(path)) assertEntry(request, rest.slice(path.length + 1));
    delete request.headers['x-forwarded-host'];
    if (protocol === 'https:') request.headers['x-forwarded-proto'] = 'https';
    // The provider's paths are relative to its issuer; it finds where it is mounted by comparing the two, as under Connect.
    Object.assign(request, { originalUrl: target, url: rest });
    await provide(request, response);
  };
  return {
    async handle(request, response) {
      try {
        await route(request, response);
      } catch (error) {
        if (!response.headersSent && error instanceof FormRefused) return sendRefusal(response, error);
        if (!response.headersSent && (error instanceof NoRoomError || isDiskFull(error))) return sendNoRoom(request, response);
        log('the sign-in failed', error);
        if (response.headersSent) response.destroy();
        else sendPage(response, 500, { title: 'Something broke', body: html`<p>This is a defect of ours. Please try again.</p>` });
      }
    },
    handleOutbox: outboxHandler(outbox),
    deliver: outbox.deliver,
    signOutEverywhere: artifacts.forgetAccount,
    close: () => database.close(),
  };
}

function limits(triesPerPeer: number): SignInLimits {
  return {
    passwordsByBoth: rateLimit(10, window),
    passwordsByAddress: rateLimit(50, window),
    passwordsByPeer: rateLimit(triesPerPeer, window),
    mailsByAddress: rateLimit(5, window),
    mailsByPeer: rateLimit(triesPerPeer, window),
  };
}
