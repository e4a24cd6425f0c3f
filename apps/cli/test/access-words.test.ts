/** Words about access: whom a rule is for, when it ends, and how answers are told. */
import type { Api } from '@hq/sdk/api/client';
import { HqError } from '@hq/shared/errors';
import { describe, expect, it } from 'vitest';
import { readGrantee } from '../src/access/grantee.ts';
import { idsAsNames, type Names } from '../src/access/names.ts';
import { previewLines, type Preview } from '../src/access/preview-lines.ts';
import { remedyLines } from '../src/access/remedies.ts';
import { readEnd, readUntil, untilWords } from '../src/access/until.ts';
import { ceilingWords, reasonWords, ruleWords, shortReason } from '../src/access/words.ts';
import { failureLines } from '../src/failure.ts';

const ann = '7706a489-073f-46d3-a7dd-398990e08a66';
const finance = `grp_${'0'.repeat(26)}`;
const names: Names = { ...idsAsNames, group: () => 'finance', grantee: (grantee) => (grantee.kind === 'group' ? 'finance' : idsAsNames.grantee(grantee)) };

/** An API that knows one member and one group. */
const api = {
  members: { list: { query: async () => ({ members: [{ personId: ann, email: 'ann@example.com' }], invitations: [] }) } },
  groups: { list: { query: async () => ({ groups: [{ id: finance, name: 'finance' }] }) } },
} as unknown as Api;
const no = { group: undefined, person: undefined, email: undefined, all: false };

describe('whom a rule is for', () => {
  it.each([
    ['@all', no, { kind: 'org' }],
    [undefined, { ...no, all: true }, { kind: 'org' }],
    ['Ann@Example.com', no, { kind: 'email', email: 'ann@example.com' }],
    [undefined, { ...no, email: 'Ann@Example.com' }, { kind: 'email', email: 'ann@example.com' }],
    [ann, no, { kind: 'person', id: ann }],
    [undefined, { ...no, person: 'ann@example.com' }, { kind: 'person', id: ann }],
    [undefined, { ...no, person: ann }, { kind: 'person', id: ann }],
    ['finance', no, { kind: 'group', id: finance }],
    [finance, no, { kind: 'group', id: finance }],
    [undefined, { ...no, group: 'finance' }, { kind: 'group', id: finance }],
  ])('is read from %j and %j', async (word, wishes, grantee) => {
    expect(await readGrantee(api, 'cmp', word, wishes)).toEqual(grantee);
  });

  it.each([
    [undefined, no, 'Say once'],
    ['@all', { ...no, group: 'finance' }, 'not 2 times'],
    ['nobody-knows', no, 'There is no group called "nobody-knows".'],
    [undefined, { ...no, person: 'eve@example.com' }, 'No member of this organization is called "eve@example.com".'],
    [undefined, { ...no, group: '*' }, 'There is no group called "*".'],
  ])('is refused for %j and %j', async (word, wishes, message) => {
    await expect(readGrantee(api, 'cmp', word, wishes)).rejects.toThrow(message);
  });
});

describe('an end', () => {
  it.each([
    ['2027-01-31', '2027-02-01T00:00:00Z'],
    ['2028-02-29', '2028-03-01T00:00:00Z'],
    ['2027-01-31T18:00+01:00', '2027-01-31T17:00:00Z'],
    ['2027-01-31T18:00:30Z', '2027-01-31T18:00:30Z'],
  ])('%j is the first second after it', (text, iso) => {
    expect(readUntil(text)).toBe(Date.parse(iso) / 1000);
  });

  it.each(['2027-02-30', '2027-02-29', '2027-13-01', '2027-1-1', '31.01.2027', '2027-01-31T18:00', '2027-01-31T25:00Z', 'tomorrow', ''])(
    'refuses %j',
    (text) => {
      expect(() => readUntil(text)).toThrow('is no end');
    },
  );

  it('is a date or a length of time, not both', () => {
    expect(readEnd({ until: undefined, for: '7d' }, 1000)).toEqual({ expiresAt: 605_800 });
    expect(readEnd({ until: undefined, for: undefined }, 1000)).toEqual({});
    expect(() => readEnd({ until: '2027-01-31', for: '7d' }, 1000)).toThrow('not both');
  });

  it('is told as the day that was typed', () => {
    expect(untilWords(readUntil('2027-01-31'))).toBe('until the end of 2027-01-31 (UTC)');
    expect(untilWords(readUntil('2027-01-31T18:00+01:00'))).toBe('until 2027-01-31T17:00:00Z');
  });
});

