/** So many attempts against one server, in two times: while rules and sessions live, and after some have ended. */
import { Draw } from '../draw.ts';
import { inParallel } from '../in-parallel.ts';
import { apiAttempt } from './api-attempts.ts';
import { wrongWith, type Attempt } from './attempt.ts';
import { issueGrants, type Grant } from './grants.ts';
import type { MovableServer } from './movable-server.ts';
import { copyAttempt, objectAttempt } from './object-attempts.ts';
import { expiredAttempt, listAttempt, settingsAttempt, tamperedAttempt } from './other-attempts.ts';
import { contentOf, makeWorld, personCalled, rulesLast, type World } from './world.ts';

export interface Tally {
  /** Attempts by kind: how many had to work, and how many had to be refused. */
  readonly kinds: ReadonlyMap<string, { allowed: number; refused: number }>;
  /** Every answer that is not as it must be. */
  readonly wrong: readonly object[];
}

export async function makeAttempts(server: MovableServer, seed: number, count: number): Promise<Tally> {
  const draw = new Draw(seed);
  const world = await makeWorld(server, draw);
  const kinds = new Map<string, { allowed: number; refused: number }>();
  const wrong: object[] = [];
  const note = (kind: string, allowed: boolean): void => {
    const counts = kinds.get(kind) ?? { allowed: 0, refused: 0 };
    counts[allowed ? 'allowed' : 'refused']++;
    kinds.set(kind, counts);
  };
  const tryAll = async (many: number, at: number, live: readonly Grant[], ended: readonly Grant[], endedAt: number): Promise<void> => {
    const numbers = Array.from({ length: many }, (_, number) => number);
    await inParallel(16, numbers, async () => {
      if (draw.chance(0.05)) {
        const attempt = apiAttempt(world, server.apiUrl, draw, at);
        note(attempt.kind, attempt.allowed);
        const problem = await attempt.run();
        if (problem !== undefined) wrong.push({ problem, ...attempt });
        return;
      }
      const expired = ended.length > 0 && draw.chance(0.25);
      const attempt = expired ? expiredAttempt(world, pickGrant(ended, draw), draw, endedAt) : storageAttempt(world, live, draw, at);
      note(attempt.kind, attempt.allowed);
      const answer = await world.door.send(attempt.request, attempt.credentials);
      const problem = wrongWith(attempt, answer);
      if (problem !== undefined) wrong.push({ problem, kind: attempt.kind, request: attempt.request, status: answer.status, code: answer.code });
    });
  };

  try {
    const began = world.now();
    const first = await issueGrants(world, draw);
    await tryAll(Math.floor(count * 0.6), began, first.grants, [], 0);
    await server.advance(rulesLast + 1);
    const later = world.now();
    const second = await issueGrants(world, draw);
    await tryAll(count - Math.floor(count * 0.6), later, second.grants, first.grants, began);
    wrong.push(...first.wrong, ...second.wrong, ...(await changed(world)));
  } finally {
    world.door.close();
  }
  return { kinds, wrong };
}

function storageAttempt(world: World, grants: readonly Grant[], draw: Draw, at: number): Attempt {
  for (;;) {
    const grant = pickGrant(grants, draw);
    const other = draw.pick(world.vaults.filter((vault) => vault !== grant.vault));
    const chance = draw.next();
    if (chance < 0.5) return objectAttempt(world, grant, grant.vault, draw, at);
    if (chance < 0.68) return objectAttempt(world, grant, other, draw, at);
    if (chance < 0.76) return tamperedAttempt(world, grant, draw.pick(grants), draw, at);
    if (chance < 0.86) return listAttempt(world, grant, other, draw, at);
    if (chance < 0.89) return settingsAttempt(grant, other, draw);
    const copy = copyAttempt(world, grant, other, draw, at);
    if (copy !== undefined) return copy;
  }
}

/** Mostly one of an organization, where there are rules, and half of those times one that takes several sessions. */
function pickGrant(grants: readonly Grant[], draw: Draw): Grant {
  const ruled = grants.filter(({ vault, who }) => vault.house !== undefined && vault.house.roles[who] !== 'admin');
  const layered = ruled.filter(({ sessions }) => sessions.length > 1);
  if (layered.length > 0 && draw.chance(0.4)) return draw.pick(layered);
  return draw.pick(ruled.length > 0 && draw.chance(0.7) ? ruled : grants);
}

/** What is in the vaults afterwards and should not be: a file that lost its content, or one that holds what was only ever sent to be refused. */
async function changed(world: World): Promise<object[]> {
  const found: object[] = [];
  for (const vault of world.vaults) {
    const admin = vault.house === undefined ? vault.name : Object.keys(vault.house.roles).find((who) => vault.house?.roles[who] === 'admin');
    const { client } = personCalled(world.people, admin ?? '');
    const { sessions } = await client.credentials.issue.mutate({ vault: vault.selector, cone: '', access: 'read' });
    const credentials = sessions[0]?.credentials;
    const { body } = await world.door.send(
      { method: 'GET', bucket: vault.bucket, key: '', query: { 'list-type': '2', prefix: vault.keyPrefix, 'encoding-type': 'url' } },
      credentials,
    );
    const keys = [...body.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => decodeURIComponent(key.replaceAll('+', ' ')));
    await inParallel(8, [...new Set([...keys, ...[...vault.files.keys()].map((path) => vault.keyPrefix + path)])], async (key) => {
      const path = key.slice(vault.keyPrefix.length);
      const answer = await world.door.send({ method: 'GET', bucket: vault.bucket, key }, credentials);
      const kept = vault.files.has(path) ? answer.body === contentOf(vault, path) : answer.body !== 'taken';
      if (answer.status !== 200 || !kept)
        found.push({ problem: 'changed wrongly', vault: vault.name, path, status: answer.status, content: answer.body.slice(0, 100) });
    });
  }
  return found;
}
