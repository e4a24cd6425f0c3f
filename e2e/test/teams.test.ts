/** A team's story with the real server and the real command line, as each of them sees it: invitations, groups in groups, rules, reasons, departures. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTeam, type Team } from '../support/team.ts';

/** A day that is always ahead. */
const day = `${new Date().getUTCFullYear() + 1}-01-31`;
const until = `until the end of ${day} (UTC)`;

let team: Team;
beforeAll(async () => {
  team = await startTeam();
  await team.put('reports/q3.md', 'Q3\n');
  await team.put('reports/board/minutes.md', 'Minutes\n');
  await team.put('reports/board/summary/public.md', 'Summary\n');
  await team.put('handbook/welcome.md', 'Welcome\n');
});
afterAll(() => team[Symbol.asyncDispose]());

const lines = (text: string): string[] => text.trimEnd().split('\n');

describe('an invitation', () => {
  test('comes by mail, and only the invited address accepts it, once', async () => {
    const { ada, bob, eve, server } = team;
    const [invited, how] = lines(await ada.ok('members', 'invite', 'Bob@Example.com', '--role', 'contributor'));
    expect(invited).toMatch(/^bob@example\.com is invited as contributor, until \d{4}-/);
    const id = /inv_\w+/.exec(how ?? '')?.[0] ?? '';
    const outbox = await fetch(`${server.apiUrl}/outbox?to=bob@example.com`, { headers: { accept: 'application/json' } });
    expect(await outbox.text()).toContain(`hq members accept ${id}`);
    expect(await ada.ok('members', 'list')).toMatch(new RegExp(`^bob@example\\.com +contributor +invited until .* ${id}$`, 'm'));

    expect(await eve.hq('members', 'accept', id)).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^hq: There is no such open invitation/),
    });
    expect(await eve.hq('members', 'accept')).toMatchObject({ code: 1, stderr: expect.stringContaining('no open invitation for eve@example.com') });
    expect(await bob.ok('whoami')).toContain(`invitation  acme  contributor`);
    expect(await bob.ok('members', 'accept')).toBe('You are now in acme as contributor.\n');
    expect(await bob.hq('members', 'accept', id)).toMatchObject({ code: 1 });
    expect(await ada.ok('members', 'list')).toMatch(/^ada@example\.com +admin .*\nbob@example\.com +contributor +since \S+ +\S+\n$/);
    await bob.ok('org', 'use', 'acme');
  });

  test('is taken back by address, and never gives more than the inviter has', async () => {
    const { ada, bob } = team;
    await ada.ok('members', 'invite', 'carl@example.com', '--role', 'read-only', '--until', day);
    expect(await ada.ok('members', 'list')).toContain(`as a member ${until}`);
    expect(await ada.ok('members', 'withdraw', 'carl@example.com')).toBe('carl@example.com is no longer invited.\n');
    expect(await ada.hq('members', 'withdraw', 'carl@example.com')).toMatchObject({ code: 1, stderr: expect.stringContaining('no open invitation') });
    expect(await bob.hq('members', 'invite', 'carl@example.com', '--role', 'admin')).toMatchObject({ code: 1, stderr: expect.stringContaining('admin') });
  });
});

describe('groups', () => {
  test('lie in groups, and never in themselves', async () => {
    const { ada, bob } = team;
    await ada.ok('groups', 'create', 'finance');
    await ada.ok('groups', 'create', 'controllers');
    expect(await ada.ok('groups', 'add', 'controllers', 'bob@example.com')).toBe('bob@example.com is in controllers.\n');
    expect(await ada.ok('groups', 'add', 'finance', 'controllers')).toBe('controllers is in finance.\n');
    expect(await ada.hq('groups', 'add', 'controllers', 'finance')).toMatchObject({ code: 1, stderr: expect.stringContaining('can not be in itself') });
    expect(await ada.ok('groups', 'list')).toMatch(/^controllers +1 person +- +grp_\w+\nfinance +1 person +with controllers +grp_\w+\n$/);
    expect(lines(await bob.ok('groups', 'show', 'finance'))).toEqual([expect.stringMatching(/^finance +grp_\w+ +1 person in all$/), '  controllers (group)']);
    expect(lines(await bob.ok('groups', 'show', 'controllers')).slice(1)).toEqual(['in finance', '  bob@example.com']);
    expect(await bob.hq('groups', 'create', 'mine')).toMatchObject({ code: 1, stderr: expect.stringMatching(/^hq: .*admin/) });
  });
});

