/** `hq files restore`: makes an old version the current one again, as a new version: nothing is lost by it. */
import { filePath } from '../../remote-path.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

export default defineVerb({
  summary: 'Make an old version of a file the current one again',
  arguments: { path: { help: 'The file' }, version: { help: 'The version, as "hq files versions" shows it' } },
  options: vaultOptions,
  run: async ({ hq, vault, out }, { arguments: { path, version: versionId }, options }) => {
    const { selector } = await vault(options.org);
    const restored = await (await hq()).api.files.restore.mutate({ vault: selector, path: filePath(path), versionId });
    out.data(restored, () => `${restored.path} is again as it was in ${versionId}.`);
  },
});
