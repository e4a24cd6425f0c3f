/** `hq files acl revoke`: takes a rule away, and says how long storage sessions from before still work. */
import { approve, changeHelp, changeOptions, noteSessions } from '../../../access/change.ts';
import { granteeHelp, granteeOptions, readGrantee } from '../../../access/grantee.ts';
import { loadNames } from '../../../access/names.ts';
import { placeWords } from '../../../access/words.ts';
import { organizationOf } from '../../../organization.ts';
import { rulePath } from '../../../remote-path.ts';
import { defineVerb, vaultOptions } from '../../../verb.ts';

export default defineVerb({
  summary: 'Take a rule away',
  details: `What the rules above say counts again; to shut someone out of a folder, grant them "none" there.\n${changeHelp}`,
  arguments: {
    path: { help: 'The path that the rule is at; "." is the whole vault' },
    grantee: { help: `Whom it is for, as "hq files acl list" shows it: ${granteeHelp}`, optional: true },
  },
  options: { ...vaultOptions, ...granteeOptions, ...changeOptions },
  run: async (context, { arguments: given, options }) => {
    const path = rulePath(given.path);
    const vault = await organizationOf(context, options.org);
    const { api } = await context.hq();
    const grantee = await readGrantee(api, vault, given.grantee, options);
    const preview = await api.acl.preview.query({ vault, path, change: { kind: 'revoke', grantee } });
    const ended = await approve(context, options, [preview]);
    if (ended !== undefined) return ended;
    const record = await api.acl.revoke.mutate({ vault, path, grantee, version: preview.version });
    const names = await loadNames(api, vault);
    noteSessions(context, preview, record.sessionsEndBy);
    context.out.data(record, () => `The rule for ${names.grantee(grantee)} at ${placeWords(path)} is gone.`);
    return 0;
  },
});
