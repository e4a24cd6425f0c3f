/** `hq groups list`: the groups of an organization. */
import { organizationOf } from '../../organization.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

export default defineVerb({
  summary: "List an organization's groups",
  options: vaultOptions,
  run: async (context, { options }) => {
    const vault = await organizationOf(context, options.org);
    const answer = await (await context.hq()).api.groups.list.query({ vault });
    const nameOf = (id: string): string => answer.groups.find((group) => group.id === id)?.name ?? id;
    context.out.table(
      answer,
      answer.groups.map(({ id, name, groups, reach }) => [
        name,
        reach === 1 ? '1 person' : `${reach} people`,
        groups.length === 0 ? '-' : `with ${groups.map(nameOf).join(', ')}`,
        id,
      ]),
    );
    if (answer.groups.length === 0 && !context.out.json) context.out.note('There are no groups yet. Make one with "hq groups create NAME".');
  },
});
