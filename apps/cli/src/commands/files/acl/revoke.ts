/** `hq files acl revoke`: takes a rule away, and says how long storage sessions from before still work. */
import { canonicalPath } from '@hq/shared/path';
import { toIso } from '@hq/shared/time';
import { readGrantee } from '../../../grantee.ts';
import { organizationOf } from '../../../organization.ts';
import { defineVerb, vaultOptions } from '../../../verb.ts';

export default defineVerb({
  summary: 'Take a rule away',
  arguments: { path: { help: 'The path that the rule is at' }, grantee: { help: 'Whom it is for, as "hq files acl list" shows it' } },
  options: vaultOptions,
  run: async (context, { arguments: given, options }) => {
    const grantee = readGrantee(given.grantee);
    const vault = await organizationOf(context, options.org);
    const record = await (await context.hq()).api.acl.revoke.mutate({ vault, path: canonicalPath(given.path), grantee });
    if (record.sessionsEndBy !== null) context.out.note(`Storage sessions from before end by ${toIso(record.sessionsEndBy)}.`);
    context.out.data(record, () => `The rule for ${given.grantee} at ${given.path} is gone.`);
  },
});
