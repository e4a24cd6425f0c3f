/** `hq files acl grant`: gives someone a level at a path, or takes it from them there with `none`. */
import { levels } from '@hq/shared/acl/rule';
import { canonicalPath } from '@hq/shared/path';
import { readDuration } from '../../../durations.ts';
import { readGrantee } from '../../../grantee.ts';
import { oneOf } from '../../../one-of.ts';
import { organizationOf } from '../../../organization.ts';
import { defineVerb, vaultOptions } from '../../../verb.ts';

export default defineVerb({
  summary: 'Give someone read, write or admin at a path; "none" carves it out',
  arguments: {
    path: { help: 'A file, or a folder (it ends in "/") with all that is in it' },
    grantee: { help: "@all, an e-mail address, a group (grp_…) or a person's id" },
    level: { help: 'none, read, write or admin' },
  },
  options: { ...vaultOptions, for: { type: 'string', value: 'TIME', help: 'Ends by itself after that long, for example 7d' } },
  run: async (context, { arguments: given, options }) => {
    const level = oneOf('A level', levels, given.level);
    const grantee = readGrantee(given.grantee);
    const expires = options.for === undefined ? {} : { expiresAt: Math.floor(Date.now() / 1000) + readDuration(options.for) };
    const vault = await organizationOf(context, options.org);
    const record = await (await context.hq()).api.acl.grant.mutate({ vault, path: canonicalPath(given.path), grantee, level, ...expires });
    context.out.data(record, () => `${given.grantee} has ${level} at ${given.path}.`);
  },
});
