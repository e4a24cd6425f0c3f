/** A lost password: a mailed code, and a new one. Whoever holds the mailbox may do this, and it ends every sign-in that was made with the old password. */
import { normalEmail } from './accounts.ts';
import { FormRefused } from './form.ts';
import { forgotPage, type Problem, resetPage } from './pages/forms.ts';
import { assertPasswordTurn, hashPassword, passwordProblem } from './password.ts';
import { type Answer, assertMayTry, codeProblem, type SignInRoom, typedCode, type Visit } from './step.ts';

/** The address: mails a code, or says to the mailbox that there is no account. */
export async function forgot(room: SignInRoom, { form, interaction, peer }: Visit): Promise<Answer> {
  const typed = form.get('email') ?? '';
  const email = normalEmail(typed);
  if (email === undefined) {
    const problem = { field: 'email', text: 'This does not look like an e-mail address.' } as const;
    return { status: 400, page: forgotPage({ ...interaction.frame, email: typed.slice(0, 254), problem }) };
  }
  const now = room.clock();
  const { mailsByAddress, mailsByPeer } = room.limits;
  assertMayTry(now, [
    [mailsByAddress, email],
    [mailsByPeer, peer],
  ]);
  mailsByAddress.hit(email, now);
  mailsByPeer.hit(peer, now);
  const code = room.codes.issue(interaction.uid, 'reset', { email, password: undefined }, now);
  const known = room.accounts.byEmail(email) !== undefined;
  room.outbox.deliver(
    known
      ? {
          to: email,
          subject: `${code} is your HQ Cloud code`,
          text: `Your code to choose a new password is ${code}\n\nIt is good for 15 minutes. If you did not ask for it, ignore this mail: your password stays as it is.`,
        }
      : {
          to: email,
          subject: 'No HQ Cloud account for this address',
          text: 'Someone asked for a new password for this address, which has no account here.\n\nIf it was you, try another address, or create an account.',
        },
  );
  return { step: 'reset' };
}

/** The code and a new password: signs out everywhere, and in here. */
export async function reset(room: SignInRoom, visit: Visit): Promise<Answer> {
  const { form, interaction } = visit;
  const waiting = room.codes.pending(interaction.uid, 'reset');
  if (waiting === undefined) throw new FormRefused(400, codeProblem('none'));
  const again = (field: Problem['field'], text: string): Answer => ({
    status: 400,
    page: resetPage({ ...interaction.frame, email: waiting.email, problem: { field, text } }),
  });
  const password = form.get('password') ?? '';
  const weakness = passwordProblem(password, waiting.email);
  if (weakness !== undefined) return again('password', weakness);
  assertPasswordTurn();
  const answer = room.codes.redeem(interaction.uid, 'reset', typedCode(form), room.clock());
  if (answer.outcome !== 'right') return again('code', codeProblem(answer.outcome));
  const hash = await hashPassword(password, room.cost);
  const account = room.accounts.byEmail(answer.pending.email);
  if (account === undefined) throw new FormRefused(400, codeProblem('none'));
  room.accounts.setPassword(account.sub, hash, room.clock());
  room.artifacts.forgetAccount(account.sub);
  await room.interactions.complete(visit.request, visit.response, { ...interaction, accountId: undefined }, account);
  return 'answered';
}
