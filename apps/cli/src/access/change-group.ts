/** Adding to a group and dropping from it are one thing on the command line: each person or group in turn, all of them seen before the first is made. */
import { organizationOf } from '../organization.ts';
import { explainFailure } from '../failure.ts';
import { defineVerb, vaultOptions, type AnyVerb } from '../verb.ts';
import { approve, changeHelp, changeOptions, noteSessions } from './change.ts';
import { findGroup, findMemberOrGroup } from './find.ts';

/** The verb for one of the two. */
export function changeGroup(kind: 'add' | 'drop', summary: string, done: (member: string, group: string) => string): AnyVerb {
  return defineVerb({
    summary,
    details: `With --json there is a line for each of them.\n${changeHelp}`,
    arguments: {
      group: { help: 'Its name or id' },
      member: { help: 'A person, by e-mail address or id' },
      more: { help: 'A group, by name or id; and as many more of either as you like', optional: true, many: true },
    },
    options: { ...vaultOptions, ...changeOptions },
    run: async (context, { arguments: given, options }) => {
      const { out } = context;
      const vault = await organizationOf(context, options.org);
      const { api } = await context.hq();
      const group = await findGroup(api, vault, given.group);
      const found = await Promise.all([given.member, ...given.more].map((text) => findMemberOrGroup(api, vault, text)));
      const members = [...new Map(found.map((member) => [member.id, member])).values()];
      const previews = await Promise.all(members.map(({ id }) => api.groups.preview.query({ vault, group: group.id, change: { kind, member: id } })));
      const ended = await approve(context, options, previews);
      if (ended !== undefined) return ended;
      // The first is made on what was shown, each further one on what the one before it made.
      let version = previews[0]?.version ?? 0;
      for (const [index, member] of members.entries()) {
        const preview = previews[index];
        try {
          const input = { vault, group: group.id, member: member.id, version };
          const changed = kind === 'add' ? { ...(await api.groups.add.mutate(input)), sessionsEndBy: null } : await api.groups.drop.mutate(input);
          ({ version } = changed);
          if (preview !== undefined) noteSessions(context, preview, changed.sessionsEndBy);
          out.data(changed, () => done(member.name, group.name));
        } catch (error) {
          if (index === 0) throw error;
          const { message, hint } = explainFailure(error);
          out.note(`${member.name} and those after: ${message}${hint === undefined ? '' : ` ${hint}`}`);
          return 2;
        }
      }
      return 0;
    },
  });
}
