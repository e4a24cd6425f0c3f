/** Rule sets on one engine: compiled, read back, minted by its STS, and asked by signed requests. */
import { compile } from '@hq/policy/compile';
import { checkSessionPolicy } from '@hq/policy/read';
import { isHqError } from '@hq/shared/errors';
import { root } from '@hq/shared/path';
import type { Vault } from '@hq/shared/vault';
import { Draw } from './draw.ts';
import { sessionFor, type Credentials, type Engine } from './engine.ts';
import { needsObject, requestsFor, type EnforcerRequest, type Serves, type Spot, type VaultName, type Verb } from './enforcer-requests.ts';
import { inParallel } from './in-parallel.ts';
import { ruleSetOf, type RuleSet } from './rule-sets.ts';
import { copySource, openDoor, type Answer, type Door, type SignedRequest } from './signed-request.ts';

type Vaults = Readonly<Record<VaultName, Vault>>;

export interface EnforcerRun {
  /** What came of each request, by its name (the same on every engine). */
  readonly outcomes: ReadonlyMap<string, boolean>;
  /** Requests that were not answered as decided. */
  readonly disagreements: readonly object[];
  readonly ruleSets: number;
  readonly sessions: number;
  /** Rule sets by their number of sessions. */
  readonly layers: ReadonlyMap<number, number>;
  /** Requests by verb. */
  readonly verbs: ReadonlyMap<Verb, number>;
}

export interface EnforcerRunOptions {
  readonly seed: number;
  readonly requests: number;
  /** Characters in names that this engine's policies can't write: rule sets that hold one are left out. */
  readonly leaveOut?: RegExp;
  /** Requests whose answer is this engine's own; each has a test of its own. */
  readonly skip?: (request: EnforcerRequest, session: Serves | undefined) => boolean;
  readonly parallel: number;
  readonly now: number;
}

/** The vaults that requests speak of. */
async function makeVaults(engine: Engine): Promise<Vaults> {
  return {
    acme: await engine.makeVault('organization', 'acme'),
    globex: await engine.makeVault('organization', 'globex'),
    ada: await engine.makeVault('personal', '00000000-0000-4000-8000-00000000000a'),
    bob: await engine.makeVault('personal', '00000000-0000-4000-8000-00000000000b'),
  };
}

/** Asks rule set after rule set until so many requests have been answered. */
export async function runEnforcer(engine: Engine, options: EnforcerRunOptions): Promise<EnforcerRun> {
  const door = openDoor(engine.endpoint, engine.ahead);
  const vaults = await makeVaults(engine);
  const owners = await ownersOf(engine, vaults);
  const place = { engine, door, vaults, owners, versions: new Map<string, string>() };
  const outcomes = new Map<string, boolean>();
  const disagreements: object[] = [];
  const layers = new Map<number, number>();
  const verbs = new Map<Verb, number>();
  let [ruleSets, sessions] = [0, 0];
  try {
    for (let number = 0; outcomes.size < options.requests; number++) {
      const ruleSet = ruleSetOf(options.seed, number, options.now);
      if (ruleSet.records.some(({ path }) => options.leaveOut?.test(path))) continue;
      const compiled = compiledFor(ruleSet, vaults[ruleSet.vault], engine);
      if (compiled.length === 0) continue;
      ruleSets++;
      sessions += compiled.length;
      layers.set(compiled.length, (layers.get(compiled.length) ?? 0) + 1);
      const minted = await Promise.all(compiled.map(({ policy }) => engine.mint(vaults[ruleSet.vault], policy)));
      const rounds = requestsFor(ruleSet, compiled, new Draw(options.seed ^ Math.imul(number + 1, 0x85ebca6b)));
      for (const [round, requests] of rounds.entries()) {
        const asked = requests
          .map((request, index) => ({ request, name: `${number}.${round}.${index}` }))
          .filter(({ request }) => options.skip?.(request, compiled[request.session]) !== true);
        await putWhatIsAskedFor(place, asked, options.parallel);
        await inParallel(options.parallel, asked, async ({ request, name }) => {
          const answer = await door.send(wireOf(place, request), minted[request.session]);
          const allowed = outcomeOf(answer);
          if (allowed !== undefined) outcomes.set(name, allowed);
          verbs.set(request.verb, (verbs.get(request.verb) ?? 0) + 1);
          if (allowed === undefined || (request.expect !== 'either' && allowed !== (request.expect === 'allowed'))) {
            const { status, code } = answer;
            disagreements.push({ name, ...request, status, code, policy: compiled[request.session]?.policy });
          }
          if (request.verb === 'delete' && allowed === true) place.versions.delete(keyName(request.at));
        });
      }
    }
  } finally {
    door.close();
  }
  return { outcomes, disagreements, ruleSets, sessions, layers, verbs };
}

