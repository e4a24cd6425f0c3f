/** What a sync tells while it runs, one object a fact, ready to be printed as a line of JSON. */
import type { Problem } from './problem.ts';

/** What was done with one file. */
export type FileEvent =
  | { readonly event: 'uploaded'; readonly path: string; readonly size: number }
  | { readonly event: 'downloaded'; readonly path: string; readonly size: number }
  | { readonly event: 'deleted-here'; readonly path: string }
  | { readonly event: 'deleted-in-vault'; readonly path: string }
  /** Both sides had the same content already. */
  | { readonly event: 'agreed'; readonly path: string }
  /** Both sides had changed: the vault's version is under the name, the local one under `copy`. */
  | { readonly event: 'conflict'; readonly path: string; readonly copy: string }
  | ({ readonly event: 'problem' } & Problem);

export type SyncEvent =
  | FileEvent
  /** Both sides are known; this is what will be done. */
  | { readonly event: 'planned'; readonly local: number; readonly remote: number; readonly actions: number; readonly bytes: number };

/** Called once a fact, in order; must not throw. */
export type OnEvent = (event: SyncEvent) => void;

export interface Summary {
  readonly uploaded: number;
  readonly downloaded: number;
  readonly deletedHere: number;
  readonly deletedInVault: number;
  readonly agreed: number;
  readonly conflicts: number;
  readonly bytes: number;
  readonly problems: readonly Problem[];
}

/** Counts events into a summary. */
export class Tally {
  #counts = { uploaded: 0, downloaded: 0, deletedHere: 0, deletedInVault: 0, agreed: 0, conflicts: 0, bytes: 0 };
  readonly #problems: Problem[] = [];

  add(event: SyncEvent): void {
    const counts = this.#counts;
    if (event.event === 'uploaded' || event.event === 'downloaded') {
      counts[event.event]++;
      counts.bytes += event.size;
    } else if (event.event === 'deleted-here') counts.deletedHere++;
    else if (event.event === 'deleted-in-vault') counts.deletedInVault++;
    else if (event.event === 'agreed') counts.agreed++;
    else if (event.event === 'conflict') counts.conflicts++;
    else if (event.event === 'problem') {
      const { path, severity, code, message, hint } = event;
      this.#problems.push({ path, severity, code, message, hint });
    }
  }

  summary(): Summary {
    return { ...this.#counts, problems: this.#problems };
  }
}
