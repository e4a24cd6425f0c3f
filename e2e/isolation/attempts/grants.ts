/** The sessions that the API issues to people, and which of them serves a path. */
import type { Draw } from '../draw.ts';
import type { Credentials } from '../engine.ts';
import { inParallel } from '../in-parallel.ts';
import { personCalled, type VaultFacts, type World } from './world.ts';
import { atLeast } from './rules-read-again.ts';

export interface Issued {
  readonly allow: readonly string[];
  readonly list: readonly string[];
  readonly credentials: Credentials & { readonly expiration: number };
}

/** What one call of `credentials.issue` gave. */
export interface Grant {
  readonly who: string;
  readonly vault: VaultFacts;
  readonly cone: string;
  readonly access: 'read' | 'write';
  readonly sessions: readonly Issued[];
}

export interface Grants {
  readonly grants: readonly Grant[];
  /** Answers of the API that the rules do not explain. */
  readonly wrong: readonly object[];
}

/** Sessions for everyone, for the whole vault and for a few folders in it, to read and to write. */
export async function issueGrants(world: World, draw: Draw): Promise<Grants> {
  const asked: Omit<Grant, 'sessions'>[] = [];
  for (const vault of world.vaults) {
    const insiders = vault.house === undefined ? [vault.name] : Object.keys(vault.house.roles);
    const folders = [...new Set([...vault.files.keys()].map((path) => path.slice(0, path.lastIndexOf('/') + 1)))];
    const tops = folders.filter((folder) => folder.indexOf('/') === folder.length - 1);
    for (const who of insiders) {
      const cones = new Set(['', draw.pick(tops), draw.pick(tops), draw.pick(folders), draw.pick([...vault.files.keys()])]);
      for (const cone of cones) for (const access of ['read', 'write'] as const) asked.push({ who, vault, cone, access });
    }
  }
  const grants: Grant[] = [];
  const wrong: object[] = [];
  const found: (Grant | undefined)[] = asked.map(() => undefined);
  await inParallel(4, [...asked.entries()], async ([index, each]) => {
    const { who, vault, cone, access } = each;
    const person = personCalled(world.people, who);
    try {
      const { sessions } = await person.client.credentials.issue.mutate({ vault: vault.selector, cone, access });
      found[index] = { ...each, sessions };
    } catch (error) {
      const code = (error as { data?: { hq?: { code?: string } } }).data?.hq?.code;
      const somewhere = [...vault.files.keys()].some((path) => path.startsWith(cone) && atLeast(world.mayDo(who, vault, path, world.now()), access));
      if (code !== 'EMPTY_SCOPE' || somewhere) wrong.push({ who, vault: vault.name, cone, access, code: code ?? String(error) });
    }
  });
  for (const grant of found) if (grant !== undefined) grants.push(grant);
  return { grants, wrong };
}

/** The session that serves a path: the one with the longest `allow` that covers it; undefined where none does. */
export function servingSession({ sessions }: Pick<Grant, 'sessions'>, path: string): Issued | undefined {
  let best: Issued | undefined;
  let longest = -1;
  for (const session of sessions) {
    for (const allow of session.allow) {
      const covers = allow === '' || allow === path || (allow.endsWith('/') && path.startsWith(allow));
      if (covers && allow.length > longest) [best, longest] = [session, allow.length];
    }
  }
  return best;
}
