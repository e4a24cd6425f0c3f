/** `hq members accept`: joins the organization that invited one. `hq whoami` lists the invitations. */
import { defineVerb } from '../../verb.ts';

export default defineVerb({
  summary: 'Accept an invitation',
  arguments: { invitation: { help: 'Its id (inv_…), as "hq whoami" shows it' } },
  run: async ({ hq, out }, { arguments: { invitation } }) => {
    const joined = await (await hq()).api.members.accept.mutate({ invitation });
    out.data(joined, () => `You are now in ${joined.name} as ${joined.role}.`);
  },
});
