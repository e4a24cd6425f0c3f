/**
 * Three enforcers, of which nobody here wrote two, are asked the same: real requests under sessions compiled from random rule sets. Each answers as `decide()`
 * decided, and so all answer alike. What an engine answers in a way of its own is in `enforcers-quirks.test.ts`.
 *
 * The seed is printed; HQ_ENFORCERS_SEED has a run again, HQ_ENFORCERS_TIMES makes it so many times as long.
 */
import { describe, expect, test } from 'vitest';
import { isInside, type Path } from '@hq/shared/path';
import { openCephEngine } from '../isolation/ceph-engine.ts';
import { seedFrom } from '../isolation/draw.ts';
import type { Engine } from '../isolation/engine.ts';
import { needsObject, type EnforcerRequest } from '../isolation/enforcer-requests.ts';
import { runEnforcer, type EnforcerRun, type EnforcerRunOptions } from '../isolation/enforcer-run.ts';
import { startLocalEngine } from '../isolation/local-engine.ts';
import { openMinioEngine } from '../isolation/minio-engine.ts';
import { engineUrl } from '../support/engines.ts';

const seed = seedFrom('HQ_ENFORCERS_SEED');
const times = Number(process.env['HQ_ENFORCERS_TIMES'] ?? 1);
const now = Math.floor(Date.now() / 1000);
const runs = new Map<string, EnforcerRun>();
const [ceph, minio] = [engineUrl('Ceph RGW', 'HQ_CEPH_URL'), engineUrl('MinIO', 'HQ_MINIO_URL')];

/** The disagreements of an engine, after saying what it was asked. */
async function disagreementsOf(engine: Engine, options: Omit<EnforcerRunOptions, 'seed' | 'now' | 'parallel'>): Promise<readonly object[]> {
  const started = performance.now();
  let run: EnforcerRun;
  try {
    run = await runEnforcer(engine, { ...options, requests: options.requests * times, seed, now, parallel: 8 });
  } finally {
    await engine.close();
  }
  runs.set(engine.name, run);
  const verbs = [...run.verbs].map(([verb, count]) => `${verb} ${count}`);
  const layers = [...run.layers].sort(([a], [b]) => a - b).map(([count, sets]) => `${sets} with ${count}`);
  console.log(
    `${engine.name}: ${run.outcomes.size} requests, ${[...run.outcomes.values()].filter(Boolean).length} of them allowed, by ${run.sessions} sessions of ` +
      `${run.ruleSets} rule sets (sessions a set: ${layers.join(', ')}; ${verbs.join(', ')}), ${run.disagreements.length} disagreements, ` +
      `${((performance.now() - started) / 1000).toFixed(1)} s; HQ_ENFORCERS_SEED=${seed}`,
  );
  // A lazy generator would prove nothing.
  const allowed = [...run.outcomes.values()].filter(Boolean).length / run.outcomes.size;
  const layered = [...run.layers].filter(([count]) => count > 1).reduce((sum, [, sets]) => sum + sets, 0) / run.ruleSets;
  if (allowed < 0.1 || allowed > 0.9 || layered < 0.05 || run.verbs.size < 9) throw new Error('This run asks too little.');
  return run.disagreements;
}

describe('storage answers as decided', () => {
  const timeout = 300_000 * times;

  test('local-cloud does', { timeout }, async () => {
    expect(await disagreementsOf(await startLocalEngine(), { requests: 6000 })).toEqual([]);
  });

  test.skipIf(ceph === undefined)('Ceph RGW does', { timeout }, async () => {
    // It tells a stranger that an object is missing, so only those that are there are asked for; and it lets a copy land where the session has a denial.
    const disagreements = await disagreementsOf(await openCephEngine(ceph ?? ''), {
      requests: 2000,
      leaveOut: /[*?$:]/,
      skip: ({ verb, at, to }, session) =>
        (needsObject.has(verb) && at.outside === true) || (to !== undefined && session?.deny.some((place) => isInside(to.path as Path, place)) === true),
    });
    expect(disagreements).toEqual([]);
  });

  test.skipIf(minio === undefined)('MinIO does', { timeout }, async () => {
    const options = { requests: 2000, leaveOut: /[*?$]/, skip: ({ verb }: EnforcerRequest) => verb === 'list versions' };
    expect(await disagreementsOf(await openMinioEngine(minio ?? ''), options)).toEqual([]);
  });

  test.skipIf(ceph === undefined && minio === undefined)('what several were asked, they answer alike', () => {
    const [first, ...others] = runs.values();
    let compared = 0;
    const differences: string[] = [];
    for (const other of others) {
      for (const [name, allowed] of other.outcomes) {
        const elsewhere = first?.outcomes.get(name);
        if (elsewhere === undefined) continue;
        compared++;
        if (elsewhere !== allowed) differences.push(name);
      }
    }
    expect(differences).toEqual([]);
    expect(compared).toBeGreaterThan(1000 * others.length);
    console.log(`${compared} requests were answered alike by two engines or more`);
  });
});
