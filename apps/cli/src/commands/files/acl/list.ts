/** `hq files acl list`: the rules at, above and (for an admin of it) below a path. */
import { canonicalPath } from '@hq/shared/path';
import { toIso } from '@hq/shared/time';
import { showGrantee } from '../../../grantee.ts';
import { organizationOf } from '../../../organization.ts';
import { defineVerb, vaultOptions } from '../../../verb.ts';

export default defineVerb({
  summary: 'List the rules around a path',
  arguments: { path: { help: 'A file or a folder (it ends in "/"); the root when absent', optional: true } },
  options: vaultOptions,
  run: async (context, { arguments: { path = '' }, options }) => {
    const vault = await organizationOf(context, options.org);
    const { records } = await (await context.hq()).api.acl.list.query({ vault, path: canonicalPath(path) });
    const rows = records.flatMap(({ path: at, rules, open, createdBy }) => [
      ...rules.map(({ grantee, level, expiresAt }) => [
        at === '' ? '(root)' : at,
        level,
        showGrantee(grantee),
        expiresAt === undefined ? '' : `until ${toIso(expiresAt)}`,
      ]),
      ...(open ? [[at === '' ? '(root)' : at, 'read', '@all', 'open']] : []),
      ...(createdBy === undefined ? [] : [[at === '' ? '(root)' : at, 'admin', createdBy, 'made it']]),
    ]);
    context.out.table({ records }, rows);
  },
});
