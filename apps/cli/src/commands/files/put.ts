/** `hq files put`: a file, into the vault, straight to storage; what is there is replaced only as it was when the command began. */
import { basename } from 'node:path';
import { readUpload } from '@hq/sdk/node/read-upload';
import { targetPath } from '../../remote-path.ts';
import { progressOf } from '../../sizes.ts';
import { explainTaken } from '../../taken.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

export default defineVerb({
  summary: 'Upload a file',
  details:
    'A file that is there already is replaced, and its former version kept (see "hq files versions"). Someone else\'s write in the meantime is never replaced.',
  arguments: {
    file: { help: 'The file on this computer' },
    path: { help: 'Where in the vault: a path, or a folder that ends in "/"; the root when absent', optional: true },
  },
  options: {
    ...vaultOptions,
    new: { type: 'boolean', help: 'Refuse if the path is taken' },
    'if-match': { type: 'string', value: 'ETAG', help: 'Replace this version only' },
    type: { type: 'string', value: 'TYPE', help: 'The content type (default: application/octet-stream)' },
  },
  run: async ({ vault, out }, { arguments: { file, path: text = '' }, options }) => {
    const path = targetPath(text, basename(file));
    const { content, sha256, executable } = await readUpload(file);
    const { remote } = (await vault(options.org)).open({ cone: path });
    const before = options.new || options['if-match'] !== undefined ? undefined : await remote.stat(path);
    const expecting = { etag: options['if-match'] ?? before?.etag ?? null };
    try {
      const { etag } = await remote.put(path, content, expecting, executable ? { sha256, executable: '1' } : { sha256 }, {
        ...(options.type === undefined ? {} : { contentType: options.type }),
        onProgress: (bytes) => out.progress(progressOf(path, bytes, content.size)),
      });
      if (before !== undefined) out.note(`Replaced the version ${before.etag}, which is kept: see "hq files versions".`);
      out.data({ path, size: content.size, etag, sha256, replaced: before?.etag ?? null }, () => `${file} → ${path}`);
    } catch (error) {
      if (options.new) explainTaken(error, path, 'Choose another path, or leave --new out to replace it.');
      throw error;
    }
  },
});
