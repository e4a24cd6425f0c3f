/** `hq files acl grant`: gives someone a level at a path, or takes it from them there with `none`. */
import { levels } from '@hq/shared/acl/rule';
import { approve, changeHelp, changeOptions, noteSessions } from '../../../access/change.ts';
import { granteeHelp, granteeOptions, namesGrantee, readGrantee } from '../../../access/grantee.ts';
import { loadNames } from '../../../access/names.ts';
import { endOptions, readEnd } from '../../../access/until.ts';
import { ruleWords } from '../../../access/words.ts';
import { oneOf } from '../../../one-of.ts';
import { organizationOf } from '../../../organization.ts';
import { missingSlash, rulePath } from '../../../remote-path.ts';
import { UsageError } from '../../../usage-error.ts';
import { defineVerb, vaultOptions } from '../../../verb.ts';

export default defineVerb({
  summary: 'Give someone read, write or admin at a path; "none" carves it out',
  details: `It takes the place of the rule that the same person, group or address has there.\n${changeHelp}`,
  arguments: {
    path: { help: 'A file, or a folder (it ends in "/") with all that is in it; "." is the whole vault' },
    grantee: { help: granteeHelp, optional: true },
    level: { help: 'none, read, write or admin; or use --level', optional: true },
  },
  options: {
    ...vaultOptions,
    ...granteeOptions,
    level: { type: 'string', value: 'LEVEL', help: 'none, read, write or admin' },
    ...endOptions,
    ...changeOptions,
  },
  run: async (context, { arguments: given, options }) => {
    // With an option for whom, the one word that is left is the level.
    const [word, ...rest] = namesGrantee(options) ? [undefined, given.grantee, given.level] : [given.grantee, given.level];
    const named = [...rest, options.level].filter((each) => each !== undefined);
    if (named.length !== 1) throw new UsageError(`Say once which level to give: ${levels.join(', ')}.`);
    const level = oneOf('A level', levels, named[0] ?? '');
    const path = rulePath(given.path);
    const end = readEnd(options, Math.floor(Date.now() / 1000));
    const vault = await organizationOf(context, options.org);
    const { api } = await context.hq();
    const grantee = await readGrantee(api, vault, word, options);
    const preview = await api.acl.preview.query({ vault, path, change: { kind: 'grant', grantee, level, ...end } });
    const slash = preview.files.count === 0 ? missingSlash(path) : undefined;
    if (slash !== undefined && !context.out.json) context.out.note(slash);
    const ended = await approve(context, options, [preview]);
    if (ended !== undefined) return ended;
    const record = await api.acl.grant.mutate({ vault, path, grantee, level, ...end, version: preview.version });
    const names = await loadNames(api, vault);
    noteSessions(context, preview, record.sessionsEndBy);
    context.out.data(record, () => `${ruleWords({ grantee, level, ...end }, path, names)}.`);
    return 0;
  },
});
