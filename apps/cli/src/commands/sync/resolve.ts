/** `hq sync resolve`: conflict copies that wait for a person, and which version to keep. */
import { relative, resolve } from 'node:path';
import { HqError } from '@hq/shared/errors';
import { canonicalPath } from '@hq/shared/path';
import { listConflicts, settleConflict } from '@hq/sdk/node/sync/conflicts';
import { expectMarker, withSyncedFolder } from '@hq/sdk/node/sync/synced-folder';
import { chosenFolders } from '../../sync/chosen-folders.ts';
import { selectorOf, vaultIdOf } from '../../sync/owner.ts';
import { readable } from '../../sizes.ts';
import { UsageError } from '../../usage-error.ts';
import { defineVerb } from '../../verb.ts';

/** The folder around a file that is named; a file need not exist for that. */
function locate(file: string): { folder: string; place: string } {
  const place = resolve(file);
  return { folder: resolve(place, '..'), place };
}

export default defineVerb({
  summary: 'List conflict copies, or settle one',
  details: 'A conflict copy holds the version of the device it names; the file itself holds the one that was in the vault first.',
  arguments: { copy: { help: 'The conflict copy to settle; all are listed when absent', optional: true } },
  options: { keep: { type: 'string', value: 'mine|theirs', help: 'mine: the copy takes the place of the file. theirs: the file stays, the copy goes' } },
  run: async (context, { arguments: { copy }, options: { keep } }) => {
    if (copy !== undefined && keep !== 'mine' && keep !== 'theirs') throw new UsageError('Say which version to keep: --keep mine or --keep theirs.');
    if (copy === undefined && keep !== undefined) throw new UsageError('Name the conflict copy to settle.');
    const { out, settings, signal } = context;
    const hq = await context.hq();
    const place = copy === undefined ? undefined : locate(copy);
    for (const folder of await chosenFolders(settings.home, place?.folder, process.cwd())) {
      const { marker } = expectMarker(folder.dir, folder.id);
      await withSyncedFolder(folder, { server: settings.server, vault: await vaultIdOf(hq, selectorOf(marker.vault)) }, async (opened) => {
        const conflicts = await listConflicts(opened, signal);
        if (place === undefined) {
          out.table({ dir: opened.dir, conflicts }, [
            ...conflicts.map((each) => [readable(each.size), each.copy, `of ${each.path}`]),
            ...(conflicts.length === 0 ? [[`${opened.dir}: no conflicts`]] : []),
          ]);
          return;
        }
        const name = canonicalPath(relative(opened.dir, place.place));
        const found = conflicts.find((each) => each.copy === name);
        if (found === undefined)
          throw new HqError('NOT_FOUND', `"${name}" is no conflict copy in ${opened.dir}.`, { hint: 'See which there are: hq sync resolve' });
        await settleConflict(opened, found, keep === 'mine' ? 'copy' : 'file');
        out.data({ kept: keep, ...found }, () => `${found.path}: kept ${keep === 'mine' ? 'the copy' : 'the file'}. The next sync carries it to the vault.`);
      });
    }
  },
});
