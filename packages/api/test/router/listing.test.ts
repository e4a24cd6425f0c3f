/** Listing and searching: pages, filters, and tokens that fit nowhere else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emailOf, startApi, type ApiUnderTest, type Name } from '../../test-support/api-under-test.ts';
import { refusalOf } from '../../test-support/refusal.ts';

let api: ApiUnderTest;
let vault: string;
let bucket: string;

beforeAll(async () => {
  api = await startApi();
  ({ id: vault, bucket } = await api.organization('acme', { bob: 'contributor' }));
  const grant = (path: string, level: 'read' | 'none') => api.as('ada').acl.grant({ vault, path, grantee: { kind: 'email', email: emailOf('bob') }, level });
  for (let i = 0; i < 250; i++) api.storage.seed(bucket, `docs/${String(i).padStart(3, '0')}.md`);
  for (let i = 0; i < 1500; i++) api.storage.seed(bucket, `hidden/${String(i).padStart(4, '0')}.md`);
  for (let i = 0; i < 1500; i++) api.storage.seed(bucket, `mixed/a-secret/${String(i).padStart(4, '0')}.md`);
  for (const key of [
    'mixed/z.md',
    'mixed/b/open/Report.md',
    'mixed/b/x.md',
    'docs-secret/a.md',
    'deep/down/here/Report.md',
    'deep/other.md',
    'top.md',
    'empty/',
  ]) {
    api.storage.seed(bucket, key);
  }
  await grant('docs/', 'read');
  await grant('mixed/', 'read');
  await grant('mixed/a-secret/', 'none');
  await grant('mixed/b/', 'none');
  await grant('mixed/b/open/', 'read');
  await grant('deep/down/here/', 'read');
  await grant('empty/', 'read');
});
afterAll(() => api.close());

/** All pages of a listing. */
async function pages(name: Name, input: { prefix?: string; recursive?: boolean }) {
  const all: { files: string[]; folders: string[] }[] = [];
  for (let continuationToken: string | undefined; ; ) {
    const page = await api.as(name).files.list({ vault, ...input, ...(continuationToken === undefined ? {} : { continuationToken }) });
    all.push({ files: page.files.map(({ path }) => path), folders: page.folders });
    expect(page.isTruncated).toBe(page.continuationToken !== null);
    if (page.continuationToken === null) return all;
    continuationToken = page.continuationToken;
  }
}
const namesOf = (all: { files: string[] }[]) => all.flatMap(({ files }) => files);

/** The token of a first page. */
const first = async (name: Name, input: { prefix: string; recursive?: boolean }) =>
  (await api.as(name).files.list({ vault, ...input })).continuationToken ?? '';

describe('a listing', () => {
  it('has 100 names a page, in order, past the thousandth, without gap or double', async () => {
    const all = await pages('ada', { prefix: 'hidden/' });
    expect(all.map(({ files }) => files.length)).toEqual(Array.from({ length: 15 }, () => 100));
    expect(namesOf(all)).toEqual(Array.from({ length: 1500 }, (_, i) => `hidden/${String(i).padStart(4, '0')}.md`));
  });

  it('holds only what the caller may read, and never a sibling that starts alike', async () => {
    const names = namesOf(await pages('bob', {}));
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !name.startsWith('docs/'))).toEqual(['deep/down/here/Report.md', 'mixed/b/open/Report.md', 'mixed/z.md']);
    expect(names.filter((name) => name.startsWith('docs/'))).toHaveLength(250);
  });

  it('skips what is hidden, however much it is', async () => {
    const before = api.storage.lists;
    expect(await pages('bob', { prefix: 'mixed/' })).toEqual([{ files: ['mixed/b/open/Report.md', 'mixed/z.md'], folders: [] }]);
    expect(api.storage.lists - before).toBe(4);
  });

  it('of a folder that is all hidden is that of a folder that is not there, and does not even ask storage', async () => {
    const before = api.storage.lists;
    expect(await pages('bob', { prefix: 'hidden/' })).toEqual([{ files: [], folders: [] }]);
    expect(await pages('bob', { prefix: 'nowhere/' })).toEqual([{ files: [], folders: [] }]);
    expect(api.storage.lists).toBe(before);
  });

  it('of one level shows the sub-folders that lead to something the caller may read, and no others', async () => {
    expect(await pages('bob', { recursive: false })).toEqual([{ files: [], folders: ['deep/', 'docs/', 'empty/', 'mixed/'] }]);
    expect(await pages('ada', { recursive: false })).toEqual([
      { files: ['top.md'], folders: ['deep/', 'docs-secret/', 'docs/', 'empty/', 'hidden/', 'mixed/'] },
    ]);
    expect(await pages('bob', { prefix: 'mixed/', recursive: false })).toEqual([{ files: ['mixed/z.md'], folders: ['mixed/b/'] }]);
    expect(await pages('bob', { prefix: 'deep/', recursive: false })).toEqual([{ files: [], folders: ['deep/down/'] }]);
  });

  it('may start in the middle of a name', async () => {
    expect(namesOf(await pages('bob', { prefix: 'docs/24' }))).toEqual(Array.from({ length: 10 }, (_, i) => `docs/24${i}.md`));
    expect(namesOf(await pages('bob', { prefix: 'doc' }))).toHaveLength(250);
  });

  it('shows a marked empty folder as a folder', async () => {
    expect(await pages('bob', { prefix: 'emp' })).toEqual([{ files: [], folders: ['empty/'] }]);
  });
});

