/** `hq members role`: what a member may do at most, and until when they belong to the organization. */
import { roles } from '@hq/shared/roles';
import { approve, changeHelp, changeOptions, noteSessions } from '../../access/change.ts';
import { findMember } from '../../access/find.ts';
import { readUntil, untilHelp, untilWords } from '../../access/until.ts';
import { oneOf } from '../../one-of.ts';
import { organizationOf } from '../../organization.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

function readEndOfMembership(text: string | undefined): { expiresAt?: number | null } {
  if (text === undefined) return {};
  return { expiresAt: text === 'never' ? null : readUntil(text) };
}

export default defineVerb({
  summary: "Set a member's role, or when their membership ends",
  details: `An admin may do everything, and their membership has no end; a contributor what the rules say; read-only no more than read.\n${changeHelp}`,
  arguments: { person: { help: 'Their e-mail address or id' }, role: { help: 'admin, contributor or read-only' } },
  options: {
    ...vaultOptions,
    until: { type: 'string', value: 'DATE', help: `The membership ends then by itself: ${untilHelp}; or "never"` },
    ...changeOptions,
  },
  run: async (context, { arguments: given, options }) => {
    const role = oneOf('A role', roles, given.role);
    const end = readEndOfMembership(options.until);
    const vault = await organizationOf(context, options.org);
    const { api } = await context.hq();
    const { personId, name } = await findMember(api, vault, given.person);
    const preview = await api.members.preview.query({ vault, personId, change: { kind: 'set-role', role, ...end } });
    const ended = await approve(context, options, [preview]);
    if (ended !== undefined) return ended;
    const changed = await api.members.setRole.mutate({ vault, personId, role, ...end, version: preview.version });
    noteSessions(context, preview, changed.sessionsEndBy);
    context.out.data(changed, () => `${name} is ${changed.role} now${changed.expiresAt === null ? '' : `, ${untilWords(changed.expiresAt)}`}.`);
    return 0;
  },
});
