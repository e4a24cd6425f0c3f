/** Signing in with an address and a password, and going on as whoever is signed in already. */
import { normalEmail } from './accounts.ts';
import { FormRefused } from './form.ts';
import { signInPage } from './pages/forms.ts';
import { assertPasswordTurn } from './password.ts';
import { type Answer, assertMayTry, type SignInRoom, type Visit } from './step.ts';

/** Address and password. A wrong one says no more than that the two do not fit. */
export async function signIn(room: SignInRoom, visit: Visit): Promise<Answer> {
  const { form, peer, interaction } = visit;
  const typed = form.get('email') ?? '';
  const email = normalEmail(typed) ?? typed.slice(0, 254);
  const { passwordsByBoth, passwordsByAddress, passwordsByPeer } = room.limits;
  const both = `${email} ${peer}`;
  const now = room.clock();
  const keys = [
    [passwordsByBoth, both],
    [passwordsByAddress, email],
    [passwordsByPeer, peer],
  ] as const;
  assertMayTry(now, keys);
  assertPasswordTurn();
  // Counted before the slow part, so that many tries at once cannot slip in together.
  for (const [limit, key] of keys) limit.hit(key, now);
  const account = await room.accounts.verify(email, (form.get('password') ?? '').slice(0, 256));
  if (account === undefined) {
    const problem = { field: 'password', text: 'This address and password do not fit. Please try again.' } as const;
    return { status: 401, page: signInPage({ ...interaction.frame, email, problem }, room.signUpOpen) };
  }
  passwordsByBoth.clear(both);
  await room.interactions.complete(visit.request, visit.response, interaction, account);
  return 'answered';
}

/** A person who is signed in in this browser agrees to the program that asks. */
export async function goOn(room: SignInRoom, visit: Visit): Promise<Answer> {
  const { accountId, prompt } = visit.interaction;
  const account = accountId === undefined || prompt !== 'consent' ? undefined : room.accounts.bySub(accountId);
  if (account === undefined) throw new FormRefused(400, 'Nobody is signed in here. Please start again.');
  await room.interactions.complete(visit.request, visit.response, visit.interaction, account);
  return 'answered';
}

/** Somebody else wants to sign in in this browser. */
export async function switchAccount(room: SignInRoom, visit: Visit): Promise<Answer> {
  await room.interactions.forgetBrowser(visit.request, visit.response);
  return { step: '' };
}

/** Back to the program, with a refusal. */
export async function cancel(room: SignInRoom, visit: Visit): Promise<Answer> {
  await room.interactions.cancel(visit.request, visit.response);
  return 'answered';
}
