/**
 * Where another engine does not answer as AWS does, exactly how, and what it does right beside it. Each of these is left out of `enforcers.test.ts`; nothing else
 * is. They are facts about test engines: the product's storage is AWS, or local-cloud, which is asked the same here and answers as AWS documents.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { emitSession } from '@hq/policy/emit';
import { canonicalPath, root } from '@hq/shared/path';
import type { Vault } from '@hq/shared/vault';
import { openCephEngine } from '../isolation/ceph-engine.ts';
import { sessionFor, type Credentials, type Engine } from '../isolation/engine.ts';
import { startLocalEngine } from '../isolation/local-engine.ts';
import { openMinioEngine } from '../isolation/minio-engine.ts';
import { copySource, openDoor, type Door, type SignedRequest } from '../isolation/signed-request.ts';
import { engineUrl } from '../support/engines.ts';

const [ceph, minio] = [engineUrl('Ceph RGW', 'HQ_CEPH_URL'), engineUrl('MinIO', 'HQ_MINIO_URL')];

/** What each engine answers to the same question, as `status code`. */
interface Quirks {
  readonly copyIntoCarveOut: string;
  readonly missingOutside: string;
  readonly missingInside: string;
  readonly versionsWhereListed: string;
  readonly dotSegments: string;
  /** A folder with `*`, `?` or `$` in its name that is allowed, and one that is carved out. */
  readonly wildAllowed: string;
  readonly wildCarvedOut: string;
  /** Minting for a folder with a `:` in its name, or something like a variable. */
  readonly mintsColon: boolean;
  readonly mintsVariable: boolean;
}

const asDocumented: Quirks = {
  copyIntoCarveOut: '403 AccessDenied',
  missingOutside: '403 AccessDenied',
  missingInside: '403 AccessDenied',
  versionsWhereListed: '403 AccessDenied',
  dotSegments: '403 AccessDenied',
  wildAllowed: '200 ',
  wildCarvedOut: '403 AccessDenied',
  mintsColon: true,
  mintsVariable: true,
};

const engines: readonly [name: string, open: (() => Promise<Engine>) | undefined, quirks: Quirks][] = [
  ['local-cloud', startLocalEngine, asDocumented],
  [
    'Ceph RGW',
    ceph === undefined ? undefined : () => openCephEngine(ceph),
    {
      ...asDocumented,
      // The destination of a copy is held against what is allowed, and not against what is denied.
      copyIntoCarveOut: '200 ',
      // Whether an object is there is told to everyone.
      missingOutside: '404 NoSuchKey',
      missingInside: '404 NoSuchKey',
      dotSegments: '404 NoSuchKey',
      // Escapes are not understood and match nothing: what they allow is closed, and what they carve out is open.
      wildAllowed: '403 AccessDenied',
      wildCarvedOut: '200 ',
      mintsColon: false,
      mintsVariable: false,
    },
  ],
  [
    'MinIO',
    minio === undefined ? undefined : () => openMinioEngine(minio),
    {
      ...asDocumented,
      // Told to those who might read it.
      missingInside: '404 NoSuchKey',
      // The right to list is also the right to list versions.
      versionsWhereListed: '200 ',
      dotSegments: '400 XMinioInvalidResourceName',
      wildAllowed: '403 AccessDenied',
      wildCarvedOut: '200 ',
    },
  ],
];

