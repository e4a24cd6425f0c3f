/** `hq files acl list`: the rules at a path, above it, and below it where one may know of them. */
import type { Grantee } from '@hq/shared/acl/rule';
import { loadNames, type Names } from '../../../access/names.ts';
import { untilWords } from '../../../access/until.ts';
import { organizationOf } from '../../../organization.ts';
import { rulePath } from '../../../remote-path.ts';
import { defineVerb, vaultOptions } from '../../../verb.ts';

function kindWords(grantee: Grantee, names: Names): string {
  if (grantee.kind === 'email') return names.isMembers(grantee.email) ? '' : 'waits until someone joins with this address';
  return grantee.kind === 'group' ? 'group' : '';
}

export default defineVerb({
  summary: 'List the rules around a path',
  arguments: { path: { help: 'A file or a folder (it ends in "/"); the whole vault when absent', optional: true } },
  options: vaultOptions,
  run: async (context, { arguments: { path }, options }) => {
    const vault = await organizationOf(context, options.org);
    const { api } = await context.hq();
    const [{ records }, names] = await Promise.all([api.acl.list.query({ vault, path: rulePath(path) }), loadNames(api, vault)]);
    const rows = records.flatMap(({ path: at, rules, open, createdBy }) => {
      const place = at === '' ? '(whole vault)' : at;
      return [
        ...rules.map(({ grantee, level, expiresAt }) => {
          const remarks = [kindWords(grantee, names), expiresAt === undefined ? '' : untilWords(expiresAt)].filter((remark) => remark !== '');
          return [place, level, names.grantee(grantee), remarks.join(', ')];
        }),
        ...(open ? [[place, 'read', '@all', 'open']] : []),
        ...(createdBy === undefined ? [] : [[place, 'admin', names.person(createdBy), 'made it']]),
      ];
    });
    context.out.table({ records }, rows);
    if (rows.length === 0 && !context.out.json) context.out.note('There are no rules there. Admins of the organization have access everywhere.');
  },
});
