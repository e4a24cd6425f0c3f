/** `hq sync status`: what a sync would do now. Changes nothing. */
import { isHqError } from '@hq/shared/errors';
import { expectMarker, withSyncedFolder } from '@hq/sdk/node/sync/synced-folder';
import { vaultWords } from '@hq/sdk/node/sync/marker';
import type { ActionKind } from '@hq/sdk/sync/plan';
import type { Context } from '../../context.ts';
import { chosenFolders, type ChosenFolder } from '../../sync/chosen-folders.ts';
import { countOf, heldBackLines, inventoryLines, inventoryOf } from '../../sync/inventory.ts';
import { syncArguments } from '../../sync/options.ts';
import { selectorOf, vaultIdOf } from '../../sync/owner.ts';
import { problemLine } from '../../sync/report.ts';
import { openVault, optionsFor } from '../../sync/sync-folder.ts';
import { defineVerb, type ExitCode } from '../../verb.ts';

const words: Readonly<Record<ActionKind, string>> = {
  upload: 'upload',
  download: 'download',
  reconcile: 'changed on both sides',
  'delete-local': 'delete here',
  'delete-remote': 'delete in the vault',
  'step-aside': 'gives way to a folder',
  forget: 'gone on both sides',
};

async function statusOf(context: Context, folder: ChosenFolder): Promise<void> {
  const { out, settings } = context;
  const { marker } = expectMarker(folder.dir, folder.id);
  const vault = await vaultIdOf(await context.hq(), selectorOf(marker.vault));
  await withSyncedFolder(folder, { server: settings.server, vault }, async (opened) => {
    const { remote, withUnusable } = await openVault(context, vault);
    // A deletion that a sync would stop at is to be seen here, so it is no reason to stop.
    const prepared = withUnusable(
      await opened.prepare(
        remote,
        optionsFor(context, { direction: 'both', allowMassDelete: true }, () => undefined),
      ),
    );
    const { actions, problems } = prepared;
    const changes = actions.map(({ kind, path }) => ({ action: kind, path }));
    out.data(
      {
        dir: opened.dir,
        vault: marker.vault,
        tracked: opened.tracked,
        inVault: prepared.filesInVault,
        changes,
        problems,
        heldBack: inventoryOf(prepared).heldBack,
      },
      () => [
        `${opened.dir}: ${countOf(opened.tracked)} in step with ${vaultWords(marker)}, ${changes.length === 0 ? 'nothing to do' : `${changes.length} to sync`}`,
        ...(marker.agreedAt === undefined
          ? inventoryLines(prepared, vaultWords(marker))
          : [...changes.map(({ action, path }) => `  ${words[action].padEnd(22)}${path}`), ...heldBackLines(prepared.scan.heldBack)]),
        ...problems.map(problemLine),
      ],
    );
  });
}

export default defineVerb({
  summary: 'Show what a sync would do, what is held back, and what is in the way',
  arguments: syncArguments,
  run: async (context, { arguments: { folder } }): Promise<ExitCode> => {
    const folders = await chosenFolders(context.settings.home, folder, process.cwd());
    let failed = 0;
    for (const each of folders) {
      try {
        await statusOf(context, each);
      } catch (error) {
        if (folders.length === 1 || !isHqError(error)) throw error;
        failed++;
        context.out.note(`${each.dir}: ${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}`);
      }
    }
    if (failed === 0) return 0;
    return failed === folders.length ? 1 : 2;
  },
});
