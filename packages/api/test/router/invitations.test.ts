/** Invitations: asked, mailed, withdrawn, accepted. */
import { HqError } from '@hq/shared/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCaller } from '../../src/index.ts';
import type { Mail } from '../../src/ports/mail.ts';
import type { Invitation } from '../../src/stores/invitations.ts';
import { emailOf, idOf, startApi, type ApiUnderTest, type Name } from '../../test-support/api-under-test.ts';
import { refusalOf } from '../../test-support/refusal.ts';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const requestId = (n: number) => `request-${String(n).padStart(16, '0')}`;
const invitationsOf = async (vault: string, name: Name = 'ada') => (await api.as(name).members.list({ vault })).invitations;
const newest = async (vault: string) => (await api.stores.audit.list({ partition: vault, limit: 1 })).entries[0];
const invite = (vault: string, name: Name, by: Name = 'ada') => api.as(by).members.invite({ vault, email: emailOf(name), role: 'contributor' });

/** Ada, where the mail is another. */
function withMail(sendInvitation: Mail['sendInvitation']) {
  const context = api.contextOf('ada');
  return createCaller({ ...context, ports: { ...context.ports, mail: { sendInvitation } } });
}

describe('an invitation', () => {
  it('is listed for admins, and in the trail', async () => {
    const { id: vault } = await api.organization('listed', { bob: 'admin' });
    const invitation = await invite(vault, 'eve', 'bob');
    expect(invitation).toMatchObject({ email: emailOf('eve'), role: 'contributor', invitedBy: idOf('bob'), memberUntil: null, mailed: true });
    expect(await newest(vault)).toMatchObject({
      personId: idOf('bob'),
      action: 'members.invite',
      before: null,
      after: { id: invitation.id, email: emailOf('eve') },
    });
    expect(await invitationsOf(vault)).toEqual([invitation]);
  });

  it('replaces the one before for its address, and the trail has both', async () => {
    const { id: vault } = await api.organization('replaced');
    const [first, second] = [await invite(vault, 'eve'), await invite(vault, 'eve')];
    expect(await newest(vault)).toMatchObject({ before: { id: first.id }, after: { id: second.id } });
    expect(await invitationsOf(vault)).toEqual([second]);
    expect(await refusalOf(api.as('eve').members.accept({ invitation: first.id }))).toBe('NOT_FOUND');
    await api.as('eve').members.accept({ invitation: second.id });
  });

  it('can be withdrawn by any admin, and is gone for good', async () => {
    const { id: vault } = await api.organization('withdrawn', { bob: 'admin' });
    const { id: invitation } = await invite(vault, 'eve');
    expect(await api.as('bob').members.withdraw({ vault, invitation })).toEqual({ id: invitation, email: emailOf('eve') });
    expect(await newest(vault)).toMatchObject({ action: 'members.withdraw', before: { id: invitation }, after: null });
    expect(await refusalOf(api.as('bob').members.withdraw({ vault, invitation }))).toBe('NOT_FOUND');
    expect(await refusalOf(api.as('eve').members.accept({ invitation }))).toBe('NOT_FOUND');
    expect((await api.as('eve').me.get()).invitations.map(({ id }) => id)).not.toContain(invitation);
  });

  it('of another organization is not found by its admins', async () => {
    const [{ id: vault }, { id: other }] = [await api.organization('hers'), await api.organization('other')];
    const { id: invitation } = await invite(vault, 'eve');
    expect(await refusalOf(api.as('ada').members.withdraw({ vault: other, invitation }))).toBe('NOT_FOUND');
    expect(await invitationsOf(vault)).toHaveLength(1);
  });

  it('is withdrawn by admins only', async () => {
    const { id: vault } = await api.organization('guarded', { bob: 'contributor' });
    const { id: invitation } = await invite(vault, 'eve');
    expect(await refusalOf(api.as('bob').members.withdraw({ vault, invitation }))).toBe('FORBIDDEN');
  });

  it.each(['demoted', 'gone'])('falls when its inviter is %s, also if they are an admin again', async (how) => {
    const { id: vault } = await api.organization(`inviter-${how}`, { bob: 'admin' });
    const { id: invitation } = await invite(vault, 'eve', 'bob');
    if (how === 'gone') {
      await api.as('bob').members.leave({ vault });
      const back = await api.as('ada').members.invite({ vault, email: emailOf('bob'), role: 'admin' });
      await api.as('bob').members.accept({ invitation: back.id });
    } else {
      await api.as('ada').members.setRole({ vault, personId: idOf('bob'), role: 'contributor' });
      await api.as('ada').members.setRole({ vault, personId: idOf('bob'), role: 'admin' });
    }
    expect(await invitationsOf(vault)).toEqual([]);
    expect((await api.as('eve').me.get()).invitations.map(({ id }) => id)).not.toContain(invitation);
    expect(await refusalOf(api.as('eve').members.accept({ invitation }))).toBe('NOT_FOUND');
  });

  it('can make a membership that ends by itself, and ends with it where that is sooner', async () => {
    const { id: vault } = await api.organization('short');
    const memberUntil = api.now() + 3600;
    const invitation = await api.as('ada').members.invite({ vault, email: emailOf('eve'), role: 'contributor', memberUntil });
    expect([invitation.memberUntil, invitation.expiresAt]).toEqual([memberUntil, memberUntil]);
    await api.as('eve').members.accept({ invitation: invitation.id });
    expect((await api.as('ada').members.list({ vault })).members).toContainEqual(expect.objectContaining({ personId: idOf('eve'), expiresAt: memberUntil }));
    api.pass(3600);
    expect(await refusalOf(api.as('eve').orgs.get({ vault }))).toBe('NOT_FOUND');
  });

  it.each([
    ['an admin’s end', { role: 'admin', memberUntil: 3_000_000_000 }],
    ['an end that has passed', { role: 'contributor', memberUntil: 1_800_000_000 }],
  ] as const)('with %s is refused', async (what, change) => {
    const { id: vault } = await api.organization(`bad-${change.role}`);
    expect([what, await refusalOf(api.as('ada').members.invite({ vault, email: emailOf('eve'), ...change }))]).toEqual([what, 'BAD_REQUEST']);
    expect(await invitationsOf(vault)).toEqual([]);
  });

  it('is one of a thousand at most; one over it is refused, and replacing one is not', async () => {
    const { id: vault } = await api.organization('thousand');
    await invite(vault, 'eve');
    const [stored] = await api.stores.invitations.ofOrganization(vault);
    for (let n = 1; n < 1000; n++) {
      const other: Invitation = { ...(stored as Invitation), id: `inv_${String(n).padStart(26, '0')}`, email: `p${n}@example.com` };
      await api.table.transact(api.stores.invitations.plan(other));
    }
    expect(await refusalOf(invite(vault, 'bob'))).toBe('TOO_LARGE');
    await invite(vault, 'eve');
    const open = await invitationsOf(vault);
    expect(open).toHaveLength(1000);
    await api.as('ada').members.withdraw({ vault, invitation: open[5]?.id ?? '' });
    await invite(vault, 'bob');
  });

  it('is accepted once a request id, and what was answered is answered again', async () => {
    const { id: vault } = await api.organization('once');
    const { id: invitation } = await invite(vault, 'eve');
    const accept = () => api.as('eve').members.accept({ invitation, requestId: requestId(1) });
    expect(await accept()).toEqual(await accept());
    expect(await refusalOf(api.as('eve').members.accept({ invitation }))).toBe('NOT_FOUND');
    expect(await newest(vault)).toMatchObject({
      personId: idOf('eve'),
      action: 'members.accept',
      before: null,
      after: { role: 'contributor', email: emailOf('eve'), invitation, invitedBy: idOf('ada') },
    });
  });
});

