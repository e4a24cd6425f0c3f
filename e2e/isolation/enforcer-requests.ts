/**
 * What a rule set is asked, of any engine: real requests at keys around each of its boundaries, with what `decide()` says must come of each. The same seed makes
 * the same requests everywhere, so that engines can be compared with each other too.
 */
import { allows } from '@hq/shared/acl/actions';
import { decide } from '@hq/shared/acl/decide';
import { isFolder, isInside, type Path } from '@hq/shared/path';
import type { Draw } from './draw.ts';
import type { RuleSet } from './rule-sets.ts';

export type VaultName = 'acme' | 'globex' | 'ada' | 'bob';

/** A key by what it means; `outside` is one in the bucket and not under the vault's prefix. */
export interface Spot {
  readonly vault: VaultName;
  readonly path: string;
  readonly outside?: true;
}

export type Verb = 'get' | 'head' | 'version' | 'copy' | 'put' | 'delete' | 'list' | 'list in folders' | 'list all' | 'list versions';

export interface EnforcerRequest {
  readonly verb: Verb;
  /** The object, or the prefix that is listed. */
  readonly at: Spot;
  /** Where a copy goes. */
  readonly to?: Spot;
  /** Which of the rule set's sessions sends it. */
  readonly session: number;
  /** `either`: decided as allowed, and another session's to serve. Engines have to agree on it all the same. */
  readonly expect: 'allowed' | 'refused' | 'either';
}

/** The part of a compiled session that says what it serves. */
export interface Serves {
  readonly allow: readonly Path[];
  readonly deny: readonly Path[];
  readonly list: readonly Path[];
}

/** The verbs that need an object where they are aimed. */
export const needsObject: ReadonlySet<Verb> = new Set(['get', 'head', 'version', 'copy']);

/** The requests for a rule set whose sessions serve these paths; in three rounds, so that none disturbs another: reading, writing, deleting. */
export function requestsFor(ruleSet: RuleSet, sessions: readonly Serves[], draw: Draw): EnforcerRequest[][] {
  const { access, vault } = ruleSet;
  const lookup = new Map(ruleSet.records.map((record) => [record.path, record]));
  const decided = ({ vault: at, path, outside }: Spot) =>
    at === vault &&
    outside === undefined &&
    isInside(path as Path, ruleSet.cone) &&
    allows(decide(ruleSet.caller, lookup, path as Path, ruleSet.now).level, access);
  const serving = (spot: Spot): number => servingSession(sessions, spot.path);
  const sender = (spot: Spot): number => (decided(spot) && !draw.chance(0.15) ? serving(spot) : draw.upTo(sessions.length));
  const expectation = (spots: readonly Spot[], session: number, needs: 'read' | 'write'): EnforcerRequest['expect'] => {
    if ((needs === 'write' && access === 'read') || !spots.every(decided)) return 'refused';
    return spots.every((spot) => serving(spot) === session) ? 'allowed' : 'either';
  };

  const spots = spotsAround(ruleSet, draw);
  const rounds: [EnforcerRequest[], EnforcerRequest[], EnforcerRequest[]] = [[], [], []];
  const open = spots.filter((spot) => decided(spot) && !spot.path.endsWith('/'));
  for (const at of spots) {
    const session = sender(at);
    const shared = { at, session };
    const verb = draw.pick(['get', 'get', 'head', 'version'] as const);
    rounds[0].push({ ...shared, verb, expect: expectation([at], session, 'read') });
    if (draw.chance(0.4)) rounds[1].push({ ...shared, verb: 'put', expect: expectation([at], session, 'write') });
    if (draw.chance(0.25)) rounds[2].push({ ...shared, verb: 'delete', expect: expectation([at], session, 'write') });
    if (draw.chance(0.25) && open.length > 0) {
      // One end is wherever; the other is a place of the session's own.
      const [from, to] = draw.chance(0.5) ? [at, draw.pick(open)] : [draw.pick(open), at];
      if (from === to) continue;
      const by = draw.chance(0.5) ? serving(to) : serving(from);
      const copier = by < 0 ? session : by;
      rounds[1].push({ verb: 'copy', at: from, to, session: copier, expect: expectation([from, to], copier, 'write') });
    }
  }
  rounds[0].push(...listings(ruleSet, sessions, draw));
  return rounds;
}

