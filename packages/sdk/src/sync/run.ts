/** One sync from its plan to its summary: first what makes room, then everything that carries content, and deletions in the vault last. */
import { isHqError, type HqError } from '@hq/shared/errors';
import { Tally, type Summary, type SyncEvent } from './events.ts';
import { perform } from './perform.ts';
import type { ActionKind } from './plan.ts';
import { inParallel } from './pool.ts';
import type { Prepared } from './prepare.ts';
import { problemOf } from './problem.ts';
import { isFatal, type FileAction, type SyncOptions, type SyncPorts, type Work } from './work.ts';

export interface SyncResult extends Summary {
  /** What ended the sync before everything was tried, if anything did. */
  readonly stopped: HqError | undefined;
  /** The caller's signal ended it. */
  readonly interrupted: boolean;
}

/** In this order, one after the other. A renamed file is in the vault under its new name before the old one goes. */
const phases: readonly ReadonlySet<ActionKind>[] = [
  new Set(['forget', 'delete-local', 'step-aside']),
  new Set(['upload', 'download', 'reconcile']),
  new Set(['delete-remote']),
];

/** Does what was planned. One file's refusal is its own; a refusal that every file would meet ends the sync. */
export async function runSync(ports: SyncPorts, prepared: Prepared, options: SyncOptions): Promise<SyncResult> {
  const tally = new Tally();
  const emit = (event: SyncEvent): void => {
    tally.add(event);
    options.onEvent(event);
  };
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const work: Work = { ...ports, options: { ...options, onEvent: emit }, signal };
  let stopped: HqError | undefined;

  const attempt = async (action: FileAction): Promise<void> => {
    try {
      await perform(work, action);
    } catch (error) {
      // What fails because the sync was stopped is no news about the file.
      if (signal.aborted && isHqError(error) && error.details?.['reason'] === 'stopped') return;
      if (isFatal(error)) {
        stopped ??= error;
        stop.abort();
      } else emit({ event: 'problem', ...problemOf(action.path, error) });
    }
  };

  for (const each of prepared.problems) emit({ event: 'problem', ...each });
  emit({ event: 'planned', local: prepared.scan.files.size, remote: prepared.filesInVault, actions: prepared.actions.length, bytes: prepared.bytes });
  for (const phase of phases) {
    await inParallel(
      prepared.actions.filter(({ kind }) => phase.has(kind)),
      options.width,
      signal,
      attempt,
    );
  }
  await ports.local.settle();
  return { ...tally.summary(), stopped, interrupted: options.signal.aborted };
}