describe('names in storage that are no path', () => {
  it('are left out of files and folders, and counted by their reason for who may read there', async () => {
    const { id, bucket: other } = await api.organization('odd', { bob: 'contributor' });
    for (const key of ['in/a//b', 'in/../../x', 'in/./x', 'in/esc\u001b[31m.txt', 'in/nl\n.txt', 'in/nfd-e\u0301.txt', 'in/back\\slash', 'in/fine.md']) {
      api.storage.seed(other, key);
    }
    const list = (name: Name, recursive: boolean) => api.as(name).files.list({ vault: id, prefix: 'in/', recursive });
    for (const recursive of [true, false]) {
      const page = await list('ada', recursive);
      expect(page.files.map(({ path }) => path)).toEqual(['in/fine.md']);
      expect(page.folders).toEqual(recursive ? [] : ['in/a/']);
      expect(Object.fromEntries(page.unusable.map(({ reason, count }) => [reason, count]))).toEqual({
        ...(recursive ? { 'it holds an empty segment ("//")': 1 } : {}),
        'it holds a ".." segment': 1,
        'it holds a "." segment': 1,
        'it holds a control character': 2,
        'it is not in Unicode NFC': 1,
        'it holds a backslash': 1,
      });
      expect((await list('bob', recursive)).unusable).toEqual([]);
    }
    expect((await api.as('ada').files.search({ vault: id, text: 'x' })).files).toEqual([]);
  });
});

describe('a continuation token', () => {
  it('opens for the same person, vault and prefix only', async () => {
    const continuationToken = await first('bob', { prefix: 'docs/' });
    const other = await api.organization('other', { bob: 'admin' });
    expect(await refusalOf(api.as('ada').files.list({ vault, prefix: 'docs/', continuationToken }))).toBe('BAD_REQUEST');
    expect(await refusalOf(api.as('bob').files.list({ vault, prefix: 'mixed/', continuationToken }))).toBe('BAD_REQUEST');
    expect(await refusalOf(api.as('bob').files.list({ vault, prefix: 'docs/', recursive: false, continuationToken }))).toBe('BAD_REQUEST');
    expect(await refusalOf(api.as('bob').files.list({ vault: other.id, prefix: 'docs/', continuationToken }))).toBe('BAD_REQUEST');
    expect(await refusalOf(api.as('bob').files.search({ vault, text: 'a', continuationToken }))).toBe('BAD_REQUEST');
  });

  it('that was changed in any place is refused', async () => {
    const token = Buffer.from(await first('bob', { prefix: 'docs/' }), 'base64url');
    for (let at = 0; at < token.length; at += 7) {
      const changed = Buffer.from(token);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(await refusalOf(api.as('bob').files.list({ vault, prefix: 'docs/', continuationToken: changed.toString('base64url') }))).toBe('BAD_REQUEST');
    }
    expect(await refusalOf(api.as('bob').files.list({ vault, prefix: 'docs/', continuationToken: 'x' }))).toBe('BAD_REQUEST');
  });

  it('does not show the name at which the page stopped', async () => {
    const token = await first('bob', { prefix: 'docs/' });
    expect(Buffer.from(token, 'base64url').toString('latin1')).not.toContain('docs');
  });

  it('goes on under the rules of now, not those of the page before', async () => {
    await api.as('ada').acl.grant({ vault, path: 'hidden/', grantee: { kind: 'email', email: emailOf('bob') }, level: 'read' });
    const continuationToken = await first('bob', { prefix: 'hidden/' });
    await api.as('ada').acl.revoke({ vault, path: 'hidden/', grantee: { kind: 'email', email: emailOf('bob') } });
    expect(await api.as('bob').files.list({ vault, prefix: 'hidden/', continuationToken })).toEqual({
      files: [],
      folders: [],
      unusable: [],
      continuationToken: null,
      isTruncated: false,
    });
  });
});

describe('a search', () => {
  it('finds by name, whatever the case, only what the caller may read', async () => {
    const found = await api.as('bob').files.search({ vault, text: 'REPORT' });
    expect(found.files.map(({ path }) => path)).toEqual(['deep/down/here/Report.md', 'mixed/b/open/Report.md']);
    expect((await api.as('bob').files.search({ vault, text: 'secret' })).files).toEqual([]);
    expect((await api.as('bob').files.search({ vault, text: 'report', under: 'deep/' })).files).toHaveLength(1);
  });

  it('goes through pages without gap or double', async () => {
    const names: string[] = [];
    for (let continuationToken: string | undefined; ; ) {
      const page = await api.as('ada').files.search({ vault, text: '.md', under: 'mixed/', ...(continuationToken === undefined ? {} : { continuationToken }) });
      names.push(...page.files.map(({ path }) => path));
      if (page.continuationToken === null) break;
      continuationToken = page.continuationToken;
    }
    expect(names).toHaveLength(1503);
    expect(new Set(names).size).toBe(1503);
  });
});
