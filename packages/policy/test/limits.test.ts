/** The last character that fits: policies of exactly 2,048, and what is said where it is one too many. */
import { expect, test } from 'vitest';
import { compile } from '../src/compile.ts';
import { compileCopy } from '../src/copying.ts';
import { acme, forAll, member, path } from './fixtures.ts';

/** A vault whose key's name has so many characters more. */
const vaultWith = (more: number) => ({ ...acme, kmsKeyArn: acme.kmsKeyArn + 'k'.repeat(more) });
const folder = 'f'.repeat(700);

function sessionsFor(more: number, at = `${folder}/`) {
  return compile({ vault: vaultWith(more), caller: member, records: [forAll(at, 'read')], cone: path(''), access: 'read', now: 0 }).sessions;
}

/** How many characters the policy of a lone path has left. */
const room = (at: string) => 2048 - (sessionsFor(0, at)[0]?.policy.length ?? 0);

test('a policy of exactly 2,048 characters keeps its listing, and loses it at one more', () => {
  const [full] = sessionsFor(room(`${folder}/`));
  expect(full?.policy).toHaveLength(2048);
  expect(full?.list).toEqual([`${folder}/`]);
  const [without] = sessionsFor(room(`${folder}/`) + 1);
  expect(without?.policy.length).toBeLessThan(2048);
  expect(without?.list).toEqual([]);
});

test('a file whose policy has exactly 2,048 characters has a session, and none at one more', () => {
  const [full] = sessionsFor(room(folder), folder);
  expect(full?.policy).toHaveLength(2048);
  expect(() => sessionsFor(room(folder) + 1, folder)).toThrow(expect.objectContaining({ code: 'SCOPE_TOO_LARGE' }));
});

test('two regions share a policy of exactly 2,048 characters, and not one of one more', () => {
  const records = [forAll(folder, 'read'), forAll('g', 'read')];
  const sessions = (more: number) => compile({ vault: vaultWith(more), caller: member, records, cone: path(''), access: 'read', now: 0 }).sessions;
  const left = 2048 - (sessions(0)[0]?.policy.length ?? 0);
  expect(sessions(left).map(({ policy }) => policy.length)).toEqual([2048]);
  expect(sessions(left + 1)).toHaveLength(2);
});

test('a copy whose policy has exactly 2,048 characters is made; one more is refused, with the way round', () => {
  const paths = { from: path('a'), to: path('b'), removeSource: false };
  const left = 2048 - compileCopy(acme, paths).length;
  expect(compileCopy(vaultWith(left), paths)).toHaveLength(2048);
  expect(() => compileCopy(vaultWith(left + 1), paths)).toThrow(
    expect.objectContaining({
      code: 'SCOPE_TOO_LARGE',
      message: 'The two names are too long to be copied in one step.',
      hint: 'Download the file and put it in its new place.',
    }),
  );
});

test('an empty scope says what is missing, and what to do', () => {
  for (const access of ['read', 'write'] as const) {
    expect(() => compile({ vault: acme, caller: member, records: [], cone: path(''), access, now: 0 })).toThrow(
      expect.objectContaining({
        code: 'EMPTY_SCOPE',
        message: `There is nothing here that you may ${access}.`,
        hint: 'Check the path, or ask an admin of the folder for access.',
      }),
    );
  }
});

test.each([
  ['\u00ff', '\u00ff'],
  ['\u0101', String.raw`\u0101`],
  ['ж', String.raw`\u0436`],
  ['\u2028', String.raw`\u2028`],
  ['😀', String.raw`\ud83d\ude00`],
])('the name %j is written as %j, which is read back as the same', (name, written) => {
  const [session] = sessionsFor(0, name);
  expect(session?.policy).toContain(`/${written}"`);
  expect(JSON.stringify(JSON.parse(session?.policy ?? ''))).toContain(`/${name}"`);
});

test('a rule at the very file that is asked for counts once', () => {
  const records = [forAll('docs/', 'none'), forAll('docs/a.md', 'read')];
  const { sessions } = compile({ vault: acme, caller: member, records, cone: path('docs/a.md'), access: 'read', now: 0 });
  expect(sessions.map(({ allow }) => allow)).toEqual([['docs/a.md']]);
});
