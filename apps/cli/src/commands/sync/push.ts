/** `hq sync push`: what changed here goes to the vault; nothing here is touched. */
import { chosenFolders } from '../../sync/chosen-folders.ts';
import { syncFolders } from '../../sync/sync-folder.ts';
import { firstUploadHelp, syncArguments, syncOptions } from '../../sync/options.ts';
import { defineVerb } from '../../verb.ts';

export default defineVerb({
  summary: 'Send what changed here to the vault, and change nothing here',
  details: firstUploadHelp,
  arguments: syncArguments,
  options: syncOptions,
  run: async (context, { arguments: { folder }, options }) =>
    syncFolders(context, await chosenFolders(context.settings.home, folder, process.cwd()), {
      direction: 'push',
      yes: options.yes,
      allowMassDelete: options['allow-mass-delete'],
    }),
});