describe('the letter', () => {
  it('is mailed once a request id', async () => {
    const { id: vault } = await api.organization('mailed-once');
    const before = api.mails.length;
    const ask = () => api.as('ada').members.invite({ vault, email: emailOf('eve'), role: 'contributor', requestId: requestId(2) });
    expect(await ask()).toEqual(await ask());
    expect(api.mails.length).toBe(before + 1);
  });

  it('that the mail does not take leaves the invitation, says so, and goes out when it is asked for again', async () => {
    const { id: vault } = await api.organization('unmailed');
    const down = withMail(() => Promise.reject(new HqError('UNAVAILABLE', 'The mail does not answer.')));
    const request = { vault, email: emailOf('eve'), role: 'contributor', requestId: requestId(3) } as const;
    const logged = api.logged.length;
    const first = await down.members.invite(request);
    expect(first.mailed).toBe(false);
    expect(api.logged.slice(logged)).toMatchObject([{ event: 'an invitation was not mailed' }]);
    expect(await invitationsOf(vault)).toEqual([first]);
    const mails = api.mails.length;
    expect(await api.as('ada').members.invite(request)).toEqual({ ...first, mailed: true });
    expect(api.mails.slice(mails)).toMatchObject([{ to: emailOf('eve'), invitationId: first.id }]);
    expect(await invitationsOf(vault)).toEqual([{ ...first, mailed: true }]);
    await api.as('eve').members.accept({ invitation: first.id });
  });

  it('is not mailed where the invitation was refused', async () => {
    const { id: vault } = await api.organization('refused', { bob: 'contributor' });
    const mails = api.mails.length;
    await refusalOf(invite(vault, 'eve', 'bob'));
    await refusalOf(invite(vault, 'bob'));
    expect(api.mails.length).toBe(mails);
  });

  it('that was taken and never settled is told as not mailed, and is not sent again', async () => {
    const { id: vault } = await api.organization('crashed');
    const dying = withMail(() => Promise.reject(new HqError('UNAVAILABLE', 'The mail does not answer.')));
    const request = { vault, email: emailOf('eve'), role: 'contributor', requestId: requestId(4) } as const;
    const { id } = await dying.members.invite(request);
    await api.stores.invitations.takeLetter({ id, organizationId: vault, email: emailOf('eve') });
    const mails = api.mails.length;
    expect((await api.as('ada').members.invite(request)).mailed).toBe(false);
    expect(api.mails.length).toBe(mails);
  });
});
