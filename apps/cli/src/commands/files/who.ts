/** `hq files who`: everyone who can reach a path, with level and reason. */
import { loadNames } from '../../access/names.ts';
import { untilWords } from '../../access/until.ts';
import { placeWords, shortReason } from '../../access/words.ts';
import { organizationOf } from '../../organization.ts';
import { missingSlash, rulePath } from '../../remote-path.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

export default defineVerb({
  summary: 'List everyone who can reach a path, and why',
  details: 'For admins of the path. Groups are unfolded: the people in them are listed.',
  arguments: { path: { help: 'A file or a folder (it ends in "/"); the whole vault when absent', optional: true } },
  options: vaultOptions,
  run: async (context, { arguments: given, options }) => {
    const vault = await organizationOf(context, options.org);
    const { api } = await context.hq();
    const path = rulePath(given.path);
    const [answer, names] = await Promise.all([api.acl.who.query({ vault, path }), loadNames(api, vault)]);
    const slash = answer.people.every(({ because }) => because.kind === 'organization-admin') ? missingSlash(path) : undefined;
    if (slash !== undefined && !context.out.json) context.out.note(slash);
    context.out.table(answer, [
      ...answer.people.map(({ personId, email, level, because }) => [email ?? personId, level, shortReason(because, names)]),
      ...answer.waiting.map(({ email, level, path: at, expiresAt }) => [
        email,
        level,
        `waits until someone joins with this address, at ${placeWords(at)}${expiresAt === undefined ? '' : `, ${untilWords(expiresAt)}`}`,
      ]),
    ]);
  },
});