/** Allowed or refused; undefined for an answer that is neither, such as an object that is missing. */
function outcomeOf({ status, code }: Answer): boolean | undefined {
  if (status >= 200 && status < 300 && code === '') return true;
  if ((status === 403 && (code === 'AccessDenied' || code === '')) || (status === 200 && code === 'AccessDenied')) return false;
  return undefined;
}

function compiledFor(ruleSet: RuleSet, vault: Vault, engine: Engine) {
  try {
    const { sessions } = compile({ ...ruleSet, vault, encryption: engine.kms ? 'kms' : 'none' });
    for (const { policy } of sessions) checkSessionPolicy(policy, vault);
    return sessions;
  } catch (error) {
    if (isHqError(error) && error.code === 'EMPTY_SCOPE') return [];
    throw error;
  }
}

interface Place {
  readonly engine: Engine;
  readonly door: Door;
  readonly vaults: Vaults;
  readonly owners: Readonly<Record<VaultName, Credentials>>;
  /** The version of every object that is there. */
  readonly versions: Map<string, string>;
}

async function ownersOf(engine: Engine, vaults: Vaults): Promise<Place['owners']> {
  const [acme, globex, ada, bob] = await Promise.all(
    [vaults.acme, vaults.globex, vaults.ada, vaults.bob].map((vault) => sessionFor(engine, vault, root, 'write')),
  );
  if (acme === undefined || globex === undefined || ada === undefined || bob === undefined) throw new Error('The engine gave no session.');
  return { acme, globex, ada, bob };
}

const keyName = ({ vault, path, outside }: Spot): string => `${vault} ${outside ?? ''} ${path}`;
const keyOf = ({ vaults }: Place, { vault, path, outside }: Spot): string => (outside === undefined ? vaults[vault].keyPrefix : '') + path;

/** What is read has to be there: a missing object would hide whether it could have been read. */
async function putWhatIsAskedFor(place: Place, asked: readonly { readonly request: EnforcerRequest }[], parallel: number): Promise<void> {
  const wanted = new Map<string, Spot>();
  for (const { request } of asked) {
    // Outside of all vaults nobody may put anything.
    if (needsObject.has(request.verb) && request.at.outside === undefined && !place.versions.has(keyName(request.at)))
      wanted.set(keyName(request.at), request.at);
  }
  await inParallel(parallel, [...wanted], async ([name, at]) => {
    const body = at.path.endsWith('/') ? '' : name;
    const answer = await place.door.send({ method: 'PUT', bucket: place.vaults[at.vault].bucket, key: keyOf(place, at), body }, place.owners[at.vault]);
    if (answer.status !== 200) throw new Error(`${place.engine.name} did not take ${name}: ${answer.status} ${answer.body}`);
    place.versions.set(name, answer.versionId);
  });
}

function wireOf(place: Place, { verb, at, to }: EnforcerRequest): SignedRequest {
  const { bucket } = place.vaults[at.vault];
  const key = keyOf(place, at);
  const object = { bucket, key };
  const listed = { method: 'GET', bucket, key: '' } as const;
  const goal = to ?? at;
  const copied = { method: 'PUT', bucket: place.vaults[goal.vault].bucket, key: keyOf(place, goal) } as const;
  const wires: Readonly<Record<Verb, SignedRequest>> = {
    get: { ...object, method: 'GET' },
    head: { ...object, method: 'HEAD' },
    version: { ...object, method: 'GET', query: { versionId: place.versions.get(keyName(at)) ?? 'null' } },
    put: { ...object, method: 'PUT', body: key.endsWith('/') ? '' : 'put' },
    delete: { ...object, method: 'DELETE' },
    copy: { ...copied, headers: { 'x-amz-copy-source': copySource(bucket, key) } },
    list: { ...listed, query: { 'list-type': '2', prefix: key } },
    'list in folders': { ...listed, query: { 'list-type': '2', prefix: key, delimiter: '/' } },
    'list all': { ...listed, query: { 'list-type': '2' } },
    'list versions': { ...listed, query: { versions: '', prefix: key } },
  };
  return wires[verb];
}
