/** `hq files cat`: a file's bytes, as they are, to standard output; or in one line of JSON. */
import { HqError } from '@hq/shared/errors';
import { collect } from '@hq/sdk/transfer/buffers';
import { filePath } from '../../remote-path.ts';
import { readable } from '../../sizes.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

/** More than this is no good in one line of JSON, neither here nor for who reads it. */
const maxJsonBytes = 64 * 1024 * 1024;

export default defineVerb({
  summary: "Write a file's content to standard output",
  details:
    'The content is checked as it passes; a damaged one ends with an error and exit code 1.\n' +
    'With --json the answer is {"path", "size", "etag", "content"}, the content in base64, for files of up to 64 MB.',
  arguments: { path: { help: 'The file' } },
  options: vaultOptions,
  run: async ({ vault, out }, { arguments: { path: text }, options }) => {
    const path = filePath(text);
    const { remote } = (await vault(options.org)).open({ cone: path });
    if (!out.json) {
      const { body } = await remote.get(path);
      for await (const chunk of body) await out.bytes(chunk);
      return;
    }
    const there = await remote.stat(path);
    if (there !== undefined && there.size > maxJsonBytes) {
      throw new HqError('TOO_LARGE', `"${path}" is too large for an answer in JSON: ${readable(there.size)}.`, {
        hint: 'Leave out --json, or download it: hq files get',
      });
    }
    const { size, etag, body } = await remote.get(path, there);
    const content = Buffer.from(await collect(body, size, path)).toString('base64');
    out.data({ path, size, etag, content }, () => []);
  },
});
