/** What people mistype, may not do, or do at the same moment as somebody else: said in a few lines that name what to do, and nothing changes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installed } from '../support/engines.ts';
import { startTeam, type Team } from '../support/team.ts';
import { openTerminal } from '../support/terminal.ts';

let team: Team;
beforeAll(async () => {
  team = await startTeam();
  const { ada, bob } = team;
  await team.put('reports/q3.md', 'Q3\n');
  await ada.ok('members', 'invite', 'bob@example.com');
  await bob.ok('members', 'accept');
  await bob.ok('org', 'use', 'acme');
  await ada.ok('groups', 'create', 'finance');
  await ada.ok('files', 'acl', 'grant', 'reports/', 'bob@example.com', 'write');
});
afterAll(() => team[Symbol.asyncDispose]());

const rules = (): Promise<string> => team.ada.ok('files', 'acl', 'list', '--json');

describe('a mistake', () => {
  test.each([
    [['files', 'acl', 'grant', 'reports/', '--group', 'finanse', '--level', 'read'], /no group called "finanse"\.\n {4}There are: finance\./],
    [['files', 'acl', 'grant', 'reports/', '--group', '${aws:username}', '--level', 'read'], /no group called "\$\{aws:username\}"/],
    [['files', 'acl', 'grant', 'reports/', '*', 'read'], /no group called "\*"/],
    [['files', 'acl', 'grant', 'reports/', '--person', 'carl@example.com', '--level', 'read'], /No member .* "carl@example\.com"\.\n {4}.*hq members list/],
    [['files', 'acl', 'grant', 'reports/', '@all', 'reed'], /A level is one of none, read, write, admin, not "reed"/],
    [['files', 'acl', 'grant', 'reports/', '@all'], /Say once which level/],
    [['files', 'acl', 'grant', 'reports/', 'read'], /Say once which level/],
    [['files', 'acl', 'grant', 'reports/', '--all', '--group', 'finance', '--level', 'read'], /Say once whom/],
    [['files', 'acl', 'grant', '../', '@all', 'read'], /path can't be used/],
    [['files', 'acl', 'grant', '/reports/', '@all', 'read'], /path can't be used/],
    [['files', 'acl', 'grant', 'reports/', '@all', 'read', '--until', '2020-01-31'], /ended before it began/],
    [['files', 'acl', 'grant', 'reports/', '@all', 'read', '--until', '2027-02-30'], /is no end: write a date/],
    [['files', 'acl', 'grant', 'reports/', '@all', 'read', '--until', '2027-01-31', '--for', '7d'], /--until or --for, not both/],
    [['files', 'acl', 'revoke', 'reports/', '@all', '--yes'], /no such rule/],
    [['files', 'why', 'reports/', '--as', 'carl@example.com'], /No member/],
    [['groups', 'add', 'finance', '__proto__'], /no group called "__proto__"/],
    [['groups', 'create', 'No Capitals!'], /A group’s name is 1 to 48/],
    [['groups', 'create', 'finance'], /finance|already/],
    [['members', 'role', 'bob@example.com', 'owner'], /A role is one of/],
    [['members', 'invite', 'no-address'], /not an e-mail address/],
    [['members', 'invite', 'bob@example.com'], /belongs to a member/],
  ])('%j is told in at most three lines', async (words, says) => {
    const { code, stdout, stderr } = await team.ada.hq(...words);
    expect(stderr).toMatch(says);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(3);
  });

  test('changes nothing', async () => {
    expect(JSON.parse(await rules())).toMatchObject({ records: [{ path: 'reports/', rules: [{ level: 'write' }], open: false, version: 1 }] });
    expect(await team.ada.ok('groups', 'list')).toMatch(/^finance .*\n$/);
  });

  test('in a path without its slash is pointed out', async () => {
    const dry = await team.ada.hq('files', 'acl', 'grant', 'reports', '@all', 'read', '--dry-run');
    expect(dry).toMatchObject({ code: 0, stderr: expect.stringContaining('"reports" names a file. For a folder with all that is in it, write "reports/"') });
  });

  test('of that kind in a question is pointed out where nothing was found', async () => {
    expect(await team.bob.hq('files', 'why', 'report')).toMatchObject({ code: 0, stderr: expect.stringContaining('write "report/"') });
    expect(await team.ada.hq('files', 'who', 'reports')).toMatchObject({ code: 0, stderr: expect.stringContaining('write "reports/"') });
    expect(await team.bob.hq('files', 'why', 'reports/q3.md')).toMatchObject({ code: 0, stderr: '' });
  });

  test('is one line of JSON for a program', async () => {
    const { code, stdout, stderr } = await team.ada.hq('groups', 'show', 'nothing', '--json');
    expect([code, stdout]).toEqual([1, '']);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'NOT_FOUND', hint: 'There are: finance.' } });
  });
});

describe('a stranger', () => {
  test.each([
    [['members', 'list']],
    [['groups', 'list']],
    [['files', 'acl', 'list']],
    [['files', 'who', 'reports/']],
    [['files', 'why', 'reports/']],
    [['acl', 'prove']],
    [['credentials', 'list']],
    [['files', 'acl', 'grant', 'reports/', '@all', 'read', '--yes']],
    [['files', 'acl', 'open', 'reports/', '--yes']],
    [['groups', 'create', 'mine']],
    [['members', 'invite', 'eve@example.com']],
    [['members', 'leave', '--yes']],
  ])('hears of %j what one hears of an organization that is not there', async (words) => {
    const { eve, acme } = team;
    const there = await eve.hq(...words, '--org', acme);
    expect(there).toMatchObject({ code: 1, stdout: '' });
    expect(there.stderr.replaceAll(acme, 'X')).toBe((await eve.hq(...words, '--org', `cmp_${'0'.repeat(26)}`)).stderr.replaceAll(`cmp_${'0'.repeat(26)}`, 'X'));
  });
});

// A terminal is made by util-linux's `script`.
describe.runIf(installed('script'))('at a terminal', () => {
  const take = ['files', 'acl', 'grant', 'reports/', 'bob@example.com', 'read'];

  test('a change that takes something is shown and asked about, and no is the answer unless one says yes', async () => {
    const before = await rules();
    for (const answer of ['', 'n', 'yess']) {
      const terminal = openTerminal(team.ada.environment, ...take);
      await terminal.waitFor('Make this change? [y/N]');
      expect(terminal.screen()).toContain('bob@example.com  loses: write → read at reports/');
      terminal.type(answer);
      expect(await terminal.ended).toBe(1);
      expect(terminal.screen()).toContain('Nothing was changed.');
    }
    expect(await rules()).toBe(before);
  });

  test('what was shown is what is made: a change that somebody else made meanwhile is named, and nothing is done', async () => {
    const terminal = openTerminal(team.ada.environment, ...take);
    await terminal.waitFor('[y/N]');
    await team.ada.ok('files', 'acl', 'grant', 'reports/', '--group', 'finance', '--level', 'read');
    const before = await rules();
    terminal.type('y');
    expect(await terminal.ended).toBe(1);
    expect(terminal.screen()).toMatch(/\nhq: .*\n {4}Since then: .*\n/);
    expect(await rules()).toBe(before);
  });

  test('leaving is asked about too', async () => {
    const terminal = openTerminal(team.bob.environment, 'members', 'leave');
    await terminal.waitFor('Leave acme? [y/N]');
    terminal.type('n');
    expect(await terminal.ended).toBe(1);
    expect(terminal.screen()).toContain('You are still in acme.');
  });

  test('yes makes it', async () => {
    const terminal = openTerminal(team.ada.environment, ...take);
    await terminal.waitFor('[y/N]');
    terminal.type('y');
    expect(await terminal.ended).toBe(0);
    expect(terminal.screen()).toContain('bob@example.com has read at reports/.');
  });
});