describe('a reason', () => {
  const rule = { grantee: { kind: 'group', id: finance }, level: 'write', expiresAt: readUntil('2027-01-31') } as const;

  it.each([
    [{ kind: 'rule', path: 'reports/', rule } as const, 'finance has write at reports/, until the end of 2027-01-31 (UTC)'],
    [{ kind: 'rule', path: 'reports/', rule: { ...rule, level: 'none', expiresAt: undefined } } as const, 'finance is shut out of reports/'],
    [{ kind: 'creator', path: 'reports/' } as const, 'you made reports/'],
    [{ kind: 'open', path: '' } as const, 'the whole vault is open to all members for reading'],
    [{ kind: 'organization-admin' } as const, 'you are an admin of the organization'],
    [{ kind: 'owner' } as const, 'the vault is your own'],
    [{ kind: 'not-a-member' } as const, 'you are not a member of the organization'],
    [{ kind: 'no-rule' } as const, 'no rule gives you access there'],
  ])('%j is "%s"', (because, words) => {
    expect(reasonWords(because, 'you', names)).toBe(words);
  });

  it('says what a ceiling took away', () => {
    const capped = { kind: 'rule', path: 'reports/', rule, cappedBy: 'role', uncapped: 'write' } as const;
    expect(ceilingWords(capped, 'read', 'ann@example.com')).toBe('The rules give write, but their role allows read at most.');
    expect(ceilingWords({ kind: 'owner' }, 'admin', 'you')).toBeUndefined();
    expect(shortReason(capped, names)).toBe('by finance at reports/, until the end of 2027-01-31 (UTC), capped by the role');
  });

  it('names an address and everyone as they are typed', () => {
    expect(ruleWords({ grantee: { kind: 'org' }, level: 'read' }, '', names)).toBe('@all has read at the whole vault');
    expect(ruleWords({ grantee: { kind: 'email', email: 'eve@example.com' }, level: 'admin' }, 'a', names)).toBe('eve@example.com has admin at a');
  });

  it('says what would have to change, all that belongs together in one line', () => {
    const lift = { kind: 'lift' as const, path: 'reports/', rules: [{ ...rule, level: 'none' as const, expiresAt: undefined }] };
    expect(
      remedyLines(
        [
          { gives: 'write', steps: [{ kind: 'role', role: 'contributor' }, lift] },
          { gives: 'read', steps: [{ kind: 'rule', path: 'a', level: 'read' }] },
        ],
        names,
      ),
    ).toEqual([
      'For more, one of these:',
      '    write: have the role contributor, and lose what hides more: finance is shut out of reports/',
      '    read: get a rule for read at a',
    ]);
    expect(remedyLines([], names)).toEqual([]);
  });
});

describe('a preview', () => {
  const nothing: Preview = { version: 1, people: [], ask: false, files: { count: 0, more: false }, sessions: [], sessionsEndBy: null, refusal: null };
  const place = (path: string) => ({ path, before: 'write', after: 'none' }) as const;

  it('says that nothing changes, and what the change would be refused with', () => {
    expect(previewLines(nothing)).toEqual(["Nobody's access changes."]);
    const refused = { ...nothing, refusal: { code: 'LAST_ADMIN', message: 'The last admin would go.', hint: 'Make someone else admin first.' } };
    expect(previewLines(refused).at(-1)).toBe('It would be refused: The last admin would go. Make someone else admin first.');
  });

  it('says who loses what and where, how many files, and what lives on', () => {
    const people = [{ personId: ann, email: 'ann@example.com', gains: false, loses: true, places: ['a/', 'b/', 'c/', 'd/', 'e/'].map(place) }];
    const sessions = [{ id: 'ses', personId: ann, cone: '', access: 'write', expiresAt: 1_800_000_000 } as const];
    expect(previewLines({ ...nothing, people, ask: true, files: { count: 3, more: false }, sessions, sessionsEndBy: 1_800_000_000 })).toEqual([
      'ann@example.com  loses: write → none at a/; write → none at b/; write → none at c/; … and 2 more places',
      'Files affected: 3.',
      'Storage goes on to honour 1 live session of those who lose access, the last one until 2027-01-15T08:00:00Z.',
    ]);
  });
});

describe('a long preview', () => {
  it('names twenty people and three places of each, and counts the others, also those that the server did not name', () => {
    const people = Array.from({ length: 22 }, (_, index) => ({
      personId: ann,
      email: `p${String(index).padStart(2, '0')}@example.com`,
      gains: true,
      loses: index % 2 === 0,
      places: [{ path: '', before: 'none', after: 'read' } as const],
      morePlaces: 1,
    }));
    const lines = previewLines({
      version: 1,
      people,
      morePeople: 5,
      ask: true,
      files: { count: 9, more: true },
      sessions: [],
      sessionsEndBy: null,
      refusal: null,
    });
    expect(lines[0]).toBe('p00@example.com  gains and loses: none → read at the whole vault; … and 1 more place');
    expect(lines[1]).toBe('p01@example.com  gains: none → read at the whole vault; … and 1 more place');
    expect(lines.slice(20)).toEqual(['… and 7 more people', 'Files affected: more than 9.']);
  });
});

describe('a failure', () => {
  it('of a change that came second says what is different, in three lines', () => {
    const conflict = new HqError('CONFLICT', 'Somebody else changed this.', {
      hint: 'Look again, then decide.',
      details: { version: 7, changed: ['ann has read', 'bob is gone', 'c', 'd'] },
    });
    expect(failureLines(conflict, false)).toEqual([
      'hq: Somebody else changed this.',
      '    Since then: ann has read; bob is gone; c; …',
      '    Look again, then decide.',
    ]);
  });
});
