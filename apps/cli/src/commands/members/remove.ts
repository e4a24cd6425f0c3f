/** `hq members remove`: ends a membership, and says how long storage sessions from before still work. */
import { HqError } from '@hq/shared/errors';
import { personIdPattern } from '@hq/shared/ids';
import { toIso } from '@hq/shared/time';
import { organizationOf } from '../../organization.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

export default defineVerb({
  summary: 'Remove a member',
  arguments: { member: { help: 'Their e-mail address or id' } },
  options: vaultOptions,
  run: async (context, { arguments: { member }, options }) => {
    const { api } = await context.hq();
    const vault = await organizationOf(context, options.org);
    let personId = member;
    if (!personIdPattern.test(member)) {
      const { members } = await api.members.list.query({ vault });
      const found = members.find(({ email }) => email === member.toLowerCase());
      if (found === undefined) throw new HqError('NOT_FOUND', `No member has the address "${member}".`, { hint: 'See "hq members list".' });
      ({ personId } = found);
    }
    const { sessionsEndBy } = await api.members.remove.mutate({ vault, personId });
    if (sessionsEndBy !== null) context.out.note(`Storage sessions that they hold already end by ${toIso(sessionsEndBy)}.`);
    context.out.data({ removed: personId, sessionsEndBy }, () => `${member} is removed.`);
  },
});
