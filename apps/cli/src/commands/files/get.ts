/** `hq files get`: a file, to this computer: into a temporary file beside the target, checked, and only then under its name. */
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writeDownload } from '@hq/sdk/node/write-download';
import { filePath, localName } from '../../remote-path.ts';
import { progressOf } from '../../sizes.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

export default defineVerb({
  summary: 'Download a file',
  arguments: {
    path: { help: 'The file in the vault' },
    target: { help: 'Where to: a file or a folder; here when absent', optional: true },
  },
  options: { ...vaultOptions, force: { type: 'boolean', short: 'f', help: 'Replace a file that is there already' } },
  run: async ({ vault, out, signal }, { arguments: { path: text, target = '.' }, options }) => {
    const path = filePath(text);
    const isDirectory = await stat(target).then(
      (found) => found.isDirectory(),
      () => target.endsWith('/'),
    );
    const file = isDirectory ? join(target, localName(path)) : target;
    const { remote } = (await vault(options.org)).open({ cone: path });
    const { size, etag, metadata, body } = await remote.get(path);
    await writeDownload(file, body, {
      replace: options.force,
      executable: metadata['executable'] === '1',
      signal,
      onProgress: (bytes) => out.progress(progressOf(basename(file), bytes, size)),
    });
    out.data({ path, file, size, etag }, () => `${path} → ${file}`);
  },
});
