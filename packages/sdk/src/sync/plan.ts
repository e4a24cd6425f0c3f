/**
 * The decision: three-way, by content here and by version there, never by a clock. Pure and total: every combination of what is here, what is in the vault
 * and what both last agreed on has exactly one answer, and none of them loses content that only one side has.
 */
import { compareBytes, type Path } from '@hq/shared/path';
import type { RemoteFile } from '../transfer/remote.ts';
import type { Journal, JournalEntry } from './journal.ts';

/** What the plan needs to know of a local file. Content that was never agreed on is not hashed before it has to be. */
export interface LocalState {
  readonly sha256: string | undefined;
  readonly executable: boolean;
}

/** What is to be done about one path. */
export type ActionKind =
  /** Content goes to the vault, in place of `remote` or of nothing. */
  | 'upload'
  /** Content comes from the vault. */
  | 'download'
  /** Both sides have content that the other has not: compare, then agree or keep both. */
  | 'reconcile'
  /** Gone here, unchanged there: goes there too. */
  | 'delete-remote'
  /** Gone there, unchanged here: goes here too. */
  | 'delete-local'
  /** A file here, a folder of that name there: the file gets a conflict copy's name. */
  | 'step-aside'
  /** Gone on both sides. */
  | 'forget';

export interface Action<L extends LocalState = LocalState> {
  readonly kind: ActionKind;
  readonly path: Path;
  readonly local: L | undefined;
  readonly remote: RemoteFile | undefined;
  readonly entry: JournalEntry | undefined;
}

function kindOf(local: LocalState | undefined, remote: RemoteFile | undefined, entry: JournalEntry | undefined): ActionKind | undefined {
  if (entry === undefined) {
    if (local !== undefined && remote !== undefined) return 'reconcile';
    if (local !== undefined) return 'upload';
    return remote === undefined ? undefined : 'download';
  }
  const remoteSame = remote !== undefined && remote.etag === entry.etag;
  if (local === undefined) {
    if (remote === undefined) return 'forget';
    // A deletion here against an edit there: the edit survives.
    return remoteSame ? 'delete-remote' : 'download';
  }
  const localSame = local.sha256 === entry.sha256 && local.executable === entry.executable;
  if (remote === undefined) return localSame ? 'delete-local' : 'upload';
  if (localSame) return remoteSame ? undefined : 'download';
  return remoteSame ? 'upload' : 'reconcile';
}

/** What to do about one path, or undefined when both sides agree. */
export function planPath<L extends LocalState>(
  path: Path,
  local: L | undefined,
  remote: RemoteFile | undefined,
  entry: JournalEntry | undefined,
): Action<L> | undefined {
  const kind = kindOf(local, remote, entry);
  return kind === undefined ? undefined : { kind, path, local, remote, entry };
}

/** Every action, in order of path. Paths that `skip` names are out of sight: whatever is or isn't there means nothing. */
export function plan<L extends LocalState>(
  local: ReadonlyMap<Path, L>,
  remote: ReadonlyMap<Path, RemoteFile>,
  journal: Pick<Journal, 'get' | 'entries'>,
  skip: (path: Path) => boolean,
): Action<L>[] {
  const actions: Action<L>[] = [];
  const consider = (path: Path, here: L | undefined, there: RemoteFile | undefined, entry: JournalEntry | undefined): void => {
    const action = planPath(path, here, there, entry);
    if (action !== undefined && !skip(path)) actions.push(action);
  };
  for (const [path, here] of local) consider(path, here, remote.get(path), journal.get(path));
  for (const [path, there] of remote) if (!local.has(path)) consider(path, undefined, there, journal.get(path));
  for (const [path, entry] of journal.entries()) if (!local.has(path) && !remote.has(path)) consider(path, undefined, undefined, entry);
  return actions.sort((a, b) => compareBytes(a.path, b.path));
}
