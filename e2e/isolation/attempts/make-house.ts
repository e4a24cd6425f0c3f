/** A planned organization, made through the API by its admin: rules that wait for addresses, people who join, groups in groups, and the rest of the rules. */
import type { Person } from '../../support/client.ts';
import type { HousePlan } from './house-plan.ts';
import type { GivenRule } from './rules-read-again.ts';

/** Gives the organization's id. */
export async function makeHouse(name: string, plan: HousePlan, admin: Person, called: (name: string) => Person): Promise<string> {
  const { client } = admin;
  const { id: vault } = await client.orgs.create.mutate({ name });
  const groups = new Map<string, string>();
  const idOf = (group: string): string => groups.get(group) ?? '';

  const grant = async ({ path, to, level, endsAt }: GivenRule): Promise<void> => {
    const grantee =
      'everyone' in to
        ? ({ kind: 'org' } as const)
        : 'group' in to
          ? ({ kind: 'group', id: idOf(to.group) } as const)
          : 'person' in to
            ? ({ kind: 'person', id: called(to.person).id } as const)
            : ({ kind: 'email', email: called(to.address).email } as const);
    await client.acl.grant.mutate({ vault, path, grantee, level, ...(endsAt === undefined ? {} : { expiresAt: endsAt }) });
  };

  // A rule for an address may wait for it to join; one for a person can't.
  for (const rule of plan.rules) if ('address' in rule.to) await grant(rule);
  for (const [who, role] of Object.entries(plan.roles)) {
    const member = called(who);
    if (member === admin) continue;
    const invitation = await client.members.invite.mutate({ vault, email: member.email, role });
    await member.client.members.accept.mutate({ invitation: invitation.id });
  }
  for (const group of Object.keys(plan.groups)) groups.set(group, (await client.groups.create.mutate({ vault, name: group })).id);
  for (const [group, held] of Object.entries(plan.groups)) {
    for (const member of [...held.people.map((who) => called(who).id), ...held.groups.map(idOf)]) {
      await client.groups.add.mutate({ vault, group: idOf(group), member });
    }
  }
  for (const rule of plan.rules) if (!('address' in rule.to)) await grant(rule);
  for (const path of plan.open) await client.acl.setOpen.mutate({ vault, path, open: true });
  return vault;
}
