/** What lists and searches tell of names that the caller may not see: nothing, whether there are none of them or 1,300. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emailOf, startApi, type ApiUnderTest } from '../../test-support/api-under-test.ts';

let api: ApiUnderTest;
/** The same rules and the same visible files; hidden ones in the first only. */
let full: string;
let bare: string;

const edge = '\u{10ffff}';
const hidden = [
  ...Array.from({ length: 1300 }, (_, i) => `team/layoffs-2027/p${i}`),
  'team/layoffs-2027/',
  `team/layoffs-2027/${edge}`,
  `team/layoffs-2027/${edge.repeat(251)}\u07ff`,
  'team/b/secret.md',
  ...Array.from({ length: 150 }, (_, i) => `team/half/kept/h${i}`),
  ...Array.from({ length: 150 }, (_, i) => `team/only/hidden/inside/h${i}`),
  ...Array.from({ length: 150 }, (_, i) => `team/island/sea${i}`),
  ...Array.from({ length: 150 }, (_, i) => `zone/h${i}`),
];
const visible = [
  ...Array.from({ length: 100 }, (_, i) => `team/a/${i}.md`),
  'team/b/open.md',
  'team/b/secret.md.bak',
  'team/half/kept!.md',
  'team/half/kept0.md',
  'team/island/land/x.md',
  'team/layoffs-2027',
  'team/layoffs-2027!',
  'team/layoffs-20270',
  `team/layoffs-2027${edge}`,
  'team/p.md',
];

beforeAll(async () => {
  api = await startApi();
  const organization = async (name: string, keys: readonly string[]) => {
    const { id: vault, bucket } = await api.organization(name, { bob: 'contributor' });
    for (const key of keys) api.storage.seed(bucket, key);
    const grant = (path: string, level: 'read' | 'none') => api.as('ada').acl.grant({ vault, path, grantee: { kind: 'email', email: emailOf('bob') }, level });
    await grant('team/', 'read');
    for (const path of ['team/layoffs-2027/', 'team/b/secret.md', 'team/half/kept/', 'team/only/hidden/', 'team/island/']) await grant(path, 'none');
    await grant('team/island/land/', 'read');
    await grant('zone/one.md', 'read');
    return vault;
  };
  full = await organization('full', [...visible, ...hidden]);
  bare = await organization('bare', visible);
});
afterAll(() => api.close());

type Ask = (
  vault: string,
  continuationToken: { continuationToken?: string },
) => Promise<{ files: { path: string }[]; folders?: string[]; continuationToken: string | null }>;

const listed =
  (prefix: string, recursive = true): Ask =>
  (vault, token) =>
    api.as('bob').files.list({ vault, prefix, recursive, ...token });
const found =
  (text: string, under = 'team/'): Ask =>
  (vault, token) =>
    api.as('bob').files.search({ vault, text, under, ...token });

/** All that the caller can see of an answer, page by page, and what it cost storage. The token is sealed: what shows is whether there is one, and its length. */
async function observed(ask: Ask, vault: string) {
  const pages = [];
  for (let token = {}; pages.length < 50; ) {
    const [lists, minted] = [api.storage.lists, api.storage.minted.length];
    const { continuationToken, files, ...rest } = await ask(vault, token);
    const cost = [api.storage.lists - lists, api.storage.minted.length - minted];
    pages.push({ ...rest, names: files.map(({ path }) => path), token: continuationToken?.length ?? null, cost });
    if (continuationToken === null) break;
    token = { continuationToken };
  }
  return pages;
}

async function seen(ask: Ask) {
  const [one, other] = [await observed(ask, full), await observed(ask, bare)];
  expect(one).toEqual(other);
  return one;
}

describe('with 1,300 hidden files or with none', () => {
  it('answers, tokens and calls to storage are the same, and all that is visible is there', async () => {
    const all = await seen(listed('team/'));
    expect(all.flatMap(({ names }) => names).toSorted()).toEqual(visible.toSorted());
    await seen(listed(''));
    expect((await seen(listed('zone/')))[0]?.names).toEqual([]);
  });

  it('one level is the same, too: a folder in which nothing is visible is not there', async () => {
    const [page] = await seen(listed('team/', false));
    expect(page?.folders?.toSorted()).toEqual(['team/a/', 'team/b/', 'team/half/', 'team/island/']);
    expect(page?.names.toSorted()).toEqual(visible.filter((name) => name.split('/').length === 2).toSorted());
    for (const prefix of ['', 'team/b/', 'team/half/', 'team/only/', 'team/island/', 'team/l', 'team/layoffs-2027', 'team/o'])
      await seen(listed(prefix, false));
    expect((await seen(listed('team/only/', false)))[0]).toMatchObject({ names: [], folders: [] });
  });

  it('a search is the same', async () => {
    for (const text of ['p', 'secret', '.md', 'h']) await seen(found(text));
    expect((await seen(found('secret'))).flatMap(({ names }) => names)).toEqual(['team/b/secret.md.bak']);
  });

  it('no letter of a hidden name is recovered by asking for its beginnings', async () => {
    const name = 'team/layoffs-2027/p1';
    const longer = [];
    for (let length = 'team/'.length; length < name.length; length++) {
      const known = name.slice(0, length);
      for (const tried of new Set([name.slice(0, length + 1), `${known}x`, `${known}0`])) {
        for (const recursive of [true, false]) longer.push(...(await seen(listed(tried, recursive))).filter(({ token }) => token !== null));
      }
    }
    expect(longer).toEqual([]);
  });
});
