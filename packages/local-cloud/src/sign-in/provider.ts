/**
 * The OpenID Connect provider (`oidc-provider`), set up for one first-party public client: Authorization Code with PKCE S256 only, RS256 tokens that look like
 * Cognito's, refresh tokens that rotate and whose reuse ends the whole family.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-with-identity-providers.html
 */
import { type AccessToken, type ClientCredentials, type Configuration, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Accounts } from './accounts.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { NoRoomError } from './disk-room.ts';
import type { SignInKeys } from './keys-file.ts';
import { Html, html } from './pages/html.ts';
import { renderPage, securityHeaders } from './pages/page.ts';
import { sendNoRoom } from './refusal.ts';

export interface ProviderOptions {
  /** For example `http://127.0.0.1:8787/sign-in`. */
  readonly issuer: string;
  readonly clientId: string;
  /** Redirects beside the loopback ones of command line and desktop. */
  readonly redirectUris: readonly string[];
  /** Web origins that may use the token endpoint from a browser. */
  readonly origins: readonly string[];
  readonly keys: SignInKeys;
  readonly artifacts: ArtifactStore;
  readonly accounts: Accounts;
}

const hour = 3600;
const day = 24 * hour;

/** What a client may ask for. */
export const scopes: readonly string[] = ['openid', 'email', 'profile', 'offline_access'];

/** Any port is taken on these, as RFC 8252 section 7.3 asks. */
const loopbackRedirects = ['http://127.0.0.1/callback', 'http://[::1]/callback', 'http://localhost/callback'];

/** The name under which the provider knows our API; access tokens are made for it. */
export function apiResource(issuer: string): string {
  return `${new URL(issuer).origin}/`;
}

/** Sets the provider up. It is a Koa app: `callback()` handles requests whose path is relative to the issuer. */
export function makeProvider(options: ProviderOptions): Provider {
  const provider = new Provider(options.issuer, configuration(options));
  // Behind a proxy that ends TLS the request says http; what counts is where we are told to live.
  provider.proxy = options.issuer.startsWith('https:');
  // The library's own answers are framed by us: it asks for no more than text.
  provider.use(async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      // The browser's session is saved outside of what the library shows as errors.
      if (!(error instanceof NoRoomError)) throw error;
      ctx.respond = false;
      return sendNoRoom(ctx.req, ctx.res);
    }
    ctx.set(securityHeaders());
    if (ctx.status === 503) ctx.set('retry-after', '60');
  });
  return provider;
}

function configuration({ issuer, clientId, redirectUris, origins, keys, artifacts, accounts }: ProviderOptions): Configuration {
  const path = new URL(issuer).pathname;
  const resource = apiResource(issuer);
  const cookie = { httpOnly: true, sameSite: 'lax', signed: true, overwrite: true } as const;
  return {
    adapter: (model) => artifacts.adapter(model),
    jwks: { keys: [...keys.jwks] as NonNullable<Configuration['jwks']>['keys'] },
    cookies: {
      keys: [...keys.cookies],
      names: { session: 'hq_session', interaction: 'hq_interaction', resume: 'hq_resume' },
      long: { ...cookie, path },
      short: cookie,
    },
    clients: [
      {
        client_id: clientId,
        client_name: 'HQ',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: [...loopbackRedirects, ...redirectUris],
        require_auth_time: true,
      },
    ],
    responseTypes: ['code'],
    clientAuthMethods: ['none'],
    scopes: [...scopes],
    claims: {
      openid: ['sub', 'token_use', 'cognito:username'],
      email: ['email', 'email_verified'],
      profile: [],
      auth_time: null,
      iss: null,
      sid: null,
      acr: null,
    },
    // The ID token carries the address, as Cognito's does.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    rotateRefreshToken: () => true,
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    // A grant outlives the browser it was made in: a command line is not signed out by closing a tab.
    expiresWithSession: async () => false,
    // Each sign-in is a grant of its own, made when the person agrees; so ending one ends that one only.
    loadExistingGrant: async (ctx) => {
      const grantId = ctx.oidc.result?.consent?.grantId;
      return grantId === undefined ? undefined : await ctx.oidc.provider.Grant.find(grantId);
    },
    findAccount: async (_ctx, sub) => {
      const account = accounts.bySub(sub);
      return account && { accountId: sub, claims: async () => identityClaims(account) };
    },
    extraTokenClaims: async (ctx, token) => accessClaims(ctx, token),
    interactions: { url: (_ctx, interaction) => `${path}/interaction/${interaction.uid}` },
    routes: { authorization: '/authorize', token: '/token', revocation: '/revoke', jwks: '/jwks', end_session: '/sign-out', userinfo: '/unused' },
    discovery: { userinfo_endpoint: `${issuer}/userinfo`, global_sign_out_endpoint: `${issuer}/sign-out-everywhere` },
    clientBasedCORS: (_ctx, origin) => origins.includes(origin),
    renderError: async (ctx, out) => {
      ctx.type = 'html';
      const why = out.error_description ?? out.error;
      ctx.body = renderPage({
        title: 'That did not work',
        body: html`<p>${why}</p><p class="soft">Please start again from the program that brought you here.</p>`,
      });
    },
    ttl: {
      AccessToken: hour,
      IdToken: hour,
      AuthorizationCode: 60,
      RefreshToken: 30 * day,
      Grant: 30 * day,
      Interaction: hour,
      Session: 14 * day,
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      // Ours answers at /userinfo: the library's takes no token that is made for an API.
      userinfo: { enabled: false },
      revocation: { enabled: true, allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: { enabled: true, logoutSource: askToSignOut, postLogoutSuccessSource: signedOut },
      resourceIndicators: {
        enabled: true,
        defaultResource: async () => resource,
        useGrantedResource: async () => true,
        getResourceServerInfo: async (_ctx, indicator) => ({
          // Asking for another resource than ours finds no scope there.
          scope: indicator === resource ? 'openid email profile' : '',
          audience: clientId,
          accessTokenFormat: 'jwt',
          accessTokenTTL: hour,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  };
}

function identityClaims({ sub, email }: { sub: string; email: string }) {
  return { sub, email, email_verified: true, token_use: 'id', 'cognito:username': sub };
}

function accessClaims(ctx: KoaContextWithOIDC, token: AccessToken | ClientCredentials): Record<string, string | number> {
  if (!('accountId' in token) || token.accountId === undefined) return {};
  const source = ctx.oidc.entities.RefreshToken ?? ctx.oidc.entities.AuthorizationCode;
  // As with Cognito, `origin_jti` names the sign-in that all its refreshed tokens come from.
  return { token_use: 'access', username: token.accountId, auth_time: source?.authTime ?? 0, origin_jti: token.grantId ?? '' };
}

async function askToSignOut(ctx: KoaContextWithOIDC, form: string): Promise<void> {
  // The form's HTML is the library's, with the id that the button names.
  const body = html`${new Html(form)}<button type="submit" form="op.logoutForm" name="logout" value="yes">Sign out in this browser</button>`;
  ctx.body = renderPage({ title: 'Sign out?', body });
}

async function signedOut(ctx: KoaContextWithOIDC): Promise<void> {
  ctx.body = renderPage({ title: 'Signed out', body: html`<p>You are signed out in this browser.</p>` });
}
