/** Looks at both sides and decides everything, changing nothing but the journal's stamps: what a preview shows and a sync then does. */
import { canonicalPath, isFolder, root, type Path } from '@hq/shared/path';
import type { Remote, RemoteFile } from '../transfer/remote.ts';
import { findClashes, isUnder } from './clash.ts';
import { refuseMassDeletion } from './guard.ts';
import { sameStamp, type Journal } from './journal.ts';
import type { Scan } from './local.ts';
import { plan } from './plan.ts';
import { problem, warning, type Problem } from './problem.ts';
import { withoutLost } from './reach.ts';
import { belongsTo, type FileAction, type SyncOptions, type SyncPorts } from './work.ts';

export interface Prepared {
  /** What a sync in this direction will do. */
  readonly actions: readonly FileAction[];
  /** What only a sync in the other direction would do. */
  readonly waiting: readonly FileAction[];
  readonly scan: Scan;
  readonly problems: readonly Problem[];
  /** Files of the vault that this folder's ignore rules keep out of it. */
  readonly ignoredInVault: number;
  readonly filesInVault: number;
  /** Content that will be sent or fetched. */
  readonly bytes: number;
}

/** The vault's files by path; what has no canonical name is reported. The markers of folders that some tools write are no files. */
async function listVault(remote: Remote, signal: AbortSignal, problems: Problem[]): Promise<Map<Path, RemoteFile>> {
  const files = new Map<Path, RemoteFile>();
  for await (const file of remote.list(root)) {
    signal.throwIfAborted();
    if (isFolder(file.path)) continue;
    try {
      if (canonicalPath(file.path) === file.path) files.set(file.path, file);
      else problems.push(problem(file.path, 'INVALID_PATH', 'Its name in the vault is not in the canonical Unicode form (NFC).', 'Rename it in the vault.'));
    } catch {
      problems.push(problem(file.path, 'INVALID_PATH', 'Its name in the vault breaks the rules for paths.', 'Rename it in the vault.'));
    }
  }
  return files;
}

/** Touched, but with the same content: noted, so that the next scan need not read it again. */
function noteStamps(scan: Scan, journal: Journal): void {
  for (const file of scan.files.values()) {
    const entry = journal.get(file.path);
    if (entry === undefined || file.sha256 !== entry.sha256 || (sameStamp(file.stamp, entry.stamp) && file.readAt === entry.readAt)) continue;
    journal.record(file.path, { ...entry, stamp: file.stamp, readAt: file.readAt });
  }
}

/** What the vault has anew where the folder could not be looked at: it is not fetched, and each file is named that was not named as a problem before. */
function outOfReach(inVault: ReadonlyMap<Path, RemoteFile>, journal: Journal, hidden: (path: Path) => boolean, known: readonly Problem[]): Problem[] {
  const named = new Set(known.filter(({ severity }) => severity === 'problem').map(({ path }) => path));
  const anew = [...inVault.values()].filter(({ path, etag }) => hidden(path) && journal.get(path)?.etag !== etag && !named.has(path));
  return anew.map(({ path }) =>
    problem(path, 'CONFLICT', 'It is new in the vault; here a link or something that can not be read is in its way.', 'Clear the way, then sync again.'),
  );
}

const bytesOf = ({ kind, local, remote }: FileAction): number => (kind === 'upload' ? (local?.stamp.size ?? 0) : kind === 'download' ? (remote?.size ?? 0) : 0);

/**
 * The whole plan.
 * @throws HqError `CONFLICT` for a mass deletion; what listing the vault or reading the folder answers.
 */
export async function prepare({ local, remote, journal }: SyncPorts, options: SyncOptions): Promise<Prepared> {
  const problems: Problem[] = [];
  const [scan, inVault] = await Promise.all([local.scan(journal, options.signal), listVault(remote, options.signal, problems)]);
  problems.unshift(...scan.problems);
  noteStamps(scan, journal);
  for (const [path, entry] of journal.entries()) {
    // Held back since: its versions on both sides go their own ways from here.
    if (entry !== undefined && !scan.files.has(path) && local.ignores(path)) journal.forget(path);
  }
  let ignoredInVault = 0;
  for (const path of inVault.keys()) {
    if (scan.files.has(path) || !local.ignores(path)) continue;
    inVault.delete(path);
    ignoredInVault++;
  }

  const hidden = (path: Path): boolean => isUnder(path, scan.blind);
  if (belongsTo('download', options.direction)) problems.push(...outOfReach(inVault, journal, hidden, scan.problems));
  const unjudged = plan(scan.files, inVault, journal, hidden);
  const { actions: judged, lost } = await withoutLost(unjudged, remote, root);
  const leaving = new Set(judged.filter(({ kind }) => kind === 'delete-local' || kind === 'delete-remote').map(({ path }) => path));
  const staying = (paths: Iterable<Path>): Set<Path> => new Set([...paths].filter((path) => !leaving.has(path)));
  const clashes = findClashes(staying(scan.files.keys()), staying(inVault.keys()), local);
  problems.push(...clashes.problems);
  for (const { path } of lost) {
    problems.push(
      warning(
        path,
        'FORBIDDEN',
        'You may no longer read it in the vault. The file here is kept, and no longer synced.',
        'Ask an admin if you should have access.',
      ),
    );
  }
  const decided = judged
    .filter(({ path }) => !isUnder(path, clashes.blocked))
    .map((action): FileAction => (clashes.yielding.has(action.path) && action.kind === 'upload' ? { ...action, kind: 'step-aside' } : action));
  if (!options.allowMassDelete) refuseMassDeletion(decided, journal.size);

  const actions = decided.filter(({ kind }) => belongsTo(kind, options.direction));
  const waiting = decided.filter(({ kind }) => !belongsTo(kind, options.direction));
  return { actions, waiting, scan, problems, ignoredInVault, filesInVault: inVault.size, bytes: actions.reduce((sum, action) => sum + bytesOf(action), 0) };
}
