/** The pages of an interaction. Plain forms: they work without scripts, with a password manager and with a screen reader. */
import { type Html, html } from './html.ts';
import type { Page } from './page.ts';

/** What every form of an interaction needs. */
export interface FormFrame {
  /** The interaction's own address, without a trailing slash. */
  readonly base: string;
  /** Ties a form to the interaction and the browser it was made for. */
  readonly token: string;
  readonly formTarget: string | undefined;
  /** What was wrong with the form, said in a red box; the field to mend has the focus. */
  readonly problem?: Problem | undefined;
  readonly notice?: string | undefined;
  readonly email?: string | undefined;
  /** Where mail can be read on this machine; undefined where it really travels. */
  readonly mailbox?: string | undefined;
}

export interface Problem {
  readonly field: 'email' | 'password' | 'code';
  readonly text: string;
}

/** Address and password. */
export function signInPage(frame: FormFrame, signUpOpen: boolean): Page {
  const links = html`<div class="links">
${signUpOpen && html`<a href="${frame.base}/sign-up">Create an account</a>`}
<a href="${frame.base}/forgot">Forgot your password?</a>
</div>`;
  const fields = html`${emailField(frame)}${passwordField(frame, 'Password', 'current-password')}`;
  return page(frame, 'Sign in', html`${form(frame, 'sign-in', fields, 'Sign in')}${links}${cancel(frame)}`);
}

/** An address to prove and a password to choose. */
export function signUpPage(frame: FormFrame): Page {
  const fields = html`${emailField(frame)}${passwordField(frame, 'Choose a password', 'new-password')}<p class="hint" id="rule">At least 12 characters. A few words are fine.</p>`;
  const links = html`<div class="links"><a href="${frame.base}">I have an account</a></div>`;
  return page(frame, 'Create an account', html`${form(frame, 'sign-up', fields, 'Continue')}${links}${cancel(frame)}`);
}

/** The code that was mailed to finish a sign-up. */
export function confirmPage(frame: FormFrame): Page {
  const intro = html`<p>We have mailed a six-digit code to <strong>${frame.email}</strong>. It is good for 15 minutes.</p>${mailbox(frame)}`;
  const again = form(frame, 'resend', html``, 'Send a new code', 'quiet');
  const links = html`<div class="links"><a href="${frame.base}/sign-up">Use another address</a></div>`;
  return page(frame, 'Check your mail', html`${intro}${form(frame, 'confirm', codeField(frame), 'Confirm')}${again}${links}`);
}

/** The address whose password is lost. */
export function forgotPage(frame: FormFrame): Page {
  const links = html`<div class="links"><a href="${frame.base}">Back to sign-in</a></div>`;
  return page(
    frame,
    'Forgot your password?',
    html`<p>We will mail you a code with which you can choose a new one.</p>
${form(frame, 'forgot', emailField(frame), 'Mail me a code')}${links}`,
  );
}

/** The mailed code and a new password. */
export function resetPage(frame: FormFrame): Page {
  const intro = html`<p>If <strong>${frame.email}</strong> has an account, a six-digit code is on its way. It is good for 15 minutes.</p>${mailbox(frame)}`;
  const fields = html`${codeField(frame)}${passwordField(frame, 'New password', 'new-password')}<p class="hint" id="rule">At least 12 characters. You will be signed out everywhere else.</p>`;
  const links = html`<div class="links"><a href="${frame.base}/forgot">Send another code</a></div>`;
  return page(frame, 'Choose a new password', html`${intro}${form(frame, 'reset', fields, 'Change password and sign in')}${links}`);
}

/** Someone is signed in in this browser already, and a program asks in their name. */
export function continuePage(frame: FormFrame): Page {
  const intro = html`<p>A program on this computer asks to use HQ Cloud as <strong>${frame.email}</strong>.</p>
<p class="soft">Continue only if you have just started it yourself.</p>`;
  const other = form(frame, 'switch', html``, 'Use another account', 'quiet');
  return page(frame, 'Continue?', html`${intro}${form(frame, 'continue', html``, 'Continue')}${other}${cancel(frame)}`);
}

function page(frame: FormFrame, title: string, body: Html): Page {
  const problem = frame.problem !== undefined && html`<p class="notice bad" role="alert" id="problem">${frame.problem.text}</p>`;
  const notice = frame.notice !== undefined && html`<p class="notice" role="status">${frame.notice}</p>`;
  return { title, body: html`${problem}${notice}${body}`, formTarget: frame.formTarget };
}

function form(frame: FormFrame, action: string, fields: Html, button: string, look?: 'quiet'): Html {
  return html`<form method="post" action="${frame.base}/${action}"><input type="hidden" name="token" value="${frame.token}">${fields}
<button type="submit" class="${look}">${button}</button></form>`;
}

function cancel(frame: FormFrame): Html {
  return form(frame, 'cancel', html``, 'Cancel', 'quiet');
}

function mailbox(frame: FormFrame): Html | undefined {
  if (frame.mailbox === undefined) return undefined;
  return html`<p class="hint">Mail stays on this machine: <a href="${frame.mailbox}" target="_blank" rel="noopener">open the local mailbox</a>.</p>`;
}

function emailField(frame: FormFrame): Html {
  return html`<label for="email">E-mail address</label>
<input id="email" name="email" type="email" autocomplete="username" required maxlength="254" value="${frame.email}"${marks(frame, 'email')}>`;
}

function passwordField(frame: FormFrame, label: string, autocomplete: 'current-password' | 'new-password'): Html {
  const isNew = autocomplete === 'new-password';
  return html`<label for="password">${label}</label>
<input id="password" name="password" type="password" autocomplete="${autocomplete}" required maxlength="256"${isNew && html` minlength="12"`}${marks(frame, 'password', isNew ? 'rule' : undefined)}>`;
}

function codeField(frame: FormFrame): Html {
  return html`<label for="code">Six-digit code</label>
<input id="code" name="code" class="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]{6,8}" required maxlength="8"${marks(frame, 'code')}>`;
}

/** What a field says beside its label: the hint that belongs to it, and, after a mistake in it, the problem and the focus. */
function marks({ problem }: FormFrame, field: Problem['field'], hint?: string): Html {
  const wrong = problem?.field === field;
  const described = [wrong ? 'problem' : undefined, hint].filter((id) => id !== undefined).join(' ');
  return html`${described !== '' && html` aria-describedby="${described}"`}${wrong && html` aria-invalid="true" autofocus`}`;
}
