/** The keychain for real: a Secret Service on a D-Bus session of its own, where this machine has one; and a machine without any. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../support/keychain-process.ts', import.meta.url));
const has = (command: string): boolean => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
const available = has('dbus-run-session') && has('gnome-keyring-daemon');
if (!available) {
  if (process.env['CI'] !== undefined) throw new Error('gnome-keyring and dbus are missing: CI has to have them');
  console.warn('left out: the keychain of the desktop (needs dbus-run-session and gnome-keyring-daemon)');
}

function observe(command: string, args: readonly string[], home: string): unknown {
  const { DBUS_SESSION_BUS_ADDRESS: _, ...environment } = process.env;
  return JSON.parse(execFileSync(command, args, { env: { ...environment, HOME: home, XDG_DATA_HOME: home, XDG_RUNTIME_DIR: home }, encoding: 'utf8' }));
}

function inHome<T>(work: (home: string) => T): T {
  const home = mkdtempSync(join(tmpdir(), 'hq-keychain-'));
  try {
    return work(home);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

describe('the keychain', () => {
  const cases = available ? [['gnome-keyring', { same: true, onDisk: false, cleared: true }] as const] : [];
  for (const [name, expected] of cases) {
    it(`of ${name} keeps tokens of four kilobytes, and no file does`, () => {
      const shell = `printf pass | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "${process.execPath}" "${script}" "$HOME"`;
      expect(inHome((home) => observe('dbus-run-session', ['--', 'sh', '-c', shell], home))).toEqual(expected);
    });
  }

  it('is replaced by the file where there is none', () => {
    expect(inHome((home) => observe(process.execPath, [script, home], home))).toEqual({ same: true, onDisk: true, cleared: true });
  });
});
