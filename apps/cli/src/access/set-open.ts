/** Opening and closing are one thing on the command line: a path that every member may read, or no more. */
import { organizationOf } from '../organization.ts';
import { rulePath } from '../remote-path.ts';
import { defineVerb, vaultOptions, type AnyVerb } from '../verb.ts';
import { approve, changeHelp, changeOptions, noteSessions } from './change.ts';
import { placeWords } from './words.ts';

/** The verb for one of the two. */
export function setOpen(open: boolean, summary: string, done: (place: string) => string): AnyVerb {
  return defineVerb({
    summary,
    details: changeHelp,
    arguments: { path: { help: 'A folder (it ends in "/") with all that is in it, or a file; "." is the whole vault' } },
    options: { ...vaultOptions, ...changeOptions },
    run: async (context, { arguments: given, options }) => {
      const path = rulePath(given.path);
      const vault = await organizationOf(context, options.org);
      const { api } = await context.hq();
      const preview = await api.acl.preview.query({ vault, path, change: { kind: 'set-open', open } });
      const ended = await approve(context, options, [preview]);
      if (ended !== undefined) return ended;
      const record = await api.acl.setOpen.mutate({ vault, path, open, version: preview.version });
      noteSessions(context, preview, record.sessionsEndBy);
      context.out.data(record, () => done(placeWords(path)));
      return 0;
    },
  });
}
