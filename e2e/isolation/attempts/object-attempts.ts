/** Attempts at objects: in reach, carved out, granted again, beside, in other people's vaults, with too little access. */
import type { Draw } from '../draw.ts';
import { copySource, type Answer, type SignedRequest } from '../signed-request.ts';
import type { Attempt } from './attempt.ts';
import { servingSession, type Grant, type Issued } from './grants.ts';
import { atLeast } from './rules-read-again.ts';
import { contentOf, type VaultFacts, type World } from './world.ts';

const reading = ['get', 'get', 'head', 'range', 'version'] as const;
const writing = ['put', 'put new', 'delete', 'begin multipart'] as const;

/** Where an attempt is aimed, and what the rules and the session say of it. */
interface Aim {
  readonly vault: VaultFacts;
  readonly path: string;
  /** The session that has to let it through; undefined where all have to refuse. */
  readonly through: Issued | undefined;
}

/** Judges a path under a grant: reading needs `read`, writing a grant for writing and `write`. */
function aimAt(world: World, { who, vault, cone, access, sessions }: Grant, goal: VaultFacts, path: string, needs: 'read' | 'write', at: number): Aim {
  const inCone = goal === vault && (cone === '' || path === cone || (cone.endsWith('/') && path.startsWith(cone)));
  const decided = inCone && (needs === 'read' || access === 'write') && atLeast(world.mayDo(who, goal, path, at), access);
  return { vault: goal, path, through: decided ? servingSession({ sessions }, path) : undefined };
}

/** Any path of a vault, mostly one in the cone, or one near it. */
export function anyPath(vault: VaultFacts, draw: Draw, cone = ''): string {
  const all = [...vault.files.keys()];
  const inside = all.filter((path) => path.startsWith(cone));
  const path = draw.pick(inside.length > 0 && draw.chance(0.8) ? inside : all);
  if (draw.chance(0.8)) return path;
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return draw.pick([
    `${folder}new-${draw.upTo(3)}.txt`,
    `${path}.bak`,
    folder === '' ? 'zz.txt' : `${folder.slice(0, -1)}-beside/in.txt`,
    `${folder}deep/er/in.txt`,
  ]);
}

/** Files that rules opened which have ended. */
function endedIn(world: World, { who, vault, access }: Grant, at: number): string[] {
  const openAt = (path: string, moment: number) => atLeast(world.mayDo(who, vault, path, moment), access);
  return [...vault.files.keys()].filter((path) => openAt(path, 0) && !openAt(path, at));
}

/** A file that is there. */
function existing(vault: VaultFacts, draw: Draw, cone: string): string {
  for (;;) {
    const path = anyPath(vault, draw, cone);
    if (vault.files.has(path)) return path;
  }
}

/** Where a write or a deletion that is allowed goes: nobody looks for anything there. */
function scratch(path: string, draw: Draw): string {
  return `${path.slice(0, path.lastIndexOf('/') + 1)}scratch-${draw.upTo(4)}.txt`;
}

