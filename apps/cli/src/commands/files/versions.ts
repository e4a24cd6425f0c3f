/** `hq files versions`: what a file was before, newest first. */
import { toIso } from '@hq/shared/time';
import { filePath } from '../../remote-path.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

export default defineVerb({
  summary: 'List the versions of a file',
  arguments: { path: { help: 'The file; it may be removed by now' } },
  options: vaultOptions,
  run: async ({ hq, vault, out }, { arguments: { path: text }, options }) => {
    const { selector } = await vault(options.org);
    const { api } = await hq();
    const path = filePath(text);
    const versions: { versionId: string; size: number; lastModified: number; etag: string | null; deleted: boolean; current: boolean }[] = [];
    let continuationToken: string | undefined;
    do {
      const page = await api.files.versions.query({ vault: selector, path, ...(continuationToken === undefined ? {} : { continuationToken }) });
      versions.push(...page.versions);
      continuationToken = page.continuationToken ?? undefined;
    } while (continuationToken !== undefined);
    out.table(
      { path, versions },
      versions.map(({ versionId, size, lastModified, deleted, current }) => [
        current ? '*' : ' ',
        toIso(lastModified),
        deleted ? 'removed' : String(size),
        versionId,
      ]),
    );
  },
});
