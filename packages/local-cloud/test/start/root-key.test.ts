/** The root key: one for a folder, kept to its owner, and what it seals cannot be bent. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRootKey } from '../../src/root-key.ts';
import { temporaryFolder } from '../front/fixture.ts';

/** Node's words for a seal that does not hold, or ours for what was never one. */
const REFUSED = /unable to authenticate data|not sealed with the root key/;

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

describe('the root key', () => {
  it('is made once, for its owner only, and nothing else is left behind', () => {
    const first = openRootKey(folder.path);
    const sealed = first.seal(Buffer.from('text'), 'label');
    expect(statSync(join(folder.path, 'root.key')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder.path)).toEqual(['root.key']);
    const again = openRootKey(folder.path);
    expect(Buffer.from(again.open(sealed, 'label')).toString()).toBe('text');
    expect(again.derive('a')).toEqual(first.derive('a'));
    expect(first.derive('a')).not.toEqual(first.derive('b'));
  });

  it('seals so that no byte, no length and no label can be another', () => {
    const key = openRootKey(folder.path);
    const sealed = Buffer.from(key.seal(Buffer.from('text'), 'label'));
    expect(sealed.includes('text')).toBe(false);
    for (let at = 0; at < sealed.length; at++) {
      const bent = Buffer.from(sealed);
      bent[at] = (bent[at] ?? 0) ^ 1;
      expect(() => key.open(bent, 'label'), `byte ${at}`).toThrow(REFUSED);
    }
    expect(() => key.open(sealed.subarray(0, -1), 'label')).toThrow(REFUSED);
    expect(() => key.open(Buffer.alloc(0), 'label')).toThrow(REFUSED);
    expect(() => key.open(sealed, 'labels')).toThrow(REFUSED);
  });

  it('that is cut short is refused, and never replaced', () => {
    const file = join(folder.path, 'root.key');
    writeFileSync(file, 'short');
    expect(() => openRootKey(folder.path)).toThrow(/not a root key/);
    expect(readFileSync(file, 'utf8')).toBe('short');
  });
});
