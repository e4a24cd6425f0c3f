/** What a person sees of a sync: a line that moves while it runs, each problem once, and a sentence at the end. */
import type { SyncEvent, Summary } from '@hq/sdk/sync/events';
import type { Problem } from '@hq/sdk/sync/problem';
import type { Output } from '../output.ts';
import { readable } from '../sizes.ts';

const redrawMs = 100;
/** More problems than this are counted, not listed; `--json` has them all. */
const shownProblems = 50;

/** Takes the events of one sync. */
export function reporter(out: Output, now: () => number): { onEvent: (event: SyncEvent) => void } {
  let total = 0;
  let done = 0;
  let bytes = 0;
  let problems = 0;
  let drawnAt = 0;
  const draw = (): void => {
    if (now() - drawnAt < redrawMs) return;
    drawnAt = now();
    out.progress(`${done} of ${total} files, ${readable(bytes)}`);
  };
  return {
    onEvent: (event) => {
      out.event(event);
      if (event.event === 'planned') total = event.actions;
      else if (event.event === 'problem') {
        problems++;
        if (!out.json && problems <= shownProblems) out.note(problemLine(event));
      } else {
        done++;
        if ('size' in event) bytes += event.size;
        if (event.event === 'conflict' && !out.json) out.note(`${event.path}: changed on both sides; the version from here is now "${event.copy}"`);
      }
      draw();
    },
  };
}

/** One problem in one line. */
export function problemLine({ path, severity, message, hint }: Problem): string {
  return `${severity === 'warning' ? 'note' : 'not synced'}: ${path}: ${message}${hint === undefined ? '' : ` ${hint}`}`;
}

/** `12 uploaded, 3 downloaded`, or that there was nothing to do. */
export function sentenceOf(summary: Summary, waiting: number): string {
  const parts = [
    [summary.uploaded, 'uploaded'],
    [summary.downloaded, 'downloaded'],
    [summary.deletedInVault, 'deleted in the vault'],
    [summary.deletedHere, 'deleted here'],
    [summary.agreed, 'found equal'],
    [summary.conflicts, 'in conflict, both versions kept'],
    [summary.problems.filter(({ severity }) => severity === 'problem').length, 'not synced'],
    [waiting, 'waiting for the other direction'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return told.length === 0 ? 'nothing to do' : `${told.join(', ')}${summary.bytes > 0 ? ` (${readable(summary.bytes)})` : ''}`;
}
