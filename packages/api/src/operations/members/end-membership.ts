/**
 * The end of a membership, by oneself or by an admin: access is gone with the first transaction, and with it everything that the person held in the
 * organization, as far as one transaction goes. What is more is cleared in further ones; until then `departures.ts` has word of it.
 */
import { root } from '@hq/shared/path';
import type { Ports } from '../../context.ts';
import type { Commit } from '../commit.ts';
import { planDeparture } from '../../stores/departure.ts';
import { leaving } from '../../stores/membership.ts';
import { clearDepartures } from './clear-departures.ts';
import { endedWith, listed } from './ended.ts';
import { memberFacts, refuseStale } from './facts.ts';
import { keepAnAdmin, type MemberJob, placeOf, requireAdmin, requireMember } from './place.ts';

export interface End {
  readonly personId: string;
  readonly version?: number | undefined;
}

type EndPorts = Pick<Ports, 'clock' | 'log'> & {
  readonly stores: Pick<Ports['stores'], 'access' | 'departures' | 'invitations' | 'members' | 'rules' | 'sessions'>;
};

/**
 * Removes someone, or lets the caller leave. Sessions that storage granted live on until they expire; the answer names them.
 * @throws HqError `FORBIDDEN` for who would remove someone else and is no admin; `NOT_FOUND`, `LAST_ADMIN`; `CONFLICT` for another version.
 */
export async function endMembership({ stores, clock, log }: EndPorts, job: MemberJob, { personId, version }: End, commit: Commit) {
  const { organization } = placeOf(job.access);
  const { id } = organization;
  const askerId = job.access.person.id;
  const { answer, done } = await stores.departures.change(id, async () => {
    const [asker, { member: found, admins }, records, invitations, sessions] = await Promise.all([
      stores.access.load(id, askerId, []),
      stores.members.getCounted(id, personId),
      stores.rules.recordsUnder(id, root),
      stores.invitations.ofOrganization(id),
      stores.sessions.ofPerson(personId),
    ]);
    const { member: askerNow } = placeOf(asker);
    if (personId !== askerId) requireAdmin(askerNow, 'remove someone else');
    const member = requireMember(found);
    refuseStale(member, version);
    keepAnAdmin(member, admins);
    const ended = endedWith({ member, records, invitations, sessions, reader: asker.caller, now: clock() });
    const clearing = stores.departures.plan(id, records, [member]);
    const lists = listed(ended);
    const result = { personId, ...lists, sessionsEndBy: ended.sessions.at(-1)?.expiresAt ?? null };
    const { sessions: _, unlisted, ...facts } = lists;
    return {
      writes: [
        ...leaving(member),
        ...clearing.writes,
        ...(clearing.done ? [] : [planDeparture(member, clock())]),
        ...commit(result, { before: { ...memberFacts(member), ...facts, unlisted }, after: null }),
      ],
      result: { answer: result, done: clearing.done },
    };
  });
  if (!done) await clearDepartures({ stores, log }, id);
  return answer;
}
