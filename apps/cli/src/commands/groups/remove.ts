/** `hq groups remove`: a group, with the rules that name it. */
import { approve, changeHelp, changeOptions, noteSessions } from '../../access/change.ts';
import { findGroup } from '../../access/find.ts';
import { placeWords } from '../../access/words.ts';
import { organizationOf } from '../../organization.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

export default defineVerb({
  summary: 'Remove a group, with the rules for it',
  details: changeHelp,
  arguments: { group: { help: 'Its name or id' } },
  options: { ...vaultOptions, ...changeOptions },
  run: async (context, { arguments: given, options }) => {
    const vault = await organizationOf(context, options.org);
    const { api } = await context.hq();
    const { id } = await findGroup(api, vault, given.group);
    const preview = await api.groups.preview.query({ vault, group: id, change: { kind: 'remove' } });
    const ended = await approve(context, options, [preview]);
    if (ended !== undefined) return ended;
    const removed = await api.groups.remove.mutate({ vault, group: id, version: preview.version });
    noteSessions(context, preview, removed.sessionsEndBy);
    context.out.data(removed, () => [
      `The group ${removed.name} is gone.`,
      ...(removed.rules.length === 0 ? [] : [`Rules that went with it, at: ${removed.rules.map(placeWords).join(', ')}`]),
    ]);
    return 0;
  },
});
