/** `hq members list`: who is in the organization, and who is invited. */
import { toIso } from '@hq/shared/time';
import { untilWords } from '../../access/until.ts';
import { organizationOf } from '../../organization.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

const byAddress = (a: { readonly email: string | null }, b: { readonly email: string | null }): number => ((a.email ?? '') < (b.email ?? '') ? -1 : 1);

export default defineVerb({
  summary: "List an organization's members and open invitations",
  options: vaultOptions,
  run: async (context, { options }) => {
    const answer = await (await context.hq()).api.members.list.query({ vault: await organizationOf(context, options.org) });
    context.out.table(answer, [
      ...answer.members
        .toSorted(byAddress)
        .map(({ email, role, personId, joinedAt, expiresAt }) => [
          email ?? '-',
          role,
          `since ${toIso(joinedAt)}${expiresAt === null ? '' : `, ${untilWords(expiresAt)}`}`,
          personId,
        ]),
      ...answer.invitations
        .toSorted(byAddress)
        .map(({ email, role, id, expiresAt, memberUntil }) => [
          email,
          role,
          `invited until ${toIso(expiresAt)}${memberUntil === null ? '' : `, as a member ${untilWords(memberUntil)}`}`,
          id,
        ]),
    ]);
  },
});
