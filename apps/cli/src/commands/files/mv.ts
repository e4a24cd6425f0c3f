/** `hq files mv`: moves a file within its vault, without its bytes passing through this computer. */
import { nameOf } from '@hq/shared/path';
import { filePath, targetPath } from '../../remote-path.ts';
import { explainTaken } from '../../taken.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

export default defineVerb({
  summary: 'Move a file within the vault',
  arguments: { from: { help: 'The file' }, to: { help: 'Its new path, or a folder that ends in "/"' } },
  options: { ...vaultOptions, replace: { type: 'boolean', help: 'Replace a file that is there already; its versions are kept' } },
  run: async ({ hq, vault, out }, { arguments: given, options }) => {
    const from = filePath(given.from);
    const to = targetPath(given.to, nameOf(from));
    const { selector } = await vault(options.org);
    const { api } = await hq();
    const condition = options.replace ? {} : ({ ifNoneMatch: '*' } as const);
    const moved = await api.files.move
      .mutate({ vault: selector, from, to, ...condition })
      .catch((error: unknown) => explainTaken(error, to, 'Choose another path, or replace it with --replace.'));
    out.data({ from, ...moved }, () => `${from} → ${moved.path}`);
  },
});
