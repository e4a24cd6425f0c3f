/** A device for tests: a real folder, synced with the real engine. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { SyncEvent } from '../../src/sync/events.ts';
import type { SyncResult } from '../../src/sync/run.ts';
import type { SyncOptions } from '../../src/sync/work.ts';
import type { Prepared } from '../../src/sync/prepare.ts';
import type { Remote } from '../../src/transfer/remote.ts';
import { setUpFolder } from '../../src/node/sync/marker.ts';
import { withSyncedFolder } from '../../src/node/sync/synced-folder.ts';

export const identity = { server: 'http://127.0.0.1:8787', vault: `cmp_${'a'.repeat(26)}`, name: 'acme' };

export class Device {
  readonly dir: string;
  readonly name: string;
  readonly remote: Remote;
  events: SyncEvent[] = [];

  constructor(dir: string, name: string, remote: Remote) {
    this.dir = dir;
    this.name = name;
    this.remote = remote;
  }

  static async make(remote: Remote, name = 'laptop'): Promise<Device> {
    const dir = mkdtempSync(join(tmpdir(), 'hq-sync-'));
    await setUpFolder(dir, identity, 1_800_000_000);
    return new Device(dir, name, remote);
  }

  at(path: string): string {
    return join(this.dir, path);
  }

  write(path: string, text: string | Buffer): void {
    mkdirSync(dirname(this.at(path)), { recursive: true });
    writeFileSync(this.at(path), text);
  }

  text(path: string): string {
    return readFileSync(this.at(path), 'utf8');
  }

  delete(path: string): void {
    rmSync(this.at(path), { recursive: true });
  }

  /** Path to text of every file but our own, in order. */
  tree(): Record<string, string> {
    const found: Record<string, string> = {};
    for (const entry of readdirSync(this.dir, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name).slice(this.dir.length + 1);
      if (entry.isFile() && !path.startsWith('.hq/')) found[path] = readFileSync(this.at(path), 'utf8');
    }
    return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  options(options: Partial<SyncOptions> = {}): SyncOptions {
    this.events = [];
    const collect = (event: SyncEvent): unknown => this.events.push(event);
    return { device: this.name, direction: 'both', allowMassDelete: false, signal: new AbortController().signal, onEvent: collect, width: 8, ...options };
  }

  async prepare(options: Partial<SyncOptions> = {}): Promise<Prepared> {
    return withSyncedFolder({ dir: this.dir }, identity, (folder) => folder.prepare(this.remote, this.options(options)));
  }

  async sync(options: Partial<SyncOptions> = {}): Promise<SyncResult> {
    return withSyncedFolder({ dir: this.dir }, identity, async (folder) => {
      const all = this.options(options);
      return folder.run(this.remote, await folder.prepare(this.remote, all), all);
    });
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
