/** Files through the whole chain: what a person does, and what they are refused. */
import { nothingHere } from '@hq/shared/acl/actions';
import type { HqError } from '@hq/shared/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHqError } from '../../src/error-map.ts';
import { startApi, type ApiUnderTest } from '../../test-support/api-under-test.ts';
import { refusalOf } from '../../test-support/refusal.ts';

let api: ApiUnderTest;
let vault: string;
let bucket: string;
const text = (value: string) => Buffer.from(value).toString('base64');

beforeAll(async () => {
  api = await startApi();
  ({ id: vault, bucket } = await api.organization('acme', { bob: 'contributor', eve: 'read-only' }));
  await api.as('ada').acl.grant({ vault, path: 'team/', grantee: { kind: 'org' }, level: 'write' });
  await api.as('ada').acl.grant({ vault, path: 'team/secret/', grantee: { kind: 'org' }, level: 'none' });
});
afterAll(() => api.close());

describe('a file', () => {
  it('comes back as it was put', async () => {
    const put = await api.as('bob').files.put({ vault, path: 'team/notes.md', content: text('hello'), contentType: 'text/markdown' });
    expect(put).toEqual({ path: 'team/notes.md', size: 5, etag: expect.stringMatching(/^[0-9a-f]{32}$/), versionId: expect.any(String) });
    const got = await api.as('ada').files.get({ vault, path: 'team/notes.md' });
    expect(Buffer.from(got.content, 'base64').toString()).toBe('hello');
    expect(got.contentType).toBe('text/markdown');
    expect(await api.as('ada').files.stat({ vault, path: 'team/notes.md' })).toMatchObject({ size: 5, etag: put.etag });
  });

  it('is one file whether its name is typed composed or decomposed', async () => {
    await api.as('bob').files.put({ vault, path: 'team/e\u0301.md', content: text('accent') });
    expect(api.storage.has(bucket, 'team/\u00e9.md')).toBe(true);
    expect(await api.as('bob').files.stat({ vault, path: 'team/\u00e9.md' })).toMatchObject({ size: 6 });
  });

  it('is opened under a session that opens this file and nothing else', async () => {
    const before = api.storage.minted.length;
    await api.as('bob').files.get({ vault, path: 'team/notes.md' });
    const [session, ...more] = api.storage.minted.slice(before);
    expect(more).toEqual([]);
    expect(JSON.parse(session?.policy ?? '')).toMatchObject({ Statement: [{ Resource: `arn:aws:s3:::${bucket}/team/notes.md`, Effect: 'Allow' }, {}] });
    expect(session?.policy).not.toContain('Put');
    expect(session?.policy).not.toContain('List');
    expect(session).toMatchObject({ durationSeconds: 900, tags: { vault, home: `${bucket}/` } });
  });

  it('is written only over the version that the caller names', async () => {
    const { etag } = await api.as('bob').files.put({ vault, path: 'team/c.md', content: text('1'), ifNoneMatch: '*' });
    expect(await refusalOf(api.as('bob').files.put({ vault, path: 'team/c.md', content: text('2'), ifNoneMatch: '*' }))).toBe('PRECONDITION_FAILED');
    expect(await refusalOf(api.as('bob').files.put({ vault, path: 'team/c.md', content: text('2'), ifMatch: '0'.repeat(32) }))).toBe('PRECONDITION_FAILED');
    await api.as('bob').files.put({ vault, path: 'team/c.md', content: text('2'), ifMatch: etag });
    expect(await refusalOf(api.as('bob').files.remove({ vault, path: 'team/c.md', ifMatch: etag }))).toBe('PRECONDITION_FAILED');
  });

  it('keeps its versions, also past its removal, and an old one can be restored', async () => {
    await api.as('bob').files.put({ vault, path: 'team/v.md', content: text('one') });
    await api.as('bob').files.put({ vault, path: 'team/v.md', content: text('two') });
    await api.as('bob').files.put({ vault, path: 'team/v.md.bak', content: text('beside') });
    await api.as('bob').files.remove({ vault, path: 'team/v.md' });
    const { versions } = await api.as('bob').files.versions({ vault, path: 'team/v.md' });
    expect(versions.map(({ deleted, current, size }) => ({ deleted, current, size }))).toEqual([
      { deleted: true, current: true, size: 0 },
      { deleted: false, current: false, size: 3 },
      { deleted: false, current: false, size: 3 },
    ]);
    await api.as('bob').files.restore({ vault, path: 'team/v.md', versionId: versions[2]?.versionId ?? '' });
    expect(Buffer.from((await api.as('bob').files.get({ vault, path: 'team/v.md' })).content, 'base64').toString()).toBe('one');
  });

  it('over the limit is refused with the way that works', async () => {
    const error = await api
      .as('bob')
      .files.put({ vault, path: 'team/big.bin', content: 'A'.repeat(6_000_004) })
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'PAYLOAD_TOO_LARGE', message: expect.stringContaining('credentials.issue') });
    expect(api.storage.has(bucket, 'team/big.bin')).toBe(false);
  });

  it('that is not there can not be removed', async () => {
    expect(await refusalOf(api.as('bob').files.remove({ vault, path: 'team/never.md' }))).toBe('NOT_FOUND');
  });
});

