/** What every step of a sync has at hand. */
import { HqError, isHqError, type ErrorCode } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import type { Remote, RemoteMetadata } from '../transfer/remote.ts';
import type { OnEvent } from './events.ts';
import type { Journal, JournalEntry } from './journal.ts';
import type { HashedFile, LocalFile, LocalTree } from './local.ts';
import type { Action, ActionKind } from './plan.ts';

/** `push` changes only the vault, `pull` only the folder. */
export type Direction = 'both' | 'push' | 'pull';

export interface SyncPorts {
  readonly local: LocalTree;
  readonly remote: Remote;
  readonly journal: Journal;
}

export interface SyncOptions {
  /** Names this computer in conflict copies. */
  readonly device: string;
  readonly direction: Direction;
  /** Do as told also when more than half of the files would be deleted. */
  readonly allowMassDelete: boolean;
  /** Stops after the files that are under way; the journal stays right. */
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
  /** Transfers side by side. */
  readonly width: number;
}

export interface Work extends SyncPorts {
  readonly options: SyncOptions;
  /** Aborted by the caller's signal, and when going on makes no sense. */
  readonly signal: AbortSignal;
}

export type FileAction = Action<LocalFile>;

const pushes: ReadonlySet<ActionKind> = new Set(['upload', 'delete-remote', 'forget']);
const pulls: ReadonlySet<ActionKind> = new Set(['download', 'delete-local', 'reconcile', 'step-aside', 'forget']);

/** True when a sync in this direction does this. */
export function belongsTo(kind: ActionKind, direction: Direction): boolean {
  return direction === 'both' || (direction === 'push' ? pushes : pulls).has(kind);
}

/** The facts that travel with content. */
export function metadataOf(file: HashedFile): RemoteMetadata {
  return file.executable ? { sha256: file.sha256, executable: '1' } : { sha256: file.sha256 };
}

/** The hash that came with a version, when it came from something that writes one. */
export function sha256In(metadata: RemoteMetadata): string | undefined {
  const sha256 = metadata['sha256'];
  return sha256 !== undefined && /^[0-9a-f]{64}$/.test(sha256) ? sha256 : undefined;
}

export function executableIn(metadata: RemoteMetadata): boolean {
  return metadata['executable'] === '1';
}

/** What is written down once both sides have the same. */
export function entryOf(file: HashedFile, etag: string): JournalEntry {
  return { sha256: file.sha256, size: file.stamp.size, etag, executable: file.executable, stamp: file.stamp, readAt: file.readAt };
}

/** One side is no longer what the step was planned on. */
export function stale(path: Path): HqError {
  return new HqError('PRECONDITION_FAILED', `"${path}" kept changing while it was being synced.`, { hint: 'Sync again when nothing is writing to it.' });
}

/** Not the file's fault, and no news about it: the sync was asked to stop. */
export function stoppedByOwner(): HqError {
  return new HqError('UNAVAILABLE', 'The sync was stopped.', { details: { reason: 'stopped' } });
}

/** True when looking again and deciding again is the answer. */
export function isStale(error: unknown): boolean {
  return isHqError(error) && (error.code === 'PRECONDITION_FAILED' || error.code === 'NOT_FOUND');
}

const fatal: ReadonlySet<ErrorCode> = new Set(['UNAUTHENTICATED', 'EXPIRED', 'RATE_LIMITED', 'CLOCK_SKEW', 'STORAGE_FULL', 'UNAVAILABLE']);

/** True for an error that the next file would meet as well. */
export function isFatal(error: unknown): error is HqError {
  return isHqError(error) && fatal.has(error.code) && error.details?.['reason'] !== 'damaged' && error.details?.['reason'] !== 'disk';
}
