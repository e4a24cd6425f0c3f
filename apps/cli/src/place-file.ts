/** Moving and copying within a vault are one thing on the command line: where from, where to, and what if that is taken. No bytes pass through this computer. */
import { nameOf } from '@hq/shared/path';
import { filePath, targetPath } from './remote-path.ts';
import { explainTaken } from './taken.ts';
import { defineVerb, vaultOptions, type AnyVerb } from './verb.ts';

/** The verb for one of the two. */
export function placeFile(act: 'move' | 'copy', summary: string): AnyVerb {
  return defineVerb({
    summary,
    arguments: { from: { help: 'The file' }, to: { help: 'Its new path, or a folder that ends in "/"' } },
    options: { ...vaultOptions, replace: { type: 'boolean', help: 'Replace a file that is there already; its versions are kept' } },
    run: async ({ hq, vault, out }, { arguments: given, options }) => {
      const from = filePath(given.from);
      const to = targetPath(given.to, nameOf(from));
      const { selector } = await vault(options.org);
      const { api } = await hq();
      const condition = options.replace ? {} : ({ ifNoneMatch: '*' } as const);
      const placed = await api.files[act]
        .mutate({ vault: selector, from, to, ...condition })
        .catch((error: unknown) => explainTaken(error, to, 'Choose another path, or replace it with --replace.'));
      out.data({ from, ...placed }, () => `${from} → ${placed.path}`);
    },
  });
}
