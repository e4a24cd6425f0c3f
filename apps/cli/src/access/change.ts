/** A change of who may do what, from its preview to its answer: seen before it is made wherever it takes something away or opens a folder. */
import { errorCodes, HqError } from '@hq/shared/errors';
import { toIso } from '@hq/shared/time';
import type { Context } from '../context.ts';
import { ask, canAsk } from '../question.ts';
import type { ExitCode } from '../verb.ts';
import { previewLines, type Preview } from './preview-lines.ts';

/** Options of every verb that changes access. */
export const changeOptions = {
  'dry-run': { type: 'boolean', help: 'Show who would gain and who would lose, and change nothing' },
  yes: { type: 'boolean', short: 'y', help: 'Make the change without asking, also where someone loses access' },
} as const;

export const changeHelp =
  'Where a change takes access from someone or opens a folder, it is shown first and a question is asked. Without a terminal nobody can answer:\n' +
  'then it needs --yes. What was shown is what is made: if somebody else changes the same thing in between, nothing is done.';

interface ChangeWishes {
  readonly 'dry-run': boolean;
  readonly yes: boolean;
}

/** What the change would be refused with, as the error it would be. */
function refuse({ code, message, hint }: NonNullable<Preview['refusal']>): never {
  throw new HqError(errorCodes.find((known) => known === code) ?? 'BAD_REQUEST', message, hint === null ? {} : { hint });
}

/**
 * Shows the previews and asks, as far as that is wished and needed.
 *
 * @returns The exit code of a verb that ends here, after a dry run; undefined to go on.
 * @throws HqError what the change would be refused with; `CONFLICT` when the answer is no, or nobody is there to give one.
 */
export async function approve(context: Context, wishes: ChangeWishes, previews: readonly Preview[]): Promise<ExitCode | undefined> {
  const { out, signal } = context;
  const refusal = previews.find((preview) => preview.refusal !== null)?.refusal ?? null;
  if (wishes['dry-run']) {
    for (const preview of previews) out.data(preview, () => previewLines(preview));
    if (!out.json) out.note('Nothing was changed.');
    return refusal === null ? 0 : 1;
  }
  if (refusal !== null) refuse(refusal);
  if (wishes.yes || !previews.some(({ ask: asks }) => asks)) return undefined;
  if (!out.json) for (const preview of previews) for (const line of previewLines(preview)) out.note(line);
  if (!canAsk()) {
    throw new HqError('CONFLICT', 'Nothing was changed: someone would lose access, or a folder would be opened.', {
      hint: 'See what would happen with --dry-run; make the change with --yes.',
    });
  }
  if (await ask('Make this change?', signal)) return undefined;
  throw new HqError('CONFLICT', 'Nothing was changed.');
}

/** Where someone lost access: says how long storage goes on to honour sessions from before. */
export function noteSessions({ out }: Context, preview: Preview, sessionsEndBy: number | null): void {
  if (out.json || sessionsEndBy === null || !preview.people.some(({ loses }) => loses)) return;
  out.note(`Sessions that storage granted before still work, until ${toIso(sessionsEndBy)} at the latest.`);
}
