/** Three organizations and seven people, made through the API as people make them: accounts, invitations, groups, rules, files. */
import type { Draw } from '../draw.ts';
import type { Credentials } from '../engine.ts';
import { inParallel } from '../in-parallel.ts';
import { openDoor, type Door } from '../signed-request.ts';
import { newcomer, type Person } from '../../support/client.ts';
import { planHouse } from './house-plan.ts';
import { makeHouse } from './make-house.ts';
import type { MovableServer } from './movable-server.ts';
import { levelAt, type House, type Level, type Role } from './rules-read-again.ts';

/** A vault, and what is known of it to who made it. */
export interface VaultFacts {
  /** An organization's name, or its person's. */
  readonly name: string;
  /** What its own people call it: `personal`, or the organization's id. */
  readonly selector: string;
  readonly bucket: string;
  readonly keyPrefix: string;
  /** Undefined for a personal vault, which is its person's alone. */
  readonly house: House | undefined;
  /** The files of the beginning, with their versions. */
  readonly files: ReadonlyMap<string, string>;
}

export interface World {
  readonly people: ReadonlyMap<string, Person>;
  readonly vaults: readonly VaultFacts[];
  readonly door: Door;
  /** The server's clock, in seconds. */
  readonly now: () => number;
  /** What a person may do at a path of a vault at a moment. */
  mayDo(who: string, vault: VaultFacts, path: string, at: number): Level;
}

/** What is in a file at the beginning: enough to know it by. */
export function contentOf(vault: Pick<VaultFacts, 'name'>, path: string): string {
  return `${vault.name}: ${path}`;
}

const houses: Readonly<Record<string, Readonly<Record<string, Role>>>> = {
  acme: { ada: 'admin', bob: 'contributor', cat: 'read-only', dan: 'contributor' },
  globex: { gus: 'admin', bob: 'contributor', dan: 'read-only' },
  initech: { ian: 'admin', cat: 'contributor', gus: 'contributor' },
};
const names = ['ada', 'bob', 'cat', 'dan', 'eve', 'gus', 'ian'];
/** How long, in seconds, the rules that end still last when the world is made: longer than the shortest session. */
export const rulesLast = 1000;

export async function makeWorld(server: MovableServer, draw: Draw): Promise<World> {
  const people = new Map(await Promise.all(names.map(async (name) => [name, await newcomer(server.apiUrl)] as const)));
  const door = openDoor(server.storageUrl, server.ahead);
  const now = (): number => Math.floor((Date.now() + server.ahead()) / 1000);
  const vaults: VaultFacts[] = [];
  for (const [name, roles] of Object.entries(houses)) {
    const plan = planHouse(roles, now() + rulesLast, draw);
    const admin = personCalled(people, Object.keys(roles).find((who) => roles[who] === 'admin') ?? '');
    const id = await makeHouse(name, plan, admin, (who) => personCalled(people, who));
    vaults.push(await fill(door, admin, { name, selector: id, house: plan }, plan.files));
  }
  for (const [name, person] of people)
    vaults.push(await fill(door, person, { name, selector: 'personal', house: undefined }, ['root.txt', 'team/in.txt', 'team/closed/in.txt']));
  return {
    people,
    vaults,
    door,
    now,
    mayDo: (who, { house, name }, path, at) => (house === undefined ? (name === who ? 'admin' : 'none') : levelAt(house, who, path, at)),
  };
}

export function personCalled(people: World['people'], name: string): Person {
  const person = people.get(name);
  if (person === undefined) throw new Error(`Nobody is called ${name}.`);
  return person;
}

async function fill(door: Door, admin: Person, known: Pick<VaultFacts, 'name' | 'selector' | 'house'>, paths: readonly string[]): Promise<VaultFacts> {
  const { bucket, keyPrefix, sessions } = await admin.client.credentials.issue.mutate({ vault: known.selector, cone: '', access: 'write' });
  const credentials: Credentials | undefined = sessions[0]?.credentials;
  // In the order of the paths, whichever arrives first: who draws from them draws the same again.
  const files = new Map(paths.map((path) => [path, '']));
  await inParallel(8, paths, async (path) => {
    const { status, versionId } = await door.send({ method: 'PUT', bucket, key: keyPrefix + path, body: contentOf(known, path) }, credentials);
    if (status !== 200) throw new Error(`Storage did not take ${path}: ${status}`);
    files.set(path, versionId);
  });
  return { ...known, bucket, keyPrefix, files };
}
