/** One sign-in in one browser: which interaction a request belongs to, and how it ends. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { Account } from './accounts.ts';
import { FormRefused, formToken } from './form.ts';
import type { FormFrame } from './pages/forms.ts';
import { apiResource, scopes } from './provider.ts';

export interface Interaction {
  readonly uid: string;
  /** `login`, or `consent` when someone is signed in in this browser already. */
  readonly prompt: string;
  /** Who is signed in in this browser. */
  readonly accountId: string | undefined;
  readonly clientId: string;
  readonly loginHint: string | undefined;
  readonly frame: FormFrame;
}

export interface Interactions {
  /** @throws FormRefused when the browser does not hold this interaction's cookie, or it has expired. */
  find(request: IncomingMessage, response: ServerResponse, uid: string): Promise<Interaction>;
  /** Sends the browser back to the client with a code for this account. */
  complete(request: IncomingMessage, response: ServerResponse, interaction: Interaction, account: Account): Promise<void>;
  /** Ends the browser's own session and asks again for a sign-in. */
  forgetBrowser(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Sends the browser back with `access_denied`. */
  cancel(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Interactions of the provider. */
export function interactions(provider: Provider, issuer: string, secret: Buffer): Interactions {
  const { pathname: path, hostname } = new URL(issuer);
  const mailbox = /^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname) ? '/outbox' : undefined;
  const details = async (request: IncomingMessage, response: ServerResponse) => {
    try {
      return await provider.interactionDetails(request, response);
    } catch {
      throw new FormRefused(400, 'This sign-in has expired or was started in another browser. Please start it again.');
    }
  };
  const dropSession = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const found = await details(request, response);
    const cookie = found.session?.cookie;
    if (cookie !== undefined) await (await provider.Session.find(cookie))?.destroy();
    delete found.session;
    await found.persist();
  };
  return {
    async find(request, response, uid) {
      const found = await details(request, response);
      if (found.uid !== uid) throw new FormRefused(400, 'Another sign-in was started in this browser meanwhile. Please start again.');
      const { redirect_uri: redirect, login_hint: hint, client_id: clientId } = found.params;
      return {
        uid,
        prompt: found.prompt.name,
        accountId: found.session?.accountId,
        clientId: String(clientId),
        loginHint: typeof hint === 'string' ? hint.slice(0, 254) : undefined,
        frame: {
          base: `${path}/interaction/${uid}`,
          token: formToken(secret, uid),
          mailbox,
          formTarget: typeof redirect === 'string' ? new URL(redirect).origin : undefined,
        },
      };
    },
    async complete(request, response, interaction, account) {
      if (interaction.accountId !== undefined && interaction.accountId !== account.sub) await dropSession(request, response);
      const grant = new provider.Grant({ accountId: account.sub, clientId: interaction.clientId });
      grant.addOIDCScope(scopes.join(' '));
      grant.addResourceScope(apiResource(issuer), 'openid email profile');
      const consent = { grantId: await grant.save() };
      // Who only agreed to go on keeps the time at which the password was last given.
      const agreed = interaction.prompt === 'consent' && interaction.accountId === account.sub;
      const login = agreed ? {} : { login: { accountId: account.sub, amr: ['pwd'] } };
      await provider.interactionFinished(request, response, { ...login, consent }, { mergeWithLastSubmission: false });
    },
    forgetBrowser: dropSession,
    async cancel(request, response) {
      const refusal = { error: 'access_denied', error_description: 'The sign-in was cancelled.' };
      await provider.interactionFinished(request, response, refusal, { mergeWithLastSubmission: false });
    },
  };
}