describe('rules', () => {
  test('reach people through groups, and are listed by name', async () => {
    const { ada, bob } = team;
    expect(await ada.ok('files', 'acl', 'grant', 'reports/', '--group', 'finance', '--level', 'write', '--until', day)).toBe(
      `finance has write at reports/, ${until}.\n`,
    );
    await ada.ok('files', 'acl', 'grant', 'handbook/', '--email', 'dora@example.com', '--level', 'read');
    expect(await ada.ok('files', 'acl', 'list')).toMatch(
      new RegExp(`^handbook/ +read +dora@example\\.com +waits until someone joins .*\nreports/ +write +finance +group, ${until.replace(/[()]/g, '\\$&')}\n$`),
    );
    expect(await bob.ok('files', 'cat', 'reports/q3.md')).toBe('Q3\n');
    expect(await bob.hq('files', 'cat', 'handbook/welcome.md')).toMatchObject({ code: 1, stdout: '' });
  });

  test('that take access away are shown first, and made only with --yes where nobody can be asked', async () => {
    const { ada, bob } = team;
    const carveOut = ['files', 'acl', 'grant', 'reports/board/', 'bob@example.com', 'none'];
    await bob.ok('files', 'cat', 'reports/board/minutes.md');
    const told = [
      expect.stringMatching(/^bob@example\.com +loses: write → none at reports\/board\/$/),
      'Files affected: 2.',
      expect.stringMatching(/live session/),
    ];
    const dry = await ada.hq(...carveOut, '--dry-run');
    expect(dry).toMatchObject({ code: 0, stderr: 'Nothing was changed.\n' });
    expect(lines(dry.stdout)).toEqual(told);
    const refused = await ada.hq(...carveOut);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(lines(refused.stderr)).toEqual([
      ...told,
      expect.stringMatching(/^hq: Nothing was changed: someone would lose access/),
      expect.stringContaining('--yes'),
    ]);
    expect(await bob.ok('files', 'cat', 'reports/board/minutes.md')).toBe('Minutes\n');
    const made = await ada.hq(...carveOut, '--yes');
    expect(made).toMatchObject({ code: 0, stdout: 'bob@example.com is shut out of reports/board/.\n' });
    expect(made.stderr).toMatch(/^Sessions that storage granted before still work, until \d{4}-\S+ at the latest\.\n$/);
    expect(await bob.hq('files', 'cat', 'reports/board/minutes.md')).toMatchObject({ code: 1, stdout: '' });
  });

  test('open a folder inside what is shut, and are asked about as well', async () => {
    const { ada, bob } = team;
    await ada.ok('files', 'acl', 'grant', 'reports/board/summary/', 'bob@example.com', 'read');
    expect(await bob.ok('files', 'cat', 'reports/board/summary/public.md')).toBe('Summary\n');
    expect(lines(await bob.ok('files', 'ls', '-r')).map((line) => line.split(/ +/).at(-1))).toEqual(['reports/board/summary/public.md', 'reports/q3.md']);
    expect(await ada.hq('files', 'acl', 'open', 'handbook/')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('bob@example.com  gains: none → read at handbook/'),
    });
    await ada.ok('files', 'acl', 'open', 'handbook/', '--yes');
    expect(await bob.ok('files', 'cat', 'handbook/welcome.md')).toBe('Welcome\n');
    expect(await ada.ok('files', 'acl', 'list', 'handbook/')).toMatch(/^handbook\/ +read +@all +open$/m);
  });
});

