/** Who belongs to an organization, and who is invited. */
import type { Ports } from '../../context.ts';
import type { Member, StoredMember } from '../../stores/membership.ts';
import type { Person } from '../../stores/people.ts';
import { describeInvitation } from '../invitations/describe.ts';
import { clearDepartures } from './clear-departures.ts';
import { type MemberJob, placeOf } from './place.ts';

type ListPorts = Pick<Ports, 'log'> & { readonly stores: Pick<Ports['stores'], 'departures' | 'invitations' | 'members' | 'people'> };

/** @param person Whoever the member is, by the profile: the address shown is theirs today. `joinedAs` may be someone else's by now. */
export function describeMember({ personId, role, joinedAt, email, expiresAt }: Member, version: number, person: Person | undefined) {
  return { personId, email: person?.email ?? null, joinedAs: email, role, joinedAt, expiresAt, version };
}

/** All members; open invitations for admins only. What someone gone has left is cleared on this occasion. */
export async function listMembers({ stores, log }: ListPorts, { access }: MemberJob) {
  const { organization, member } = placeOf(access);
  const { id } = organization;
  const [members, invitations, due] = await Promise.all([
    stores.members.list(id),
    member.role === 'admin' ? stores.invitations.ofOrganization(id) : [],
    stores.departures.due(id),
  ]);
  if (due.length > 0) await clearDepartures({ stores, log }, id);
  const people = await stores.people.getMany(members.map(({ personId }) => personId));
  return {
    members: members.map((each: StoredMember, i) => describeMember(each, each.version, people[i])),
    invitations: invitations.map(describeInvitation),
  };
}
