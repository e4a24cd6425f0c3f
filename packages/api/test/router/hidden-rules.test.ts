/** What questions about rules tell of what the caller may not read: nothing. Two organizations differ only there, and every answer is the same, byte for byte. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emailOf, idOf, startApi, type ApiUnderTest, type Name } from '../../test-support/api-under-test.ts';
import { refusedWith } from '../../test-support/refusal.ts';

let api: ApiUnderTest;
/** The same rules, sessions and files for Bob to see; many more in the first that are hidden from him. */
let full: string;
let bare: string;

const person = (name: Name) => ({ kind: 'person' as const, id: idOf(name) });
const everyone = { kind: 'org' as const };
const group = async (vault: string, name: string) => ({ kind: 'group' as const, id: (await api.as('ada').groups.create({ vault, name })).id });
type Grant = Parameters<ReturnType<ApiUnderTest['as']>['acl']['grant']>[0];

beforeAll(async () => {
  api = await startApi();
  const organization = async (name: string, hidden: boolean) => {
    const { id: vault, bucket } = await api.organization(name, { bob: 'contributor', eve: 'contributor' });
    const ada = api.as('ada');
    const grant = (path: string, grantee: Grant['grantee'], level: Grant['level'], expiresAt?: number) =>
      ada.acl.grant({ vault, path, grantee, level, ...(expiresAt === undefined ? {} : { expiresAt }) });
    await grant('team/', person('bob'), 'admin');
    await grant('team/', everyone, 'read');
    await grant('team/plans/', person('eve'), 'write');
    await grant('team/secret/', person('bob'), 'none');
    for (const path of ['team/a.md', 'team/plans/b.md']) api.storage.seed(bucket, path);
    await api.as('eve').credentials.issue({ vault, cone: 'team/plans/', access: 'write', durationSeconds: 1000 });
    if (!hidden) return vault;
    const board = await group(vault, 'board');
    await ada.groups.add({ vault, group: board.id, member: idOf('eve') });
    await grant('team/secret/own/', person('eve'), 'admin');
    await grant('team/secret/', { kind: 'email', email: 'spy@example.org' }, 'write', api.now() + 500);
    await grant('team/secret/layoffs/', board, 'write');
    await grant('team/secret/layoffs/bob.md', everyone, 'none');
    await grant('other/', board, 'admin');
    await grant('other/deep/', person('eve'), 'none');
    for (let n = 0; n < 30; n++) api.storage.seed(bucket, `team/secret/${n % 2 === 0 ? 'layoffs' : 'pile'}/${n}.md`);
    for (let n = 0; n < 30; n++) api.storage.seed(bucket, `other/${n}.md`);
    for (const cone of ['team/secret/own/', 'team/secret/layoffs/x', 'other/'])
      await api.as('eve').credentials.issue({ vault, cone, access: 'read', durationSeconds: 3600 });
    return vault;
  };
  full = await organization('full', true);
  bare = await organization('bare', false);
});
afterAll(() => api.close());

type Question = (vault: string) => Promise<unknown>;
const bob = () => api.as('bob');

/** The answer as it comes, without the ids that chance makes. */
async function asked(question: Question, vault: string): Promise<string> {
  const answer = await question(vault);
  return JSON.stringify(answer)
    .replaceAll(vault, 'cmp')
    .replaceAll(/ses_\w{26}/g, 'ses');
}

/** The answer, if it is the same in both and names nothing hidden. */
async function same(question: Question): Promise<string> {
  const answer = await asked(question, full);
  expect(answer).toBe(await asked(question, bare));
  expect(answer).not.toMatch(/secret|board/);
  return answer;
}

