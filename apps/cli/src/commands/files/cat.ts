/** `hq files cat`: a file's bytes, as they are, to standard output. */
import { filePath } from '../../remote-path.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

export default defineVerb({
  summary: "Write a file's content to standard output",
  details: 'The content is checked as it passes; a damaged one ends with an error and exit code 1.',
  arguments: { path: { help: 'The file' } },
  options: vaultOptions,
  run: async ({ vault, out }, { arguments: { path: text }, options }) => {
    const path = filePath(text);
    const { remote } = (await vault(options.org)).open({ cone: path });
    const { body } = await remote.get(path);
    for await (const chunk of body) await out.bytes(chunk);
  },
});
