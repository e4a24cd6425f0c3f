/** `hq files search`: files by their names. */
import { toIso } from '@hq/shared/time';
import { folderPath } from '../../remote-path.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

export default defineVerb({
  summary: 'Find files whose name holds a text, in any case',
  arguments: { text: { help: 'The text' } },
  options: { ...vaultOptions, under: { type: 'string', value: 'FOLDER', help: 'Only in this folder' } },
  run: async ({ hq, vault, out }, { arguments: { text }, options }) => {
    const { selector } = await vault(options.org);
    const { api } = await hq();
    const under = folderPath(options.under);
    const files: { path: string; size: number; lastModified: number; etag: string }[] = [];
    let continuationToken: string | undefined;
    do {
      const page = await api.files.search.query({ vault: selector, text, under, ...(continuationToken === undefined ? {} : { continuationToken }) });
      files.push(...page.files);
      continuationToken = page.continuationToken ?? undefined;
      out.progress(`${files.length} found …`);
    } while (continuationToken !== undefined);
    out.table(
      { files },
      files.map(({ path, size, lastModified }) => [String(size), toIso(lastModified), path]),
    );
  },
});