describe('copy and move', () => {
  it('put the content in the new place, and a move takes it from the old one', async () => {
    await api.as('bob').files.put({ vault, path: 'team/from.md', content: text('content') });
    await api.as('bob').files.copy({ vault, from: 'team/from.md', to: 'team/copy.md' });
    await api.as('bob').files.move({ vault, from: 'team/from.md', to: 'team/to.md' });
    expect(['from.md', 'copy.md', 'to.md'].map((name) => api.storage.has(bucket, `team/${name}`))).toEqual([false, true, true]);
    expect(await refusalOf(api.as('bob').files.move({ vault, from: 'team/copy.md', to: 'team/to.md', ifNoneMatch: '*' }))).toBe('PRECONDITION_FAILED');
  });

  it('keep a source that changes while it is moved', async () => {
    await api.as('bob').files.put({ vault, path: 'team/busy.md', content: text('old') });
    api.storage.beforeRemove = () => api.storage.seed(bucket, 'team/busy.md', 'newer');
    expect(await refusalOf(api.as('bob').files.move({ vault, from: 'team/busy.md', to: 'team/moved.md' }))).toBe('CONFLICT');
    expect(Buffer.from((await api.as('bob').files.get({ vault, path: 'team/busy.md' })).content, 'base64').toString()).toBe('newer');
  });

  it('one of ten moves at once takes the file, and the others leave nothing behind', async () => {
    await api.as('bob').files.put({ vault, path: 'team/mv.md', content: text('mv') });
    const targets = Array.from({ length: 10 }, (_, i) => `team/mv/${i}.md`);
    const outcomes = await Promise.all(
      targets.map((to) =>
        api
          .as('bob')
          .files.move({ vault, from: 'team/mv.md', to, ifNoneMatch: '*' })
          .then(
            () => 'moved' as const,
            (error: unknown) => toHqError(error),
          ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'moved')).toHaveLength(1);
    // Whoever looked before the winner was done is told what happened; whoever looked later finds nothing.
    const told = outcomes.map((outcome) => (outcome === 'moved' ? 'moved' : `${outcome.code} ${outcome.message}`));
    const truths = [
      'moved',
      'CONFLICT The file was moved or removed by someone else at the same moment, so it was not moved.',
      `NOT_FOUND ${nothingHere().message}`,
    ];
    expect(told.filter((each) => !truths.includes(each))).toEqual([]);
    expect(targets.filter((to) => api.storage.has(bucket, to))).toHaveLength(1);
    expect(api.storage.has(bucket, 'team/mv.md')).toBe(false);
  });

  it('a move that came too late puts back what its copy replaced, or leaves what somebody wrote over it', async () => {
    const read = async (path: string) => Buffer.from((await api.as('bob').files.get({ vault, path })).content, 'base64').toString();
    await api.as('bob').files.put({ vault, path: 'team/late.md', content: text('late') });
    await api.as('bob').files.put({ vault, path: 'team/place.md', content: text('before') });
    api.storage.beforeRemove = () => api.storage.unseed(bucket, 'team/late.md');
    expect(await refusalOf(api.as('bob').files.move({ vault, from: 'team/late.md', to: 'team/place.md' }))).toBe('CONFLICT');
    expect(await read('team/place.md')).toBe('before');

    await api.as('bob').files.put({ vault, path: 'team/late.md', content: text('late') });
    api.storage.beforeRemove = () => {
      api.storage.unseed(bucket, 'team/late.md');
      api.storage.seed(bucket, 'team/place.md', 'theirs');
    };
    expect(await refusalOf(api.as('bob').files.move({ vault, from: 'team/late.md', to: 'team/place.md' }))).toBe('CONFLICT');
    expect(await read('team/place.md')).toBe('theirs');
  });

  it('are on record with both paths', async () => {
    await api.as('bob').files.put({ vault, path: 'team/one.md', content: text('1') });
    await api.as('bob').files.copy({ vault, from: 'team/one.md', to: 'team/two.md' });
    const copies = (await api.stores.sessions.ofVault(vault)).filter(({ operation, cone }) => operation === 'files.copy' && cone === 'team/two.md');
    expect(copies.map(({ source }) => source)).toEqual(['team/one.md']);
  });

  it('need their level on both paths', async () => {
    await api.as('ada').files.put({ vault, path: 'team/secret/key.md', content: text('hidden') });
    await api.as('ada').files.put({ vault, path: 'outside.md', content: text('hidden') });
    expect(await refusalOf(api.as('bob').files.copy({ vault, from: 'team/secret/key.md', to: 'team/stolen.md' }))).toBe('NOT_FOUND');
    expect(await refusalOf(api.as('bob').files.copy({ vault, from: 'team/to.md', to: 'team/secret/key.md' }))).toBe('NOT_FOUND');
    expect(await refusalOf(api.as('eve').files.move({ vault, from: 'team/to.md', to: 'team/mine.md' }))).toBe('FORBIDDEN');
  });
});

describe('what the caller may not do', () => {
  it('is not found where they may not read, forbidden where they may', async () => {
    expect(await refusalOf(api.as('bob').files.get({ vault, path: 'team/secret/key.md' }))).toBe('NOT_FOUND');
    expect(await refusalOf(api.as('bob').files.put({ vault, path: 'elsewhere.md', content: '' }))).toBe('NOT_FOUND');
    expect(await refusalOf(api.as('eve').files.put({ vault, path: 'team/notes.md', content: '' }))).toBe('FORBIDDEN');
    expect(await refusalOf(api.as('eve').files.remove({ vault, path: 'team/notes.md' }))).toBe('FORBIDDEN');
  });

  it('is refused in the same words as what is not there, by every procedure that takes a path', async () => {
    const [absent, secret] = ['team/nothing.md', 'team/secret/key.md'];
    await api.as('ada').files.put({ vault, path: secret, content: text('hidden') });
    await api.as('bob').files.put({ vault, path: 'team/here.md', content: text('here') });
    const { files } = api.as('bob');
    const asks: Record<string, (path: string) => Promise<unknown>> = {
      stat: (path) => files.stat({ vault, path }),
      get: (path) => files.get({ vault, path }),
      'get of a version': (path) => files.get({ vault, path, versionId: 'v1' }),
      'get of no version': (path) => files.get({ vault, path, versionId: 'made up' }),
      'restore of no version': (path) => files.restore({ vault, path, versionId: 'made up' }),
      remove: (path) => files.remove({ vault, path }),
      'remove of a state': (path) => files.remove({ vault, path, ifMatch: '0'.repeat(32) }),
      versions: (path) => files.versions({ vault, path }),
      restore: (path) => files.restore({ vault, path, versionId: 'v1' }),
      copy: (from) => files.copy({ vault, from, to: 'team/to-copy.md' }),
      move: (from) => files.move({ vault, from, to: 'team/to-move.md' }),
    };
    for (const [name, ask] of Object.entries(asks)) {
      const [one, other] = await Promise.all([absent, secret].map((path) => ask(path).then(() => undefined, toHqError)));
      const words = ({ code, message, hint, details }: Partial<HqError> = {}) => ({ name, code, message, hint, details });
      expect(words(one)).toEqual({ name, code: 'NOT_FOUND', message: expect.any(String), hint: expect.any(String), details: other?.details });
      expect(words(one)).toEqual(words(other));
      expect(one?.message).toBe(nothingHere().message);
    }
  });

  it('mints nothing', async () => {
    const before = api.storage.minted.length;
    await refusalOf(api.as('eve').files.put({ vault, path: 'team/notes.md', content: '' }));
    await refusalOf(api.as('bob').files.get({ vault, path: 'team/secret/key.md' }));
    expect(api.storage.minted.length).toBe(before);
  });

  it('looks the same in a foreign organization and in one that does not exist', async () => {
    const unknown = `cmp_${'0'.repeat(26)}`;
    const [foreign, none] = await Promise.all(
      [vault, unknown].map((id) =>
        api
          .as('kim')
          .files.list({ vault: id })
          .catch((error: unknown) => error),
      ),
    );
    expect(foreign).toMatchObject({ code: 'NOT_FOUND' });
    expect(String(foreign)).toBe(String(none));
  });
});
