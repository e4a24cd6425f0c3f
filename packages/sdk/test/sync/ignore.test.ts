import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { canonicalPath, root } from '@hq/shared/path';
import { defaultRules } from '../../src/sync/ignore/defaults.ts';
import { IgnoreLayers } from '../../src/sync/ignore/layers.ts';

const path = canonicalPath;

describe('the built-in rules', () => {
  const layers = new IgnoreLayers();
  test.each([
    '.env',
    'deep/.ENV',
    '.env.production',
    'server.pem',
    'Server.KEY',
    'id_rsa',
    'id_ed25519_work',
    '.ssh/',
    '.aws/',
    '.npmrc',
    'credentials',
    'credentials.json',
    'my-service-account-1.json',
    'secrets/',
    '.netrc',
    'terraform.tfstate',
    '.claude/settings.json',
    '.claude/settings.local.json',
    '.cursor/',
    '.vscode/',
    'settings/',
    'settings/theme.json',
    'apps/Desk/Settings/theme.json',
    '.settings/',
    'team/.settings/org.prefs',
    'credentials/',
    'team/credentials/key.txt',
    '.credentials/',
    'team/secrets/key.txt',
    'datasets/',
    'team/datasets/x.csv',
    'dataset/',
    'data/x.parquet',
    'prompts/',
    'team/prompts/greet.md',
    'prompt-library/',
    'prompt_library/',
    'team/prompt_library/greet.md',
    'node_modules/',
    '.git/',
    '.git/config',
    '.hq/',
    'sub/.HQ/journal',
    '.DS_Store',
    'report.md~',
    '~$report.docx',
  ])('%s stays out', (name) => {
    expect(layers.holdsBack(path(name))).toBe(true);
  });

  test.each([
    '.env.example',
    '.env.schema',
    'id_rsa.pub',
    'README.md',
    '.gitignore',
    '.hqignore',
    'environment.md',
    'settings.md',
    'src/settings.ts',
    'docs/settings',
    'user-settings/a.md',
    'keys.md',
    '.claude/commands/x.md',
    'src/index.ts',
    '.github/workflows/ci.yml',
    'data/notes.csv',
  ])('%s goes in', (name) => {
    expect(layers.verdict(path(name))).toBeUndefined();
  });
});

test('every default pattern holds back a name made after it, at the root and deep down, in any case', () => {
  const layers = new IgnoreLayers();
  for (const pattern of defaultRules.flatMap(({ patterns }) => patterns)) {
    if (pattern.startsWith('!')) continue;
    const name = pattern.replace(/^\\/, '').replaceAll('*', 'x').replace('?', 'p');
    for (const made of [name, `a/b/${name}`, name.toUpperCase()]) expect([made, layers.holdsBack(path(made))]).toEqual([made, true]);
  }
});

describe('the owner has the last word', () => {
  test('.hqignore lets back in what the layers before it hold back, and only that', () => {
    const layers = new IgnoreLayers();
    layers.add(root, { gitignore: 'dist/\n*.log\n', hqignore: '!prompts/\n!dist/\n' });
    expect(layers.verdict(path('prompts/'))).toBeUndefined();
    expect(layers.verdict(path('prompts/a.md'))).toBeUndefined();
    expect(layers.verdict(path('prompts/.env'))).toMatchObject({ layer: 'default' });
    expect(layers.verdict(path('dist/app.js'))).toBeUndefined();
    expect(layers.verdict(path('x.log'))).toEqual({ layer: 'gitignore', reason: '.gitignore: *.log' });
  });

  test('.gitignore cannot be let out of by a deeper folder, .git and .hq by nobody', () => {
    const layers = new IgnoreLayers();
    layers.add(root, { hqignore: '!.git/\n!.hq/\n!node_modules/keep.js\n' });
    expect(layers.verdict(path('.git/'))).toBeDefined();
    expect(layers.verdict(path('.hq/'))).toBeDefined();
    expect(layers.holdsBack(path('node_modules/keep.js'))).toBe(true);
    expect(layers.holdsBack(path('deep/.git/config'))).toBe(true);
  });

  test('a folder whose name looks like a pattern is only a folder', () => {
    const layers = new IgnoreLayers();
    layers.add(path('we[ir]d *!/'), { gitignore: 'x\n' });
    expect(layers.verdict(path('we[ir]d *!/x'))).toBeDefined();
    expect(layers.verdict(path('wei *!/x'))).toBeUndefined();
  });
});

test('nested .gitignore files mean what they mean to git', () => {
  const dir = mkdtempSync(join(tmpdir(), 'hq-git-'));
  const files: Record<string, string> = {
    '.gitignore': '*.log\n!keep.log\n/only-here\nout/\n# a comment\n\\#hash\ntrailing\\ \n**/deep/*.bin\n',
    'a/.gitignore': '!loud.log\nlocal\n/tied\nsub/name\n',
    'a/b/.gitignore': '*.txt\n!read.txt\n',
  };
  const names = [
    'x.log',
    'keep.log',
    'only-here',
    'a/only-here',
    'out/x',
    'a/out/y',
    '#hash',
    'trailing ',
    'q/deep/f.bin',
    'a/loud.log',
    'a/x.log',
    'a/local',
    'a/b/local',
    'local',
  ];
  names.push('a/tied', 'a/b/tied', 'a/sub/name', 'a/b/sub/name', 'a/b/n.txt', 'a/b/read.txt', 'a/n.txt', 'a/b/c/n.txt', 'a/loud.log/x');
  const layers = new IgnoreLayers();
  try {
    execFileSync('git', ['init', '-q', dir]);
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      writeFileSync(join(dir, name), text);
      layers.add(path(name.replace('.gitignore', '')), { gitignore: text });
    }
    for (const name of names) {
      let git = true;
      try {
        execFileSync('git', ['-C', dir, '-c', 'core.ignoreCase=false', 'check-ignore', '-q', '--no-index', name]);
      } catch {
        git = false;
      }
      expect([name, layers.holdsBack(path(name))]).toEqual([name, git]);
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
});
