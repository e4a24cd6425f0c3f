/** `hq sync now`: both sides in step, once. */
import { chosenFolders } from '../../sync/chosen-folders.ts';
import { syncFolders } from '../../sync/sync-folder.ts';
import { firstUploadHelp, syncArguments, syncOptions } from '../../sync/options.ts';
import { defineVerb } from '../../verb.ts';

export default defineVerb({
  summary: 'Bring a folder and its vault in step, both ways',
  details: `A file that changed on both sides is kept twice; nothing that only one side has is ever overwritten.\n${firstUploadHelp}`,
  arguments: syncArguments,
  options: syncOptions,
  run: async (context, { arguments: { folder }, options }) =>
    syncFolders(context, await chosenFolders(context.settings.home, folder, process.cwd()), {
      direction: 'both',
      yes: options.yes,
      allowMassDelete: options['allow-mass-delete'],
    }),
});
