/** `hq sync pull`: what changed in the vault comes here; nothing there is touched. */
import { chosenFolders } from '../../sync/chosen-folders.ts';
import { syncFolders } from '../../sync/sync-folder.ts';
import { syncArguments, syncOptions } from '../../sync/options.ts';
import { defineVerb } from '../../verb.ts';

export default defineVerb({
  summary: 'Fetch what changed in the vault, and change nothing there',
  arguments: syncArguments,
  options: { 'allow-mass-delete': syncOptions['allow-mass-delete'] },
  run: async (context, { arguments: { folder }, options }) =>
    syncFolders(context, await chosenFolders(context.settings.home, folder, process.cwd()), {
      direction: 'pull',
      yes: true,
      allowMassDelete: options['allow-mass-delete'],
    }),
});
