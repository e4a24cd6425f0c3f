/** The table of contents: one file a noun. */
import { acl } from './routers/acl.ts';
import { auth } from './routers/auth.ts';
import { credentials } from './routers/credentials.ts';
import { files } from './routers/files.ts';
import { groups } from './routers/groups.ts';
import { me } from './routers/me.ts';
import { members } from './routers/members.ts';
import { orgs } from './routers/orgs.ts';
import { router } from './trpc.ts';

export const appRouter = router({ acl, auth, credentials, files, groups, me, members, orgs });
