/** `hq files ls`: what is in a folder. */
import { HqError } from '@hq/shared/errors';
import { toIso } from '@hq/shared/time';
import { folderPath } from '../../remote-path.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

interface Entry {
  readonly path: string;
  readonly size: number;
  readonly lastModified: number;
  readonly etag: string;
}

export default defineVerb({
  summary: 'List a folder',
  arguments: { folder: { help: 'The folder; the whole vault when absent', optional: true } },
  options: { ...vaultOptions, recursive: { type: 'boolean', short: 'r', help: 'Also what is in its folders' } },
  run: async ({ hq, vault, out }, { arguments: { folder }, options }) => {
    const { selector } = await vault(options.org);
    const { api } = await hq();
    const prefix = folderPath(folder);
    const files: Entry[] = [];
    const folders: string[] = [];
    let continuationToken: string | undefined;
    do {
      const page = await api.files.list.query({
        vault: selector,
        prefix,
        recursive: options.recursive,
        ...(continuationToken === undefined ? {} : { continuationToken }),
      });
      files.push(...page.files);
      folders.push(...page.folders);
      continuationToken = page.continuationToken ?? undefined;
      out.progress(`${files.length + folders.length} entries …`);
    } while (continuationToken !== undefined);
    if (files.length + folders.length === 0 && prefix !== '') {
      // Perhaps it names a file. If it does not either, there is no such folder: a folder is what is in it.
      const file = folder?.endsWith('/') === true ? undefined : await api.files.stat.query({ vault: selector, path: prefix.slice(0, -1) });
      if (file === undefined) throw new HqError('NOT_FOUND', `There is nothing under "${prefix}", or you may not see it.`);
      files.push(file);
    }
    out.table({ folders, files }, [
      ...folders.map((path) => ['', '', path]),
      ...files.map(({ path, size, lastModified }) => [String(size), toIso(lastModified), path]),
    ]);
  },
});
