/**
 * The command line's part of `canonical-paths.test.ts`: every argument and option of every verb is a path in a vault, a place on this computer, or no path at
 * all. One that this file doesn't know turns it red; each that is a path in a vault is refused in its bad shapes before anything is sent, and sent as NFC.
 */
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isHqError } from '@hq/shared/errors';
import type { Context } from '../../apps/cli/src/context.ts';
import { verbs } from '../../apps/cli/src/registry.ts';
import type { AnyVerb } from '../../apps/cli/src/verb.ts';

/** Names of arguments and options, by what they mean wherever they appear. */
const inVault = new Set(['path', 'paths', 'from', 'to', 'under', 'folder']);
const noPath = new Set(
  'access all as dry-run email expires for force format grantee group if-match invitation keep level member more name new org person recursive role text type until vault version yes'.split(
    ' ',
  ),
);
/** The same words, where they mean a place on this computer. */
const onDisk = new Set(['sync folder', 'files put file', 'files get target', 'sync resolve copy']);

/** Words for arguments beside the one under test, also for those that may be left out: some verbs want them in one of several ways. */
const fitting: Readonly<Record<string, string>> = {
  level: 'read',
  grantee: '@all',
  to: 'open/b.md',
  version: 'v1',
  text: 'x',
};

interface Place {
  readonly name: string;
  readonly verb: AnyVerb;
  readonly kind: 'argument' | 'option';
  readonly field: string;
}

const isOnDisk = ({ name, field }: Place) => onDisk.has(`${name} ${field}`) || onDisk.has(`${name.split(' ')[0]} ${field}`);
const isInVault = (place: Place) => !isOnDisk(place) && inVault.has(place.field);

const loaded = await Promise.all(Object.entries(verbs).map(async ([name, load]) => ({ name, verb: (await load()).default })));
const places: Place[] = loaded.flatMap(({ name, verb }) => [
  ...Object.keys(verb.arguments).map((field) => ({ name, verb, kind: 'argument' as const, field })),
  ...Object.entries(verb.options).flatMap(([field, { type }]) => (type === 'string' ? [{ name, verb, kind: 'option' as const, field }] : [])),
]);

/** The words that call the verb with `text` in that place. */
function wordsFor({ verb, kind, field }: Place, text: string, file: string): string[] {
  const rest = Object.entries(verb.arguments).flatMap(([name, { optional }]) => {
    if (name === field && kind === 'argument') return [text];
    if (name === 'file') return [file];
    return optional === true && fitting[name] === undefined ? [] : [fitting[name] ?? (inVault.has(name) ? 'open/a.md' : 'x')];
  });
  return [...(kind === 'option' ? [`--${field}=${text}`] : []), '--', ...rest];
}

/** Whatever is asked for, it is remembered, and that is the end of it. */
class Reached extends Error {}

/** A client that notes all texts it is handed, and does nothing. */
function recorder() {
  const texts: string[] = [];
  const note = (value: unknown): void => {
    if (typeof value === 'string') texts.push(value);
    else if (Array.isArray(value)) value.forEach(note);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(note);
  };
  const reach = (...given: readonly unknown[]): never => {
    note(given);
    throw new Reached();
  };
  const anything: unknown = new Proxy(reach, { get: (_, property) => (property === 'then' ? undefined : anything) });
  return { texts, anything, note };
}

function contextFor(home: string) {
  const { texts, anything, note } = recorder();
  const open = (options: unknown) => {
    note(options);
    return anything;
  };
  const selector = `cmp_${'0'.repeat(26)}`;
  const silent = new Proxy({ json: false }, { get: (target, property) => (property === 'json' ? target.json : () => undefined) });
  const context = {
    settings: { home, server: 'http://127.0.0.1:1' },
    out: silent,
    profile: anything,
    hq: async () => ({ api: anything, vault: open }),
    vault: async () => ({ selector, name: 'acme', open }),
    signal: new AbortController().signal,
  };
  // A stand-in for the parts that verbs about paths use before they send something.
  return { texts, context: context as unknown as Context };
}

let home: string;
let file: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'hq-paths-'));
  file = join(home, 'upload.md');
  writeFileSync(file, 'x');
});
afterAll(() => rm(home, { recursive: true }));

describe('every verb', () => {
  it('has no argument or option of unknown meaning', () => {
    const unknown = places.filter((place) => !isOnDisk(place) && !inVault.has(place.field) && !noPath.has(place.field));
    expect(unknown.map(({ name, kind, field }) => `${name}: ${kind} ${field}`)).toEqual([]);
  });

  const vaultPlaces = places.filter(isInVault).map((place) => [`${place.name}: ${place.kind} ${place.field}`, place] as const);
  it('is walked', () => expect(vaultPlaces.length).toBeGreaterThanOrEqual(20));

  it.each(vaultPlaces)('%s refuses what no path can be before anything is sent', async (_, place) => {
    for (const shape of ['/etc/passwd', 'a//b', 'a/./b', 'a/../b', 'a\u0000b', 'a\u007fb', 'a\\b', 'a\ud800b', 'x'.repeat(961)]) {
      const { context, texts } = contextFor(home);
      const error: unknown = await place.verb.execute(context, wordsFor(place, shape, file)).then(
        () => 'was answered',
        (reason: unknown) => reason,
      );
      const code = isHqError(error) ? error.code : String(error);
      expect({ shape, code, sent: texts.filter((text) => text.includes(shape)) }).toEqual({ shape, code: 'INVALID_PATH', sent: [] });
    }
  });

  it.each(vaultPlaces)('%s sends NFD as NFC', async (_, place) => {
    const nfc = 'caf\u00e9/r\u00e9sum\u00e9';
    const { context, texts } = contextFor(home);
    await expect(place.verb.execute(context, wordsFor(place, nfc.normalize('NFD'), file))).rejects.toThrow(Reached);
    expect(texts.filter((text) => text.includes(nfc.normalize('NFD')))).toEqual([]);
    expect(texts.filter((text) => text.includes(nfc))).not.toEqual([]);
  });
});
