/** `hq members accept`: joins the organization that invited one. `hq whoami` lists the invitations. */
import { HqError } from '@hq/shared/errors';
import { idPattern } from '@hq/shared/ids';
import type { Api } from '@hq/sdk/api/client';
import { defineVerb } from '../../verb.ts';

const invitationId = idPattern('invitation');

/** The id of the invitation that is meant: itself, that of the organization, or the only one. @throws HqError `NOT_FOUND`, `CONFLICT`. */
async function findInvitation(api: Api, text: string | undefined): Promise<string> {
  if (text !== undefined && invitationId.test(text)) return text;
  const { invitations, email } = await api.me.get.query();
  const meant = invitations.filter(({ organization }) => text === undefined || organization === text);
  const [found, another] = meant;
  if (another !== undefined) {
    throw new HqError('CONFLICT', 'There is more than one invitation for you.', {
      hint: `Say which: ${meant.map(({ id, organization }) => `hq members accept ${id} (${organization})`).join(', ')}.`,
    });
  }
  if (found !== undefined) return found.id;
  throw new HqError('NOT_FOUND', `There is no open invitation ${text === undefined ? '' : `to "${text}" `}for ${email ?? 'you'}.`, {
    hint: 'Ask for a new one; it has to be for the address that you signed in with.',
  });
}

export default defineVerb({
  summary: 'Accept an invitation',
  arguments: { invitation: { help: 'Its id (inv_…) or the name of the organization; "hq whoami" lists them. Not needed when there is one', optional: true } },
  run: async ({ hq, out }, { arguments: { invitation } }) => {
    const { api } = await hq();
    const joined = await api.members.accept.mutate({ invitation: await findInvitation(api, invitation) });
    out.data(joined, () => `You are now in ${joined.name} as ${joined.role}.`);
  },
});
