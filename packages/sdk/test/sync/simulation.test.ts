/** Replay one run with `HQ_SIM_SEED=n`; widen the search with `HQ_SIM_RUNS=n`. */
import { expect, test } from 'vitest';
import { World } from './world.ts';

const runs = Number(process.env['HQ_SIM_RUNS'] ?? 500);
const only = process.env['HQ_SIM_SEED'];
const seeds = only === undefined ? Array.from({ length: runs }, (_, i) => i + 1) : [Number(only)];

/** What went wrong under a seed, first of all; empty when nothing did. */
async function simulate(seed: number): Promise<string> {
  const world = new World(seed);
  const running = new Set<Promise<unknown>>();
  for (let tick = 0; tick < 120; tick++) {
    const choice = world.random();
    if (choice < 0.3) world.edit();
    else if (choice < 0.32) world.carve(world.chance(0.7));
    else if (choice < 0.45) {
      const device = world.devices[world.pick(world.devices.length)];
      if (device === undefined || device.busy) continue;
      const direction = world.chance(0.8) ? 'both' : world.chance(0.5) ? 'push' : 'pull';
      const sync: Promise<unknown> = world.sync(device, world.chance(0.4) ? 1 + world.pick(60) : Infinity, world.chance(0.3) ? 0.05 : 0, direction);
      running.add(sync);
      void sync.finally(() => running.delete(sync));
    } else await world.go();
  }
  await world.drain(Promise.all(running));
  world.carve(false);
  let moved = true;
  for (let round = 0; moved && round < 8; round++) {
    moved = false;
    for (const device of world.devices) {
      const sync = world.sync(device);
      await world.drain(sync);
      if (await sync) moved = true;
    }
  }
  const story = `seed ${seed}\n${world.log.join('\n')}`;
  if (world.wronged.length > 0) return `${world.wronged.join(', ')} was deleted for nothing: ${story}`;
  if (moved) return `still moving: ${story}`;
  const final = JSON.stringify(world.remote.tree());
  for (const { name, tree } of world.devices) if (JSON.stringify(tree.tree()) !== final) return `${name} differs from the vault: ${story}`;
  const present = new Set(Object.values(world.remote.tree()));
  for (const text of world.written) if (!world.superseded.has(text) && !present.has(text)) return `${text} is lost: ${story}`;
  for (const text of present) if (!world.written.has(text)) return `${text} was never written: ${story}`;
  return '';
}

test(`devices that edit, sync, fail, are shut out of a folder and killed at any step agree in the end and lose nothing (${seeds.length} seeds)`, async () => {
  for (const seed of seeds) expect(await simulate(seed)).toBe('');
}, 120_000);
