/** `hq files rm`: removes files; their versions stay and can be restored. A folder goes file by file, each only as it was when it was listed. */
import { canonicalPath, isFolder } from '@hq/shared/path';
import { explainFailure } from '../../failure.ts';
import { defineVerb, vaultOptions, type ExitCode } from '../../verb.ts';
import { UsageError } from '../../usage-error.ts';

const atOnce = 8;

export default defineVerb({
  summary: 'Remove files; earlier versions are kept',
  arguments: { paths: { help: 'Files, or with --recursive folders (they end in "/")', many: true } },
  options: { ...vaultOptions, recursive: { type: 'boolean', short: 'r', help: 'Also folders and all that is in them' } },
  run: async ({ vault, out }, { arguments: { paths }, options }): Promise<ExitCode> => {
    const targets = paths.map((path) => canonicalPath(path));
    const folder = targets.find(isFolder);
    if (folder !== undefined && !options.recursive) throw new UsageError(`"${folder}" is a folder. Use --recursive to remove all that is in it.`);
    const { remote } = (await vault(options.org)).open();
    const removed: string[] = [];
    const failed: { path: string; code: string; message: string }[] = [];

    const attempt = async (path: string, work: () => Promise<void>): Promise<void> => {
      try {
        await work();
        removed.push(path);
        out.progress(`${removed.length} removed`);
      } catch (error) {
        const { code, message } = explainFailure(error);
        failed.push({ path, code, message });
      }
    };

    for (const target of targets) {
      const underWay = new Set<Promise<void>>();
      for await (const { path, etag } of remote.list(target)) {
        const task = attempt(path, () => remote.remove(path, { etag })).finally(() => underWay.delete(task));
        underWay.add(task);
        if (underWay.size >= atOnce) await Promise.race(underWay);
      }
      await Promise.all(underWay);
      if (removed.length + failed.length === 0 || (!isFolder(target) && !removed.includes(target) && !failed.some(({ path }) => path === target))) {
        failed.push({ path: target, code: 'NOT_FOUND', message: `There is no "${target}" in this vault, or you may not see it.` });
      }
    }
    for (const { message } of failed) out.note(`hq: ${message}`);
    out.data({ removed, failed }, () => removed);
    return failed.length === 0 ? 0 : removed.length === 0 ? 1 : 2;
  },
});
