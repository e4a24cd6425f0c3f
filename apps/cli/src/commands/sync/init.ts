/** `hq sync init`: makes a folder a vault's, and lists what a sync would upload and hold back. Nothing is sent. */
import { dirname, resolve, sep } from 'node:path';
import { homedir } from 'node:os';
import { HqError } from '@hq/shared/errors';
import { rememberRoot } from '@hq/sdk/node/sync/known-roots';
import { setUpFolder, vaultWords } from '@hq/sdk/node/sync/marker';
import { withSyncedFolder } from '@hq/sdk/node/sync/synced-folder';
import { countOf, inventoryLines, inventoryOf } from '../../sync/inventory.ts';
import { vaultIdOf } from '../../sync/owner.ts';
import { firstUploadHelp } from '../../sync/options.ts';
import { problemLine } from '../../sync/report.ts';
import { openVault, optionsFor } from '../../sync/sync-folder.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

/** A home folder holds everything that never belongs in a vault, and the profile itself. */
function refuseTooWide(dir: string, home: string): void {
  const inside = (path: string): boolean => path === dir || path.startsWith(dir.endsWith(sep) ? dir : dir + sep);
  if (!inside(homedir()) && !inside(home)) return;
  throw new HqError('BAD_REQUEST', `${dir} holds your whole home folder or the profile of hq.`, {
    hint: `Choose a folder in it, for example ${resolve(homedir(), 'HQ')}.`,
  });
}

export default defineVerb({
  summary: 'Set a folder up for sync with a vault, and list what would go and what is held back',
  details: `Makes the folder when it is missing. Sends nothing: "hq sync now" does.\n${firstUploadHelp}`,
  arguments: { folder: { help: 'The folder, for example ~/HQ' } },
  options: vaultOptions,
  run: async (context, { arguments: { folder }, options }) => {
    const { out, settings } = context;
    const wanted = resolve(folder);
    refuseTooWide(wanted, settings.home);
    const { selector, name } = await context.vault(options.org);
    const hq = await context.hq();
    // Refused here, before a folder is made, for whoever is no member or not signed in.
    await hq.api.credentials.where.query({ vault: selector });
    const identity = { server: settings.server, vault: await vaultIdOf(hq, selector), name };
    const { dir, marker } = await setUpFolder(wanted, identity, Math.floor(Date.now() / 1000));
    await rememberRoot(settings.home, { dir, id: marker.id });
    await withSyncedFolder({ dir, id: marker.id }, identity, async (opened) => {
      const { remote, withUnusable } = await openVault(context, marker.vault);
      const prepared = withUnusable(
        await opened.prepare(
          remote,
          optionsFor(context, { direction: 'both', allowMassDelete: true }, () => undefined),
        ),
      );
      const downloads = prepared.actions.filter(({ kind }) => kind === 'download').length;
      out.data({ dir, id: marker.id, vault: marker.vault, name, upload: inventoryOf(prepared), downloads, problems: prepared.problems }, () => [
        `${dir} is set up for ${vaultWords(marker)}.`,
        ...inventoryLines(prepared, vaultWords(marker)),
        ...(downloads > 0 ? [`From the vault: ${countOf(downloads)}`] : []),
        ...prepared.problems.slice(0, 20).map(problemLine),
        `Next: hq sync now ${dirname(dir) === process.cwd() ? folder : dir}`,
      ]);
    });
  },
});
