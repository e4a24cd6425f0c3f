/**
 * Creating an account: an address, a password, and a code that proves the address. Nothing tells a stranger whether an address has an account: page, time and
 * number of mails are the same, and only the mailbox learns the difference.
 */
import { normalEmail } from './accounts.ts';
import { FormRefused } from './form.ts';
import { confirmPage, type Problem, signUpPage } from './pages/forms.ts';
import { assertPasswordTurn, hashPassword, passwordProblem } from './password.ts';
import { type Answer, assertMayTry, codeProblem, type SignInRoom, typedCode, type Visit } from './step.ts';

/** Address and password: mails a code. */
export async function signUp(room: SignInRoom, visit: Visit): Promise<Answer> {
  assertOpen(room);
  const { form, interaction } = visit;
  const typed = form.get('email') ?? '';
  const email = normalEmail(typed);
  const again = (field: Problem['field'], text: string): Answer => ({
    status: 400,
    page: signUpPage({ ...interaction.frame, email: typed.slice(0, 254), problem: { field, text } }),
  });
  if (email === undefined) return again('email', 'This does not look like an e-mail address.');
  const password = form.get('password') ?? '';
  const problem = passwordProblem(password, email);
  if (problem !== undefined) return again('password', problem);
  assertPasswordTurn();
  countMail(room, visit, email);
  mailCode(room, interaction.uid, email, await hashPassword(password, room.cost));
  return { step: 'confirm' };
}

/** A new code for the address that waits for one. */
export async function resend(room: SignInRoom, visit: Visit): Promise<Answer> {
  assertOpen(room);
  const { interaction } = visit;
  const pending = room.codes.pending(interaction.uid, 'sign-up');
  if (pending?.password === undefined) throw new FormRefused(400, codeProblem('none'));
  countMail(room, visit, pending.email);
  mailCode(room, interaction.uid, pending.email, pending.password);
  return { page: confirmPage({ ...interaction.frame, email: pending.email, notice: 'A new code is on its way. Earlier ones no longer work.' }) };
}

/** The code: makes the account and signs in. */
export async function confirm(room: SignInRoom, visit: Visit): Promise<Answer> {
  assertOpen(room);
  const { interaction } = visit;
  const waiting = room.codes.pending(interaction.uid, 'sign-up');
  const now = room.clock();
  const answer = room.codes.redeem(interaction.uid, 'sign-up', typedCode(visit.form), now);
  if (answer.outcome !== 'right') {
    const problem = codeProblem(answer.outcome);
    if (waiting === undefined) throw new FormRefused(400, problem);
    return { status: 400, page: confirmPage({ ...interaction.frame, email: waiting.email, problem: { field: 'code', text: problem } }) };
  }
  const { email, password } = answer.pending;
  const account = password === undefined ? undefined : room.accounts.add(email, password, now);
  if (account === undefined) throw new FormRefused(409, 'This address has an account by now. Please start again and sign in.');
  await room.interactions.complete(visit.request, visit.response, interaction, account);
  return 'answered';
}

function assertOpen(room: SignInRoom): void {
  if (!room.signUpOpen) throw new FormRefused(404, 'Accounts are not created here. Please ask the person who runs this server.');
}

function countMail({ limits, clock }: SignInRoom, { peer }: Visit, email: string): void {
  const now = clock();
  assertMayTry(now, [
    [limits.mailsByAddress, email],
    [limits.mailsByPeer, peer],
  ]);
  limits.mailsByAddress.hit(email, now);
  limits.mailsByPeer.hit(peer, now);
}

function mailCode({ accounts, codes, outbox, clock }: SignInRoom, uid: string, email: string, password: string): void {
  const code = codes.issue(uid, 'sign-up', { email, password }, clock());
  if (accounts.byEmail(email) === undefined) {
    outbox.deliver({
      to: email,
      subject: `${code} is your HQ Cloud code`,
      text: `Your code to finish creating your account is ${code}\n\nIt is good for 15 minutes. If you did not ask for it, ignore this mail.`,
    });
    return;
  }
  const text =
    'Someone tried to create an account with your address, which has one already. If it was you, sign in instead, or choose "Forgot your password?".\n\nIf it was not, there is nothing to do.';
  outbox.deliver({ to: email, subject: 'You have an HQ Cloud account already', text });
}
