/** `hq files stat`: all that is known about a file but its content. */
import { toIso } from '@hq/shared/time';
import { filePath } from '../../remote-path.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

export default defineVerb({
  summary: 'Show size, time, type and version of a file',
  arguments: { path: { help: 'The file' } },
  options: vaultOptions,
  run: async ({ hq, vault, out }, { arguments: { path }, options }) => {
    const { selector } = await vault(options.org);
    const file = await (await hq()).api.files.stat.query({ vault: selector, path: filePath(path) });
    out.data(file, () => [
      `path      ${file.path}`,
      `size      ${file.size}`,
      `modified  ${toIso(file.lastModified)}`,
      `type      ${file.contentType}`,
      `etag      ${file.etag}`,
      `version   ${file.versionId ?? '-'}`,
    ]);
  },
});