/** One attempt at an object under a grant that is live at that moment. */
export function objectAttempt(world: World, grant: Grant, goal: VaultFacts, draw: Draw, at: number): Attempt {
  const lost = draw.chance(0.15) ? endedIn(world, grant, at) : [];
  const path = goal === grant.vault && lost.length > 0 ? draw.pick(lost) : anyPath(goal, draw, grant.cone);
  const verb = draw.chance(0.55) ? draw.pick(reading) : draw.pick(writing);
  const needs = verb === 'get' || verb === 'head' || verb === 'range' || verb === 'version' ? 'read' : 'write';
  let aim = aimAt(world, grant, goal, path, needs, at);
  // Reading what is not there would tell nothing: to who may not list, both answers are the same.
  if (needs === 'read' && !goal.files.has(path)) aim = aimAt(world, grant, goal, existing(goal, draw, grant.cone), needs, at);
  if (aim.through !== undefined && verb === 'delete') aim = aimAt(world, grant, goal, scratch(path, draw), needs, at);
  const object = { bucket: goal.bucket, key: goal.keyPrefix + aim.path };
  const content = contentOf(goal, aim.path);
  const same = (answer: Answer) => (answer.body === content ? undefined : 'another content');
  const requests: Readonly<Record<typeof verb, Pick<Attempt, 'request' | 'check'>>> = {
    get: { request: { ...object, method: 'GET' }, check: same },
    head: { request: { ...object, method: 'HEAD' } },
    range: {
      request: { ...object, method: 'GET', headers: { range: 'bytes=0-3' } },
      check: (answer) => (answer.body === content.slice(0, 4) ? undefined : 'another content'),
    },
    version: { request: { ...object, method: 'GET', query: { versionId: goal.files.get(aim.path) ?? 'null' } }, check: same },
    // What is allowed changes nothing: the same content again.
    put: { request: { ...object, method: 'PUT', body: aim.through === undefined ? 'taken' : content } },
    'put new': { request: { ...object, method: 'PUT', body: aim.through === undefined ? 'taken' : content } },
    delete: { request: { ...object, method: 'DELETE' } },
    'begin multipart': { request: { ...object, method: 'POST', query: { uploads: '' } } },
  };
  const session = aim.through ?? draw.pick(grant.sessions);
  return { kind: kindOf(world, grant, aim, needs, at), credentials: session.credentials, allowed: aim.through !== undefined, ...requests[verb] };
}

/** One copy: from and to wherever. Undefined where both ends are allowed and no one session serves both: then nothing is decided about it. */
export function copyAttempt(world: World, grant: Grant, other: VaultFacts, draw: Draw, at: number): Attempt | undefined {
  const [fromVault, toVault] = draw.pick([
    [grant.vault, grant.vault],
    [grant.vault, other],
    [other, grant.vault],
    [other, other],
  ] as const);
  const from = aimAt(world, grant, fromVault, existing(fromVault, draw, grant.cone), 'read', at);
  const wanted = anyPath(toVault, draw, grant.cone);
  const open = aimAt(world, grant, toVault, wanted, 'write', at).through !== undefined;
  const to = open ? aimAt(world, grant, toVault, scratch(wanted, draw), 'write', at) : { vault: toVault, path: wanted, through: undefined };
  if (from.vault === to.vault && from.path === to.path) return undefined;
  const decided = from.through !== undefined && to.through !== undefined;
  if (decided && from.through !== to.through) return undefined;
  const request: SignedRequest = {
    method: 'PUT',
    bucket: toVault.bucket,
    key: toVault.keyPrefix + to.path,
    headers: { 'x-amz-copy-source': copySource(fromVault.bucket, fromVault.keyPrefix + from.path) },
  };
  const session = (decided ? to.through : (to.through ?? from.through)) ?? draw.pick(grant.sessions);
  const kind = decided ? 'copy in reach' : fromVault === toVault && fromVault === grant.vault ? 'copy from or to a closed place' : 'copy across vaults';
  return { kind, request, credentials: session.credentials, allowed: decided };
}

/** Names what is tried, by why it has to work or not. */
function kindOf(world: World, { who, vault, cone, access }: Grant, { vault: goal, path, through }: Aim, needs: 'read' | 'write', at: number): string {
  if (goal !== vault) return goal.house === undefined ? 'another person’s vault' : 'another organization';
  const around = foldersAround(path).filter((folder) => cone === '' || folder.startsWith(cone));
  const openAt = (folder: string, moment: number) => atLeast(world.mayDo(who, goal, folder, moment), access);
  if (through !== undefined) return around.some((folder) => !openAt(folder, at)) ? 'granted again in a carve-out' : 'in reach';
  if (needs === 'write' && goal.house?.roles[who] === 'read-only') return 'beyond the role';
  if (needs === 'write' && access === 'read') return 'writing with a session for reading';
  if (!(cone === '' || path === cone || (cone.endsWith('/') && path.startsWith(cone)))) return 'beside the session’s folder';
  if (openAt(path, 0)) return 'by a rule that has ended';
  return around.some((folder) => openAt(folder, at)) ? 'carved out' : 'never granted';
}

function foldersAround(path: string): string[] {
  return [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index + 1));
}