describe('questions', () => {
  test('why: the rule that decided, what lost against it, and what would help', async () => {
    const { ada, bob } = team;
    expect(lines(await ada.ok('files', 'why', 'reports/board/minutes.md', '--as', 'bob@example.com'))).toEqual([
      'bob@example.com has no access to reports/board/minutes.md,',
      '    because bob@example.com is shut out of reports/board/.',
      'These did not decide:',
      `    finance has write at reports/, ${until}: a longer path decides`,
      'For more, one of these:',
      '    read: get a rule for read at reports/board/minutes.md',
      '    write: lose what hides more: bob@example.com is shut out of reports/board/',
    ]);
    expect(lines(await bob.ok('files', 'why', 'reports/q3.md'))).toEqual([
      'You have write at reports/q3.md,',
      `    because finance has write at reports/, ${until}.`,
    ]);
    expect(await bob.ok('files', 'why', 'handbook/welcome.md')).toContain('because handbook/ is open to all members for reading');
    // One's own answer where one may not read is the answer for a place that no rule knows.
    const hidden = await bob.ok('files', 'why', 'reports/board/minutes.md');
    expect(hidden.replaceAll('reports/board/minutes.md', 'nowhere/at/all.md')).toBe(await bob.ok('files', 'why', 'nowhere/at/all.md'));
    expect(await bob.hq('files', 'why', 'reports/q3.md', '--as', 'ada@example.com')).toMatchObject({ code: 1, stdout: '' });
  });

  test('who: everyone who can reach it, groups unfolded, and the addresses that wait', async () => {
    const { ada, bob } = team;
    expect(await ada.ok('files', 'who', 'reports/')).toMatch(
      /^ada@example\.com +admin +admin of the organization\nbob@example\.com +write +by finance at reports\/, until .*\n$/,
    );
    expect(await ada.ok('files', 'who', 'handbook/')).toMatch(/^dora@example\.com +read +waits until someone joins with this address, at handbook\/$/m);
    expect(await bob.hq('files', 'who', 'reports/')).toMatchObject({ code: 1, stdout: '' });
  });

  test('the proof: what storage enforces is what the rules say, also where one region lies in another', async () => {
    const { ada, bob } = team;
    const [about, read, write] = lines(await ada.ok('acl', 'prove', '--as', 'bob@example.com'));
    expect(about).toBe('bob@example.com: access to the whole vault');
    expect(read).toMatch(/^read {3}holds: 2 sessions, 2 layers deep, policies of \d+ \+ \d+ characters, decided by \d+ keys, from the rules at 4 paths$/);
    expect(write).toMatch(/^write {2}holds: 1 session, 1 layer deep/);
    expect(await bob.ok('acl', 'prove', 'reports/')).toBe('Your access to reports/\nread   holds: 2 sessions\nwrite  holds: 1 session\n');
    expect(await bob.hq('acl', 'prove', '--as', 'ada@example.com')).toMatchObject({ code: 1, stdout: '' });
  });

  test('a role is a ceiling, and why says so', async () => {
    const { ada, bob } = team;
    expect(await ada.ok('members', 'role', 'bob@example.com', 'read-only', '--until', day, '--yes')).toBe(`bob@example.com is read-only now, ${until}.\n`);
    expect(await ada.ok('files', 'why', 'reports/q3.md', '--as', 'bob@example.com')).toContain(
      '    The rules give write, but their role allows read at most.\n',
    );
    expect(await bob.run('hq', ['files', 'put', '-', 'reports/mine.md'], { input: 'x' })).toMatchObject({ code: 1 });
    expect(await ada.hq('members', 'role', 'bob@example.com', 'admin')).toMatchObject({ code: 1, stderr: expect.stringContaining('never') });
    expect(await ada.ok('members', 'role', 'bob@example.com', 'contributor', '--until', 'never')).toBe('bob@example.com is contributor now.\n');
  });

  test('live sessions are listed by person and by path', async () => {
    const { ada, bob } = team;
    await bob.ok('files', 'cat', 'reports/q3.md');
    expect(await ada.ok('credentials', 'list', '--person', 'bob@example.com', 'reports/')).toMatch(
      /^bob@example\.com +read +reports\/q3\.md +until .* ses_\w+$/m,
    );
    expect(await bob.ok('credentials', 'list')).not.toContain('ada@example.com');
  });
});

describe('someone who leaves', () => {
  test('leaves nothing behind that would work again, and the admin hears what ended', async () => {
    const { ada, bob } = team;
    expect(await ada.hq('members', 'remove', 'bob@example.com')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('bob@example.com  loses'),
    });
    const told = await ada.ok('members', 'remove', 'bob@example.com', '--yes');
    expect(told).toMatch(/^bob@example\.com is removed\.\nWith the membership ended:\n {4}rules: .*none at reports\/board\//);
    expect(told).toContain('    groups: controllers\n');
    expect(told).toMatch(/\nSessions that storage granted before still work:\n(?: {4}.*\n)* {4}read at reports\/q3\.md, until \S+Z\n/);
    expect(await bob.hq('files', 'ls')).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('not a member') });
    await ada.ok('members', 'invite', 'bob@example.com');
    await bob.ok('members', 'accept', 'acme');
    expect(await bob.hq('files', 'cat', 'reports/q3.md')).toMatchObject({ code: 1, stdout: '' });
    expect(await bob.hq('members', 'leave')).toMatchObject({ code: 1, stderr: 'hq: You are still in acme.\n    Leave it with --yes.\n' });
    expect(await bob.ok('members', 'leave', '--yes')).toMatch(/^You are no longer in acme\.\n/);
  });

  test('is never the last admin', async () => {
    const { ada } = team;
    for (const words of [
      ['remove', 'ada@example.com', '--yes'],
      ['leave', '--yes'],
      ['role', 'ada@example.com', 'contributor', '--yes'],
    ]) {
      expect(await ada.hq('members', ...words)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^hq: .*last admin/) });
    }
  });

  test('takes a group’s rules along when the group goes', async () => {
    const { ada } = team;
    expect(await ada.ok('groups', 'remove', 'finance', '--yes')).toBe('The group finance is gone.\nRules that went with it, at: reports/\n');
    expect(await ada.ok('files', 'acl', 'list')).not.toContain('finance');
  });
});