describe('an answer is the same', () => {
  it('to list, for an admin of the folder around', async () => {
    expect(await same((vault) => bob().acl.list({ vault, path: 'team/' }))).toContain('team/plans/');
  });

  it('to why', async () => {
    for (const path of ['team/x', 'team/plans/x', '', 'other/x', 'other/deep/', 'o']) await same((vault) => bob().acl.explain({ vault, path }));
    for (const personId of [idOf('eve'), idOf('ada')]) await same((vault) => bob().acl.explain({ vault, path: 'team/plans/x', personId }));
    for (const path of ['team/secret/', 'team/secret/layoffs/bob.md', 'team/secret/no']) {
      const answers = await Promise.all([
        asked((vault) => bob().acl.explain({ vault, path }), full),
        asked((vault) => bob().acl.explain({ vault, path: 'other/no' }), bare),
      ]);
      expect(answers[0]).toBe(answers[1]);
    }
  });

  it('to who', async () => {
    expect(await same((vault) => bob().acl.who({ vault, path: 'team/' }))).toContain(emailOf('eve'));
    await same((vault) => bob().acl.who({ vault, path: 'team/plans/' }));
  });

  it('to the proof, and to sessions', async () => {
    for (const cone of ['', 'team/', 'team/plans/', 'other/']) expect(await same((vault) => bob().acl.prove({ vault, cone }))).toContain('"keys":null');
    for (const path of ['', 'team/', 'team/plans/', 'team/plans/b.md', 'other/']) await same((vault) => bob().credentials.list({ vault, path }));
    await same((vault) => bob().credentials.list({ vault, path: 'team/', personId: idOf('eve') }));
  });

  it('to previews: people, places, counts, sessions, and refusals', async () => {
    const changes = [
      { kind: 'revoke', grantee: everyone },
      { kind: 'revoke', grantee: person('eve') },
      { kind: 'grant', grantee: everyone, level: 'none' },
      { kind: 'grant', grantee: person('eve'), level: 'none' },
      { kind: 'grant', grantee: person('eve'), level: 'admin' },
      { kind: 'grant', grantee: person('kim'), level: 'read' },
      { kind: 'grant', grantee: { kind: 'email', email: 'spy@example.org' }, level: 'read' },
      { kind: 'set-open', open: true },
    ] as const;
    for (const path of ['team/', 'team/plans/', 'team/plans/b.md'])
      for (const change of changes) await same((vault) => bob().acl.preview({ vault, path, change }));
    expect(await same((vault) => bob().acl.preview({ vault, path: 'team/', change: changes[2] }))).toContain('"files":{"count":1,"more":false}');
  });

  it('to what is refused', async () => {
    const refusal = (ask: (vault: string, path: string) => Promise<unknown>) => async (path: string) => {
      const words = async (vault: string) => {
        const { code, message, hint, details } = await refusedWith(ask(vault, path));
        return { code, message, hint, details };
      };
      expect(await words(full)).toEqual(await words(bare));
      return (await words(full)).code;
    };
    const questions = [
      refusal((vault, path) => bob().acl.list({ vault, path })),
      refusal((vault, path) => bob().acl.who({ vault, path })),
      refusal((vault, path) => bob().acl.explain({ vault, path, personId: idOf('eve') })),
      refusal((vault, path) => bob().acl.preview({ vault, path, change: { kind: 'revoke', grantee: everyone } })),
      refusal((vault, path) => bob().acl.grant({ vault, path, grantee: everyone, level: 'read', version: 7 })),
      refusal((vault, path) => bob().acl.revoke({ vault, path, grantee: everyone })),
      refusal((vault, path) => bob().acl.setOpen({ vault, path, open: true })),
    ];
    for (const ask of questions) {
      const codes = new Set<string>();
      for (const path of ['team/secret/', 'team/secret/layoffs/', 'team/secret/layoffs/bob.md', 'other/', 'other/deep/x']) codes.add(await ask(path));
      expect([...codes]).toEqual(['NOT_FOUND']);
    }
    expect(await refusal((vault, path) => bob().credentials.issue({ vault, cone: path, access: 'read' }))('other/')).toBe('EMPTY_SCOPE');
  });

  it('to a change that is made', async () => {
    const granted = await same(async (vault) => bob().acl.grant({ vault, path: 'team/', grantee: person('eve'), level: 'write' }));
    expect(granted).toContain('"version":3');
    await same(async (vault) => bob().acl.revoke({ vault, path: 'team/', grantee: everyone }));
    await same(async (vault) => bob().acl.setOpen({ vault, path: 'team/', open: true }));
  });
});
