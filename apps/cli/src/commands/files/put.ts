/** `hq files put`: a file, into the vault, straight to storage; what is there is replaced only as it was when the command began. */
import { basename } from 'node:path';
import { readUpload } from '@hq/sdk/node/read-upload';
import type { Path } from '@hq/shared/path';
import type { Context } from '../../context.ts';
import { filePath, targetPath } from '../../remote-path.ts';
import { progressOf } from '../../sizes.ts';
import { spoolInput } from '../../standard-input.ts';
import { explainTaken } from '../../taken.ts';
import { UsageError } from '../../usage-error.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

export default defineVerb({
  summary: 'Upload a file',
  details:
    'A file that is there already is replaced, and its former version kept (see "hq files versions"). Someone else\'s write in the meantime is never replaced.',
  arguments: {
    file: { help: 'The file on this computer, or "-" for standard input' },
    path: { help: 'Where in the vault: a path, or a folder that ends in "/"; the root when absent', optional: true },
  },
  options: {
    ...vaultOptions,
    new: { type: 'boolean', help: 'Refuse if the path is taken' },
    'if-match': { type: 'string', value: 'ETAG', help: 'Replace this version only' },
    type: { type: 'string', value: 'TYPE', help: 'The content type (default: application/octet-stream)' },
  },
  run: async (context, { arguments: { file, path: text = '' }, options }) => {
    if (file !== '-') return put(context, file, targetPath(text, basename(file)), file, options);
    if (text === '') throw new UsageError('What comes from standard input needs a path in the vault, for example: hq files put - notes/today.md');
    const path = filePath(text);
    const input = await spoolInput();
    try {
      await put(context, 'standard input', path, input.file, options);
    } finally {
      await input.discard();
    }
  },
});

interface PutOptions {
  readonly org?: string | undefined;
  readonly new?: boolean | undefined;
  readonly 'if-match'?: string | undefined;
  readonly type?: string | undefined;
}

async function put({ vault, out }: Context, name: string, path: Path, file: string, options: PutOptions): Promise<void> {
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
    out.data({ path, size: content.size, etag, sha256, replaced: before?.etag ?? null }, () => `${name} → ${path}`);
  } catch (error) {
    if (options.new) explainTaken(error, path, 'Choose another path, or leave --new out to replace it.');
    throw error;
  }
}
