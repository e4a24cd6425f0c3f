/** Attempts through `files.*`: the API answers for everyone, and says nothing of what they may not see. */
import type { Draw } from '../draw.ts';
import { call } from '../../support/client.ts';
import { anyPath } from './object-attempts.ts';
import { atLeast, type Level } from './rules-read-again.ts';
import { contentOf, personCalled, type VaultFacts, type World } from './world.ts';

export interface ApiAttempt {
  readonly kind: string;
  readonly procedure: string;
  readonly who: string;
  readonly input: object;
  readonly allowed: boolean;
  /** What is wrong with the answer; undefined where it is as it must be. */
  readonly run: () => Promise<string | undefined>;
}

/** One attempt by anyone at any organization, or at their own vault. */
export function apiAttempt(world: World, apiUrl: string, draw: Draw, at: number): ApiAttempt {
  const who = draw.pick([...world.people.keys()]);
  const vaults = world.vaults.filter(({ house, name }) => house !== undefined || name === who);
  const goal = draw.pick(vaults);
  const path = draw.pick([...goal.files.keys()]);
  const level = world.mayDo(who, goal, path, at);
  const token = personCalled(world.people, who).accessToken;
  const ask = draw.pick([reads, reads, lists, writes, copies]);
  return ask({ world, apiUrl, who, goal, path, level, token, draw, at });
}

interface Question {
  readonly world: World;
  readonly apiUrl: string;
  readonly who: string;
  readonly goal: VaultFacts;
  readonly path: string;
  readonly level: Level;
  readonly token: string;
  readonly draw: Draw;
  readonly at: number;
}

/** A procedure that has to be allowed, or refused with one of these codes. */
function asked(
  { apiUrl, who, token }: Question,
  [procedure, type]: readonly [string, 'query' | 'mutation'],
  input: object,
  refusal: readonly string[] | undefined,
  check: (text: string) => string | undefined = () => undefined,
): ApiAttempt {
  const kind = refusal === undefined ? 'files.* in reach' : 'files.* out of reach';
  const run = async (): Promise<string | undefined> => {
    const { status, code, text } = await call(apiUrl, procedure, type, input, token);
    if (refusal === undefined) return status === 200 ? check(text) : `wrongly refused: ${status} ${code}`;
    if (status === 200) return 'succeeded wrongly';
    return refusal.includes(code) ? undefined : `refused with ${code}`;
  };
  return { kind, procedure, who, input, allowed: refusal === undefined, run };
}

function reads(question: Question): ApiAttempt {
  const { goal, path, level, draw } = question;
  const may = atLeast(level, 'read');
  const procedure = draw.pick(['files.get', 'files.get', 'files.stat', 'files.versions'] as const);
  const content = Buffer.from(contentOf(goal, path)).toString('base64');
  const check = (text: string) => (procedure !== 'files.get' || text.includes(content) ? undefined : 'another content');
  return asked(question, [procedure, 'query'], { vault: goal.selector, path }, may ? undefined : ['NOT_FOUND'], check);
}

/** Exactly the files of the beginning that may be read, and of the others none that may not. */
function lists(question: Question): ApiAttempt {
  const { world, goal, who, path, draw, at } = question;
  const prefix = draw.chance(0.3) ? '' : path.slice(0, path.lastIndexOf('/') + 1);
  const readable = (name: string): boolean => atLeast(world.mayDo(who, goal, name, at), 'read');
  const expected = [...goal.files.keys()].filter((name) => name.startsWith(prefix) && readable(name)).sort();
  const member = goal.house === undefined || goal.house.roles[who] !== undefined;
  const shown = (text: string): string | undefined => {
    const { result } = JSON.parse(text) as { result: { data: { json: { files: { path: string }[]; continuationToken: string | null } } } };
    const { files, continuationToken } = result.data.json;
    const names = files.map((file) => file.path);
    const hidden = names.find((name) => !readable(name));
    if (hidden !== undefined) return `succeeded wrongly: lists ${hidden}`;
    const missing = expected.find((name) => !names.includes(name));
    return missing === undefined || continuationToken !== null ? undefined : `wrongly refused: does not list ${missing}`;
  };
  // A folder in which nothing may be read is as good as none.
  const attempt = asked(question, ['files.list', 'query'], { vault: goal.selector, prefix }, member ? undefined : ['NOT_FOUND'], shown);
  return attempt;
}

function writes(question: Question): ApiAttempt {
  const { world, goal, who, draw, at } = question;
  const wanted = anyPath(goal, draw);
  const level = world.mayDo(who, goal, wanted, at);
  const refusal = atLeast(level, 'write') ? undefined : [atLeast(level, 'read') ? 'FORBIDDEN' : 'NOT_FOUND'];
  if (refusal !== undefined && draw.chance(0.5)) return asked(question, ['files.remove', 'mutation'], { vault: goal.selector, path: wanted }, refusal);
  const content = Buffer.from(refusal === undefined ? contentOf(goal, wanted) : 'taken').toString('base64');
  return asked(question, ['files.put', 'mutation'], { vault: goal.selector, path: wanted, content }, refusal);
}

/** From anywhere to anywhere in one vault. */
function copies(question: Question): ApiAttempt {
  const { world, goal, who, path, level, draw, at } = question;
  const folder = anyPath(goal, draw).replace(/[^/]*$/, '');
  const to = `${folder}scratch-${draw.upTo(4)}.txt`;
  const there = world.mayDo(who, goal, to, at);
  const procedure = draw.chance(0.5) || (atLeast(level, 'write') && atLeast(there, 'write')) ? 'files.copy' : 'files.move';
  const needs = procedure === 'files.move' ? 'write' : 'read';
  const allowed = atLeast(level, needs) && atLeast(there, 'write');
  const blind = !atLeast(level, 'read') || !atLeast(there, 'read');
  return asked(
    question,
    [procedure, 'mutation'],
    { vault: goal.selector, from: path, to },
    allowed ? undefined : blind ? ['NOT_FOUND', 'FORBIDDEN'] : ['FORBIDDEN'],
  );
}
