/** The addresses under `/interaction/:uid`, and what each shows and takes. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { assertOwnForm, FormRefused, readForm } from './form.ts';
import type { Interaction } from './interaction.ts';
import { confirmPage, continuePage, forgotPage, resetPage, signInPage, signUpPage } from './pages/forms.ts';
import { type Page, securityHeaders, sendPage } from './pages/page.ts';
import { forgot, reset } from './reset-steps.ts';
import { cancel, goOn, signIn, switchAccount } from './sign-in-steps.ts';
import { confirm, resend, signUp } from './sign-up-steps.ts';
import { sendRefusal } from './refusal.ts';
import type { SignInRoom, Step } from './step.ts';
import { GateFullError } from './work-gate.ts';

const steps: ReadonlyMap<string, Step> = new Map<string, Step>([
  ['sign-in', signIn],
  ['continue', goOn],
  ['switch', switchAccount],
  ['cancel', cancel],
  ['sign-up', signUp],
  ['confirm', confirm],
  ['resend', resend],
  ['forgot', forgot],
  ['reset', reset],
]);

/** Handles `/interaction/:uid[/:step]`; `path` is what follows `/interaction/`. */
export async function handleInteraction(room: SignInRoom, origin: string, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const [uid = '', step = '', ...rest] = path.split('/');
    if (rest.length > 0) throw new FormRefused(404, 'There is nothing at this address.');
    const interaction = await room.interactions.find(request, response, uid);
    if (request.method === 'GET') return sendPage(response, 200, show(room, interaction, step));
    const run = steps.get(step);
    if (request.method !== 'POST' || run === undefined) throw new FormRefused(404, 'There is nothing at this address.');
    const form = await readForm(request);
    assertOwnForm(request, form, interaction.frame.token, origin);
    const answer = await run(room, { request, response, interaction, form, peer: request.socket.remoteAddress ?? '' });
    if (answer === 'answered') return;
    if ('page' in answer) return sendPage(response, answer.status ?? 200, answer.page);
    const location = answer.step === '' ? interaction.frame.base : `${interaction.frame.base}/${answer.step}`;
    response.writeHead(303, { ...securityHeaders(interaction.frame.formTarget), location, 'content-length': 0 }).end();
  } catch (error) {
    const refused =
      error instanceof GateFullError ? new FormRefused(429, 'Many people are signing in at this moment. Please try again in ten seconds.', 10) : error;
    if (!(refused instanceof FormRefused)) throw error;
    sendRefusal(response, refused);
  }
}

function show(room: SignInRoom, interaction: Interaction, step: string): Page {
  const { frame, uid } = interaction;
  switch (step) {
    case '': {
      const someone = interaction.prompt === 'consent' && interaction.accountId !== undefined ? room.accounts.bySub(interaction.accountId) : undefined;
      return someone === undefined ? signInPage({ ...frame, email: interaction.loginHint }, room.signUpOpen) : continuePage({ ...frame, email: someone.email });
    }
    case 'sign-up':
      if (room.signUpOpen) return signUpPage({ ...frame, email: interaction.loginHint });
      break;
    case 'confirm': {
      const pending = room.codes.pending(uid, 'sign-up');
      if (pending !== undefined) return confirmPage({ ...frame, email: pending.email });
      break;
    }
    case 'forgot':
      return forgotPage({ ...frame, email: interaction.loginHint });
    case 'reset': {
      const pending = room.codes.pending(uid, 'reset');
      if (pending !== undefined) return resetPage({ ...frame, email: pending.email });
      break;
    }
  }
  throw new FormRefused(404, 'There is nothing at this address. Please start the sign-in again.');
}