/** The session with the longest `allow` over the path; -1 where none covers it. */
function servingSession(sessions: readonly Serves[], path: string): number {
  const reach = sessions.map(({ allow }) => Math.max(-1, ...allow.filter((cone) => isInside(path as Path, cone)).map((cone) => cone.length)));
  const longest = Math.max(...reach);
  return longest < 0 ? -1 : reach.indexOf(longest);
}

/** Keys at, in, beside and before each boundary, and the same ones in other vaults. */
function spotsAround({ vault, cone, records }: RuleSet, draw: Draw): Spot[] {
  const spots: Spot[] = [];
  const seen = new Set<string>();
  const add = (path: string): void => {
    if (path === '' || seen.has(path)) return;
    seen.add(path);
    spots.push({ vault, path });
  };
  for (const path of new Set([cone, ...records.map((record) => record.path)])) {
    if (isFolder(path)) {
      const name = path.slice(0, -1);
      add(`${path}in.txt`);
      if (draw.chance(0.5)) add(`${path}deep/er.txt`);
      if (path === '') continue;
      add(`${name}-secret/in.txt`);
      if (draw.chance(0.5)) add(path);
      if (draw.chance(0.5)) add(name);
      if (draw.chance(0.5)) add(`${name}.txt`);
    } else {
      add(path);
      add(`${path}.bak`);
      if (draw.chance(0.5)) add(`${path}/in.txt`);
    }
    // The names that it would match if its special characters were alive.
    if (/[*?$]/.test(path)) {
      const alive = path.replaceAll(/\$\{[^}]*\}|[*?$]/g, 'n');
      add(isFolder(path) ? `${alive}in.txt` : alive);
      if (path.includes('*')) add(`${path.replaceAll('*', 'n/m')}${isFolder(path) ? 'in.txt' : ''}`);
    }
  }
  const inside = draw.pick(spots).path.replace(/\/$/, '/in.txt');
  const [sameKind, otherKind] = vault === 'acme' ? (['globex', 'ada'] as const) : (['bob', 'acme'] as const);
  spots.push({ vault: sameKind, path: 'in.txt' }, { vault: otherKind, path: 'in.txt' }, { vault: sameKind, path: inside });
  if (vault === 'ada') spots.push({ vault, path: 'in.txt', outside: true });
  return spots;
}

/** Listings with every prefix near a boundary. Storage lists what a session says it lists, and nothing in which a name is hidden from it. */
function listings({ vault, cone, records }: RuleSet, sessions: readonly Serves[], draw: Draw): EnforcerRequest[] {
  const requests: EnforcerRequest[] = [];
  const personal = vault === 'ada';
  const ask = (verb: Verb, at: Spot, session: number): void => {
    const lists = sessions[session]?.list ?? [];
    const whole = lists.some((folder) => folder === '') && !personal;
    const inVault = at.vault === vault && at.outside === undefined;
    const covered = verb === 'list all' ? whole : lists.some((folder) => at.path.startsWith(folder));
    requests.push({ verb, at, session, expect: verb !== 'list versions' && inVault && covered ? 'allowed' : 'refused' });
  };
  const folders = [...new Set([cone, ...records.map(({ path }) => path)])].filter((path) => isFolder(path));
  for (const folder of folders) {
    const session = draw.upTo(sessions.length);
    ask(draw.pick(['list', 'list in folders'] as const), { vault, path: folder }, session);
    if (folder !== '') ask('list', { vault, path: folder.slice(0, -1) }, session);
    if (draw.chance(0.3)) ask('list versions', { vault, path: folder }, session);
  }
  const session = draw.upTo(sessions.length);
  ask('list all', { vault, path: '' }, session);
  ask('list', { vault, path: '' }, session);
  ask('list', { vault: vault === 'acme' ? 'globex' : 'bob', path: '' }, session);
  if (personal) ask('list', { vault, path: '', outside: true }, session);
  return requests;
}
