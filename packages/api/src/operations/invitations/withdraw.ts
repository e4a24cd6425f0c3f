/** An invitation taken back, by any admin. */
import { HqError } from '@hq/shared/errors';
import type { Ports } from '../../context.ts';
import type { Commit } from '../commit.ts';
import { type MemberJob, placeOf, requireAdmin } from '../members/place.ts';
import { invitationFacts } from './describe.ts';

type WithdrawPorts = { readonly stores: Pick<Ports['stores'], 'access' | 'invitations' | 'revisions'> };

/** @throws HqError `FORBIDDEN`; `NOT_FOUND` for one that is not open here. */
export function withdraw({ stores }: WithdrawPorts, job: MemberJob, { invitation: id }: { readonly invitation: string }, commit: Commit) {
  const { organization } = placeOf(job.access);
  return stores.revisions.change(organization.id, async () => {
    const [asker, open] = await Promise.all([
      stores.access.load(organization.id, job.access.person.id, []),
      stores.invitations.ofOrganization(organization.id),
    ]);
    requireAdmin(placeOf(asker).member, 'withdraw invitations');
    const invitation = open.find((each) => each.id === id);
    if (invitation === undefined) {
      throw new HqError('NOT_FOUND', 'There is no such open invitation.', { hint: 'See the open ones with "hq members list".' });
    }
    const answer = { id, email: invitation.email };
    return {
      writes: [...stores.invitations.planEnd(invitation), ...commit(answer, { before: invitationFacts(invitation), after: null })],
      result: answer,
    };
  });
}
