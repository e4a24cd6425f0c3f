/** Files on this computer's side of a transfer: what may be sent, and how what arrives gets its name. */
import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readUpload } from '../../src/node/read-upload.ts';
import { writeDownload } from '../../src/node/write-download.ts';
import { contentOf, noise, read, sha256 } from '../support/content.ts';

let folder: string;
const at = (name: string): string => join(folder, name);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hq-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const plain = { replace: false, executable: false };

describe('a file to upload', () => {
  it('is hashed, and can be read as often as it has to be', async () => {
    const bytes = noise(700_000);
    await writeFile(at('f'), bytes);
    await chmod(at('f'), 0o755);
    const { content, sha256: hash, executable } = await readUpload(at('f'));
    expect({ size: content.size, hash, executable }).toEqual({ size: 700_000, hash: sha256(bytes), executable: true });
    for (let time = 0; time < 2; time++) {
      const copies: Uint8Array[] = [];
      for await (const chunk of content.open()) copies.push(Uint8Array.from(chunk));
      expect(sha256(Buffer.concat(copies))).toBe(hash);
    }
  });

  it('may be empty', async () => {
    await writeFile(at('f'), '');
    const { content } = await readUpload(at('f'));
    expect(await read(content.open())).toHaveLength(0);
  });

  it('is not a folder, and not a pipe that would never end', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    for (const name of ['', 'pipe']) await expect(readUpload(at(name))).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await expect(readUpload(at('missing'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

async function* damaged(): AsyncGenerator<Uint8Array> {
  yield noise(10);
  throw new Error('damaged');
}

describe('a file that arrives', () => {
  it('has its name only when it is whole', async () => {
    const bytes = noise(200_000);
    const seen: string[][] = [];
    async function* watched(): AsyncGenerator<Uint8Array> {
      for await (const chunk of contentOf(bytes).open()) {
        seen.push(await readdir(folder));
        yield chunk;
      }
    }
    await writeDownload(at('f'), watched(), { ...plain, executable: true });
    expect(seen.flat().every((name) => /^\.hq-.*\.part$/.test(name))).toBe(true);
    expect(sha256(await readFile(at('f')))).toBe(sha256(bytes));
    expect((await stat(at('f'))).mode & 0o100).toBe(0o100);
    expect(await readdir(folder)).toEqual(['f']);
  });

  it('leaves nothing when it is damaged, stopped, or has no place to go', async () => {
    await expect(writeDownload(at('f'), damaged(), plain)).rejects.toThrow('damaged');
    const stopped = writeDownload(at('f'), contentOf('x').open(), { ...plain, signal: AbortSignal.abort() });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    await expect(writeDownload(at('no/such/f'), contentOf('x').open(), plain)).rejects.toMatchObject({ code: 'ENOENT', path: at('no/such/f') });
    expect(await readdir(folder)).toEqual([]);
  });

  it('replaces what is there only when it is told to, and never writes through a link', async () => {
    await writeFile(at('f'), 'mine');
    await expect(writeDownload(at('f'), contentOf('theirs').open(), plain)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await readFile(at('f'), 'utf8')).toBe('mine');
    await symlink(at('f'), at('link'));
    await writeDownload(at('link'), contentOf('theirs').open(), { ...plain, replace: true });
    expect(await readFile(at('f'), 'utf8')).toBe('mine');
    expect(await readFile(at('link'), 'utf8')).toBe('theirs');
    expect((await readdir(folder)).sort()).toEqual(['f', 'link']);
  });

  it('is refused its name also when somebody takes that name while it arrives', async () => {
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield noise(10);
      await writeFile(at('f'), 'mine');
    }
    await expect(writeDownload(at('f'), slow(), plain)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await readFile(at('f'), 'utf8')).toBe('mine');
  });
});
