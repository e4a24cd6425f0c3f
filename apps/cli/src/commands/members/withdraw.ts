/** `hq members withdraw`: takes an invitation back. */
import { HqError } from '@hq/shared/errors';
import { idPattern } from '@hq/shared/ids';
import type { Api } from '@hq/sdk/api/client';
import { organizationOf } from '../../organization.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

const invitationId = idPattern('invitation');

async function findInvitation(api: Api, vault: string, text: string): Promise<string> {
  if (invitationId.test(text)) return text;
  const { invitations } = await api.members.list.query({ vault });
  const found = invitations.find(({ email }) => email === text.toLowerCase());
  if (found !== undefined) return found.id;
  throw new HqError('NOT_FOUND', `There is no open invitation for "${text}".`, { hint: 'Admins see them with "hq members list".' });
}

export default defineVerb({
  summary: 'Take an invitation back',
  arguments: { invitation: { help: 'The invited address, or the id of the invitation' } },
  options: vaultOptions,
  run: async (context, { arguments: { invitation }, options }) => {
    const vault = await organizationOf(context, options.org);
    const { api } = await context.hq();
    const withdrawn = await api.members.withdraw.mutate({ vault, invitation: await findInvitation(api, vault, invitation) });
    context.out.data(withdrawn, () => `${withdrawn.email} is no longer invited.`);
  },
});
