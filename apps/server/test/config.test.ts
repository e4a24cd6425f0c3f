/** Settings: defaults, and a refusal that names what can't be used. */
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';
import { explainStart } from '../src/start-error.ts';

describe('the settings', () => {
  it('have defaults: this machine alone, no web page', () => {
    expect(readConfig({})).toMatchObject({ port: 8787, storagePort: 8788, origins: [] });
  });

  it('take web origins as browsers send them, each once', () => {
    expect(readConfig({ HQ_ORIGINS: 'https://hq.example.com, http://127.0.0.1:3000,https://hq.example.com,' }).origins).toEqual([
      'https://hq.example.com',
      'http://127.0.0.1:3000',
    ]);
    expect(readConfig({ HQ_ORIGINS: '' }).origins).toEqual([]);
  });

  it.each([
    '*',
    'null',
    'hq.example.com',
    'https://hq.example.com/',
    'https://HQ.example.com',
    'https://hq.example.com:443',
    'https://*.example.com',
    'https://someone@hq.example.com',
    'file:///tmp',
    'javascript:alert(1)',
  ])('refuse the origin %s', (origin) => {
    expect(() => readConfig({ HQ_ORIGINS: `https://fine.example,${origin}` })).toThrow(ConfigError);
    expect(() => readConfig({ HQ_ORIGINS: origin })).toThrow(`HQ_ORIGINS can't be used: "${origin}" is no web origin`);
  });

  it.each([
    [{ HQ_PORT: '0' }, 'HQ_PORT'],
    [{ HQ_PORT: '70000' }, 'HQ_PORT'],
    [{ HQ_PORT: 'abc' }, 'HQ_PORT can\'t be used: "abc" is no port. A port is a number from 1 to 65535'],
    [{ HQ_PORT: '1e3' }, '"1e3" is no port'],
    [{ HQ_PORT: '' }, '"" is no port'],
    [{ HQ_STORAGE_PORT: 'x' }, 'HQ_STORAGE_PORT can\'t be used: "x" is no port'],
    [{ HQ_DATA: '' }, 'HQ_DATA'],
    [{ HQ_PORT: '9000', HQ_STORAGE_PORT: '9000' }, 'the same'],
  ])('refuse %j by name', (settings, named) => {
    expect(() => readConfig(settings)).toThrow(named);
  });
});

describe('a start that fails', () => {
  it.each(['DataFolderError', 'DataLockedError'])('names the setting behind a %s', (name) => {
    const error = Object.assign(new Error('the data folder /x can not be used: choose another folder'), { name });
    expect(explainStart(error)).toBe('Could not start: the data folder /x can not be used: choose another folder (HQ_DATA).');
  });
});
