/** `hq groups create`: a name for several people. */
import { organizationOf } from '../../organization.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

export default defineVerb({
  summary: 'Make a group',
  arguments: { name: { help: '1 to 48 lower-case letters, digits and "-"; unique in the organization' } },
  options: vaultOptions,
  run: async (context, { arguments: { name }, options }) => {
    const vault = await organizationOf(context, options.org);
    const group = await (await context.hq()).api.groups.create.mutate({ vault, name });
    context.out.data(group, () => [`${group.name}  ${group.id}`, `Put people into it with: hq groups add ${group.name} PERSON…`]);
  },
});
