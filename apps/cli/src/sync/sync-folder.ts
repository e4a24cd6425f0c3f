/** One folder, from its marker to its summary: what `now`, `push` and `pull` do. */
import { hostname } from 'node:os';
import { isHqError, type HqError } from '@hq/shared/errors';
import { expectMarker, withSyncedFolder } from '@hq/sdk/node/sync/synced-folder';
import { noteAgreement, vaultWords } from '@hq/sdk/node/sync/marker';
import { problem, type Problem } from '@hq/sdk/sync/problem';
import type { Prepared } from '@hq/sdk/sync/prepare';
import type { Direction, SyncOptions } from '@hq/sdk/sync/work';
import type { Remote } from '@hq/sdk';
import type { Context } from '../context.ts';
import type { ExitCode } from '../verb.ts';
import type { ChosenFolder } from './chosen-folders.ts';
import { checkFirstUpload } from './first-upload.ts';
import { heldBackLines } from './inventory.ts';
import { selectorOf, vaultIdOf } from './owner.ts';
import { reporter, sentenceOf } from './report.ts';

/** Side by side; more only make each other wait on one connection's worth of disk. */
const transfers = 24;

export interface SyncWishes {
  readonly direction: Direction;
  readonly yes: boolean;
  readonly allowMassDelete: boolean;
}

/** What the SDK's engine is given for a verb. */
export function optionsFor(context: Context, wishes: Omit<SyncWishes, 'yes'>, onEvent: SyncOptions['onEvent']): SyncOptions {
  const { direction, allowMassDelete } = wishes;
  return { device: hostname(), direction, allowMassDelete, signal: context.signal, onEvent, width: transfers };
}

/** A vault's remote side, and the objects in it that have no canonical name. */
export async function openVault(context: Context, vaultId: string): Promise<{ remote: Remote; withUnusable: (prepared: Prepared) => Prepared }> {
  const unusable: Problem[] = [];
  const onUnusable = (key: string, reason: string): unknown =>
    unusable.push(
      problem(key, 'INVALID_PATH', `Its name in the vault can't be used: ${reason}.`, 'Rename it there with an S3 tool: see "hq credentials --help".'),
    );
  const { remote } = (await context.hq()).vault(selectorOf(vaultId), { onUnusable });
  return { remote, withUnusable: (prepared) => ({ ...prepared, problems: [...prepared.problems, ...unusable] }) };
}

/** Syncs it. @throws HqError when nothing could be done at all. */
async function syncOneFolder(context: Context, folder: ChosenFolder, wishes: SyncWishes): Promise<ExitCode> {
  const { out, settings, signal } = context;
  const { marker } = expectMarker(folder.dir, folder.id);
  const vault = await vaultIdOf(await context.hq(), selectorOf(marker.vault));
  return withSyncedFolder(folder, { server: settings.server, vault }, async (opened) => {
    const { remote, withUnusable } = await openVault(context, vault);
    const options = optionsFor(context, wishes, reporter(out, () => performance.now()).onEvent);
    out.progress(`Looking at ${opened.dir} …`);
    const prepared = withUnusable(await opened.prepare(remote, options));
    const isFirst = marker.agreedAt === undefined && prepared.actions.some(({ kind }) => kind === 'upload');
    if (isFirst) {
      await checkFirstUpload(out, prepared, vaultWords(marker), { yes: wishes.yes, signal });
      await noteAgreement(opened.dir, marker, Math.floor(Date.now() / 1000));
    }
    const result = await opened.run(remote, prepared, options);
    out.progress('');
    const { stopped, interrupted, problems, ...counts } = result;
    const moved = counts.uploaded + counts.downloaded + counts.deletedHere + counts.deletedInVault + counts.agreed > 0;
    if (stopped !== undefined && !moved) throw stopped;
    const waiting = prepared.waiting.length;
    // The question before the first upload has listed it already.
    if (!isFirst && !out.json) for (const line of heldBackLines(prepared.scan.heldBack)) out.note(line);
    const listed = problems.length === 0 ? {} : { problems };
    const failed = stopped === undefined ? {} : { stopped: { code: stopped.code, message: stopped.message, hint: stopped.hint } };
    out.data(
      { event: 'done', dir: opened.dir, vault: marker.vault, ...counts, waiting, interrupted, ...listed, ...failed },
      () => `${opened.dir}: ${sentenceOf(result, waiting)}`,
    );
    if (stopped !== undefined && !out.json) out.note(stoppedLine(stopped));
    if (interrupted && !out.json) out.note('Stopped before the end; run it again to go on.');
    return stopped !== undefined || interrupted || problems.some(({ severity }) => severity === 'problem') ? 2 : 0;
  });
}

const stoppedLine = ({ message, hint }: HqError): string => `Stopped before the end: ${message}${hint === undefined ? '' : ` ${hint}`}`;

/** Syncs them one after the other. One that fails doesn't keep the others; the only one's failure is the verb's. */
export async function syncFolders(context: Context, folders: readonly ChosenFolder[], wishes: SyncWishes): Promise<ExitCode> {
  const codes: ExitCode[] = [];
  for (const folder of folders) {
    try {
      codes.push(await syncOneFolder(context, folder, wishes));
    } catch (error) {
      if (folders.length === 1 || !isHqError(error)) throw error;
      context.out.event({ event: 'failed', dir: folder.dir, code: error.code, message: error.message, hint: error.hint });
      context.out.note(`${folder.dir}: ${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}`);
      codes.push(1);
    }
  }
  if (codes.every((code) => code === 0)) return 0;
  return codes.every((code) => code === 1) ? 1 : 2;
}
