/**
 * A small world under one seed: devices, a vault, people who edit, syncs that run side by side, requests that fail, processes that are killed between any two steps.
 * Every content is written once, so it can be said of each whether it was lost: nobody who had it before them replaced or deleted it, and it is nowhere.
 */
import { HqError } from '@hq/shared/errors';
import { root, type Path } from '@hq/shared/path';
import { prepare } from '../../src/sync/prepare.ts';
import { runSync } from '../../src/sync/run.ts';
import type { Direction, SyncOptions, SyncPorts } from '../../src/sync/work.ts';
import { MemoryJournal, MemoryTree } from './memory-tree.ts';
import { MemoryRemote } from './memory-remote.ts';

/** mulberry32: small, seeded, good enough to choose steps. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

class Killed extends Error {}

const names = ['a.md', 'b.md', 'd/x.txt', 'd/y.txt', 'd/e/z', 'run.sh'] as Path[];

interface SimulatedDevice {
  readonly name: string;
  readonly tree: MemoryTree;
  readonly journal: MemoryJournal;
  busy: boolean;
}

export class World {
  readonly remote = new MemoryRemote();
  readonly devices: SimulatedDevice[];
  readonly random: () => number;
  /** Contents that someone who saw them replaced or deleted. */
  readonly superseded = new Set<string>();
  readonly written = new Set<string>();
  readonly log: string[] = [];
  /** Files that a sync deleted although nobody had deleted them from the vault. */
  readonly wronged: string[] = [];
  #ruleChanges = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(seed: number) {
    this.random = randomFrom(seed);
    this.devices = Array.from({ length: 2 + this.pick(2) }, (_, i) => ({ name: `dev${i}`, tree: new MemoryTree(), journal: new MemoryJournal(), busy: false }));
  }

  pick(count: number): number {
    return Math.floor(this.random() * count);
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  /** One thing that a person does on one device. */
  edit(): void {
    const device = this.devices[this.pick(this.devices.length)];
    if (device === undefined) return;
    const { tree } = device;
    const known = [...tree.files.keys()];
    const path = this.chance(0.5) && known.length > 0 ? known[this.pick(known.length)] : names[this.pick(names.length)];
    const other = names[this.pick(names.length)];
    if (path === undefined || other === undefined) return;
    const node = tree.files.get(path);
    const action = this.random();
    if (node !== undefined && action < 0.25) {
      this.superseded.add(node.text);
      tree.files.delete(path);
      this.log.push(`${device.name} deletes ${path} (${node.text})`);
    } else if (node !== undefined && action < 0.4 && !tree.files.has(other)) {
      tree.files.delete(path);
      tree.write(other, node.text, node.executable);
      this.log.push(`${device.name} renames ${path} to ${other}`);
    } else if (node !== undefined && action < 0.5) {
      tree.write(path, node.text, !node.executable);
    } else {
      if (node !== undefined) this.superseded.add(node.text);
      const text = `c${this.written.size}`;
      this.written.add(text);
      tree.write(path, text);
      this.log.push(`${device.name} writes ${path} = ${text}`);
    }
  }

  /** A carve-out appears on a folder, or goes again: nobody sees what is in it, and nobody has deleted it. */
  carve(carved: boolean): void {
    this.remote.rules = { allow: [root], deny: carved ? ['d/' as Path] : [] };
    this.#ruleChanges++;
    this.log.push(carved ? 'd/ is carved out' : 'd/ is open');
  }

  /** Every port of one device, each step waiting for its turn, until the process is killed at step `fuse`. */
  #ports(device: SimulatedDevice, fuse: number, faults: number): SyncPorts {
    let steps = 0;
    const step = (): void => {
      if (++steps >= fuse) throw new Killed();
    };
    const turn = async (): Promise<void> => {
      step();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      step();
      if (this.chance(faults)) throw new HqError('UNAVAILABLE', 'The connection broke.');
    };
    const { remote } = this;
    const { tree, journal } = device;
    const rulesThen = this.#ruleChanges;
    /** What is listed under one rule and judged under the next may be deleted here, unchanged as it is, and comes back. */
    const judgeRemoval = (path: Path): void => {
      const agreed = journal.get(path)?.etag;
      const isKept = agreed !== undefined && remote.files.get(path)?.etag === agreed;
      if (isKept && this.#ruleChanges === rulesThen) this.wronged.push(`${path} on ${device.name}`);
    };
    const guarded = <T extends object>(target: T): T =>
      new Proxy(target, {
        get: (_, name) => {
          const value: unknown = Reflect.get(target, name, target);
          if (typeof value !== 'function') return value;
          return (...args: unknown[]): unknown => {
            step();
            if (target === (tree as object) && name === 'remove') judgeRemoval(args[0] as Path);
            return value.apply(target, args);
          };
        },
      });
    return {
      local: guarded(tree),
      journal: guarded(journal),
      remote: {
        async *list(cone) {
          await turn();
          yield* remote.list(cone);
        },
        get: async (path, expecting) => turn().then(() => remote.get(path, expecting)),
        stat: async (path) => turn().then(() => remote.stat(path)),
        readable: async (cone, paths) => turn().then(() => remote.readable(cone, paths)),
        put: async (path, content, expecting, metadata) => {
          await turn();
          const answer = await remote.put(path, content, expecting, metadata);
          await turn();
          return answer;
        },
        remove: async (path, expecting) => {
          await turn();
          await remote.remove(path, expecting);
          await turn();
        },
      },
    };
  }

  /** One sync of one device; a killed process loses what it had not written. */
  async sync(device: SimulatedDevice, fuse = Infinity, faults = 0, direction: Direction = 'both'): Promise<boolean> {
    device.busy = true;
    const ports = this.#ports(device, fuse, faults);
    const options: SyncOptions = {
      device: device.name,
      direction,
      allowMassDelete: true,
      signal: new AbortController().signal,
      onEvent: () => undefined,
      width: 3,
    };
    this.log.push(`${device.name} syncs ${direction}, fuse ${fuse}`);
    try {
      const prepared = await prepare(ports, options);
      await runSync(ports, prepared, options);
      return prepared.actions.length > 0;
    } catch (error) {
      if (error instanceof Killed || error instanceof HqError) return true;
      throw error;
    } finally {
      if (fuse < Infinity) device.journal.lose(this.pick(4));
      else device.journal.seal();
      device.busy = false;
      this.log.push(`${device.name} done`);
    }
  }

  /** Lets one waiting step go on. */
  async go(): Promise<void> {
    const [next] = this.#waiting.splice(this.pick(this.#waiting.length), 1);
    next?.();
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Runs until nothing waits any more. */
  async drain(work: Promise<unknown>): Promise<void> {
    const state = { done: false };
    const mark = (): void => {
      state.done = true;
    };
    void work.then(mark, mark);
    while (!state.done) await this.go();
    await work;
  }
}
