/** `hq groups show`: who is in a group. */
import { HqError } from '@hq/shared/errors';
import { findGroup } from '../../access/find.ts';
import { organizationOf } from '../../organization.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

export default defineVerb({
  summary: 'Show who is in a group',
  arguments: { group: { help: 'Its name or id' } },
  options: vaultOptions,
  run: async (context, { arguments: given, options }) => {
    const vault = await organizationOf(context, options.org);
    const { api } = await context.hq();
    const { id } = await findGroup(api, vault, given.group);
    const [one, all] = await Promise.all([api.groups.list.query({ vault, group: id }), api.groups.list.query({ vault })]);
    const [group] = one.groups;
    if (group === undefined) throw new HqError('NOT_FOUND', `There is no group called "${given.group}".`, { hint: 'See the groups with "hq groups list".' });
    const nameOf = (other: string): string => all.groups.find((each) => each.id === other)?.name ?? other;
    const around = all.groups.filter(({ groups }) => groups.includes(id)).map(({ name }) => name);
    context.out.table(one, [
      [`${group.name}  ${group.id}  ${group.reach === 1 ? '1 person' : `${group.reach} people`} in all`],
      ...(around.length === 0 ? [] : [[`in ${around.join(', ')}`]]),
      ...(group.people ?? []).map(({ personId, email }) => [`  ${email ?? personId}`]),
      ...group.groups.map((inner) => [`  ${nameOf(inner)} (group)`]),
    ]);
  },
});
