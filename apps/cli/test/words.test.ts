/** From words to a verb: what is understood, and what is refused instead of guessed. */
import { describe, expect, it } from 'vitest';
import type { Context } from '../src/context.ts';
import { readDuration } from '../src/durations.ts';
import { findVerb, verbs } from '../src/registry.ts';
import { filePath, folderPath, targetPath } from '../src/remote-path.ts';
import { readSettings } from '../src/settings.ts';
import { readable } from '../src/sizes.ts';
import { defineVerb, vaultOptions } from '../src/verb.ts';

// The verbs under test never touch their context.
const nowhere = {} as Context;

function verbThatRemembers() {
  const seen: unknown[] = [];
  const verb = defineVerb({
    summary: 's',
    arguments: { from: { help: 'f' }, to: { help: 't', optional: true }, rest: { help: 'r', optional: true, many: true } },
    options: { ...vaultOptions, force: { type: 'boolean', short: 'f', help: 'h' } },
    run: async (_, given) => {
      seen.push(given);
      return given.options.force ? 2 : undefined;
    },
  });
  return { verb, seen };
}

describe('a verb', () => {
  it('gets its arguments and options by name, and answers with its exit code', async () => {
    const { verb, seen } = verbThatRemembers();
    expect(await verb.execute(nowhere, ['a', '--org=acme', 'b', '-f', 'c', 'd', '--json'])).toBe(2);
    expect(await verb.execute(nowhere, ['--', '--not-an-option'])).toBe(0);
    expect(seen).toEqual([
      { arguments: { from: 'a', to: 'b', rest: ['c', 'd'] }, options: { org: 'acme', force: true } },
      { arguments: { from: '--not-an-option', to: undefined, rest: [] }, options: { org: undefined, force: false } },
    ]);
  });

  it.each([
    [['a', '--forse'], "Unknown option '--forse'."],
    [['a', '--org'], "Option '--org <value>' argument missing."],
    [['a', '--force=yes'], "Option '-f, --force' does not take an argument."],
    [[], 'The argument <from> is missing.'],
  ])('refuses %j', async (words, message) => {
    const { verb, seen } = verbThatRemembers();
    await expect(verb.execute(nowhere, words)).rejects.toThrow(message);
    expect(seen).toEqual([]);
  });

  it('refuses an argument too many', async () => {
    const verb = defineVerb({ summary: 's', run: async () => undefined });
    await expect(verb.execute(nowhere, ['extra'])).rejects.toThrow('There is an argument too many: "extra".');
  });
});

describe('the registry', () => {
  it.each(Object.keys(verbs))('leads "%s" to a verb that says what it does', async (name) => {
    const found = findVerb([...name.split(' '), 'argument']);
    expect(found).toMatchObject({ name, rest: ['argument'] });
    expect((await found?.load())?.default.summary).toMatch(/^[A-Z].{10,}[^.]$/);
  });

  it.each([[['nonsense']], [['files']], [['constructor']], [['__proto__']], [[]]])('knows no verb %j', (words) => {
    expect(findVerb(words)).toBeUndefined();
  });
});

describe('settings', () => {
  it('have the defaults that the documentation names', () => {
    expect(readSettings({ HOME: '/nowhere' })).toMatchObject({ server: 'http://127.0.0.1:8787', keychain: true, debug: false });
  });

  it.each([
    ['https://hq.example:8443/path?x', 'https://hq.example:8443'],
    ['http://localhost:1234', 'http://localhost:1234'],
    ['http://[::1]:1234', 'http://[::1]:1234'],
  ])('take %s for a server', (value, server) => {
    expect(readSettings({ HQ_API: value }).server).toBe(server);
  });

  it.each(['http://hq.example', 'ftp://127.0.0.1', 'hq.example', '//', 'http://127.0.0.1.evil.example'])(
    'refuse %j: tokens would travel in the clear, or nowhere',
    (value) => {
      expect(() => readSettings({ HQ_API: value })).toThrow('HQ_API');
    },
  );
});

describe('words with a form', () => {
  it('are paths of files and folders, never both', () => {
    expect(filePath('a/b')).toBe('a/b');
    expect(folderPath('a')).toBe('a/');
    expect(folderPath('.')).toBe('');
    expect(targetPath('a/', 'f')).toBe('a/f');
    expect(targetPath('', 'f')).toBe('f');
    expect(targetPath('a/g', 'f')).toBe('a/g');
    for (const text of ['a/', '']) expect(() => filePath(text)).toThrow('names a folder');
    for (const text of ['/a', 'a//b', '../a', 'a\\b', 'a\u0000']) expect(() => filePath(text)).toThrow("This path can't be used");
  });

  it('are lengths of time', () => {
    expect(['90s', '15m', '12h', '7d'].map(readDuration)).toEqual([90, 900, 43_200, 604_800]);
    for (const text of ['', '7', 'd', '7w', '-1d', '1.5h', '9999999d']) expect(() => readDuration(text)).toThrow('no length of time');
  });

  it('are sizes as people read them', () => {
    expect([0, 999, 1000, 999_499, 999_999, 64_000_000, 5e12].map(readable)).toEqual(['0 B', '999 B', '1.0 KB', '999.5 KB', '1.0 MB', '64.0 MB', '5.0 TB']);
  });
});
