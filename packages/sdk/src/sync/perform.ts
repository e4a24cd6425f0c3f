/** Carries out one action. When a side changed meanwhile it looks again and decides again, a few times; then the file waits for the next sync. */
import type { Path } from '@hq/shared/path';
import { reconcile, stepAside } from './conflict.ts';
import { planPath, type ActionKind } from './plan.ts';
import { deleteLocal, deleteRemote, download, upload } from './transfer-steps.ts';
import { belongsTo, isStale, stale, type FileAction, type Work } from './work.ts';

const maxLooks = 3;

const steps: Readonly<Record<ActionKind, (work: Work, action: FileAction) => Promise<unknown>>> = {
  upload,
  download: (work, action) => download(work, action),
  reconcile,
  'step-aside': stepAside,
  'delete-local': deleteLocal,
  'delete-remote': deleteRemote,
  forget: async (work, { path }) => work.journal.forget(path),
};

/** The decision on one path as both sides are now. */
async function lookAgain(work: Work, path: Path): Promise<FileAction | undefined> {
  const entry = work.journal.get(path);
  const found = work.local.look(path);
  const local = found === undefined || entry === undefined ? found : await work.local.hash(found);
  const remote = await work.remote.stat(path);
  return planPath(path, local, remote, entry);
}

/** @throws HqError what kept the file out of step. */
export async function perform(work: Work, planned: FileAction): Promise<void> {
  let action: FileAction | undefined = planned;
  for (let looks = 0; action !== undefined; looks++) {
    try {
      await steps[action.kind](work, action);
      return;
    } catch (error) {
      if (!isStale(error)) throw error;
      if (looks === maxLooks || work.signal.aborted) throw stale(planned.path);
    }
    action = await lookAgain(work, planned.path);
    if (action === undefined || !belongsTo(action.kind, work.options.direction)) return;
    // A deletion that nobody planned was not counted, nor was it asked whether the file is out of sight: that is for the next sync.
    if (action.kind !== planned.kind && (action.kind === 'delete-local' || action.kind === 'delete-remote')) throw stale(planned.path);
  }
}