describe.each(engines.filter(([, open]) => open !== undefined))('%s, question by question', (_name, open, quirks) => {
  let engine: Engine;
  let vault: Vault;
  let door: Door;
  let owner: Credentials;

  const ask = async (request: Omit<SignedRequest, 'bucket'>, credentials: Credentials): Promise<string> => {
    const { status, code } = await door.send({ ...request, bucket: vault.bucket }, credentials);
    return `${status} ${code}`;
  };
  const put = (key: string, credentials: Credentials): Promise<string> => ask({ method: 'PUT', key, body: key }, credentials);
  const get = (key: string, credentials: Credentials): Promise<string> => ask({ method: 'GET', key }, credentials);
  const copy = (from: string, to: string, credentials: Credentials): Promise<string> =>
    ask({ method: 'PUT', key: to, headers: { 'x-amz-copy-source': copySource(vault.bucket, from) } }, credentials);
  const minted = (allow: string, deny: readonly string[], list: readonly string[] = []): Promise<Credentials> => {
    const regions = [{ allow: canonicalPath(allow), deny: deny.map(canonicalPath) }];
    return engine.mint(vault, emitSession(vault, 'write', engine.kms ? 'kms' : 'none', regions, list.map(canonicalPath)));
  };
  const mints = async (folder: string): Promise<boolean> => {
    try {
      await minted(folder, []);
      return true;
    } catch (error) {
      // STS's refusal, and no other failure.
      expect((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode).toBe(400);
      return false;
    }
  };

  beforeAll(async () => {
    if (open === undefined) throw new Error('Filtered out above.');
    engine = await open();
    vault = await engine.makeVault('organization', 'acme');
    door = openDoor(engine.endpoint, engine.ahead);
    owner = await sessionFor(engine, vault, root, 'write');
    for (const key of ['team/in.txt', 'team/closed/in.txt', 'other/in.txt', 'a*b/x', 'a?b/x', 'a$b/x']) {
      const answer = await put(key, owner);
      if (answer !== '200 ') throw new Error(`${engine.name} did not take ${key}: ${answer}`);
    }
  });
  afterAll(async () => {
    door.close();
    await engine.close();
  });

  test('a copy into a carve-out', async () => {
    const session = await minted('team/', ['team/closed/']);
    expect(await copy('team/in.txt', 'team/closed/copy.txt', session)).toBe(quirks.copyIntoCarveOut);
    // An upload to the same place is refused, and so are a copy out of it and one to where nothing is allowed.
    expect(await put('team/closed/put.txt', session)).toBe('403 AccessDenied');
    expect(await copy('team/closed/in.txt', 'team/copy.txt', session)).toBe('403 AccessDenied');
    expect(await copy('team/in.txt', 'other/copy.txt', session)).toBe('403 AccessDenied');
    expect(await copy('team/in.txt', 'team/copy.txt', session)).toBe('200 ');
  });

  test('an object that is not there', async () => {
    const session = await minted('team/', []);
    expect(await get('nothing/in.txt', session)).toBe(quirks.missingOutside);
    expect(await get('team/nothing.txt', session)).toBe(quirks.missingInside);
    // To who may list the bucket, all say it; and what is there stays closed everywhere.
    expect(await get('team/nothing.txt', owner)).toBe('404 NoSuchKey');
    expect(await get('other/in.txt', session)).toBe('403 AccessDenied');
  });

  test('a listing of versions by who may list objects', async () => {
    const session = await minted('team/', [], ['team/']);
    expect(await ask({ method: 'GET', key: '', query: { versions: '', prefix: 'team/' } }, session)).toBe(quirks.versionsWhereListed);
    expect(await ask({ method: 'GET', key: '', query: { versions: '', prefix: 'other/' } }, session)).toBe('403 AccessDenied');
    expect(await ask({ method: 'GET', key: '', query: { 'list-type': '2', prefix: 'team/' } }, session)).toBe('200 ');
    expect(await ask({ method: 'GET', key: '', query: { 'list-type': '2' } }, session)).toBe('403 AccessDenied');
  });

  test('a key with dots for folders leads nowhere else', async () => {
    const session = await minted('team/', []);
    expect(await get('team/./nothing.txt', session)).toBe(quirks.dotSegments);
    expect(await get('team/../other/in.txt', session)).toBe(quirks.dotSegments);
  });

  test.each(['*', '?', '$'])('a folder with %s in its name', async (character) => {
    const folder = `a${character}b/`;
    expect(await get(`${folder}x`, await minted(folder, []))).toBe(quirks.wildAllowed);
    expect(await get(`${folder}x`, await minted('', [folder]))).toBe(quirks.wildCarvedOut);
    // In no engine it stands for other names.
    expect(await put('anb/x', await minted(folder, []))).toBe('403 AccessDenied');
  });

  test('names that a policy could misread, at the mint', async () => {
    expect(await mints('a:b/')).toBe(quirks.mintsColon);
    expect(await mints('${aws:username}/')).toBe(quirks.mintsVariable);
    expect(await mints('","Effect/')).toBe(true);
  });
});
