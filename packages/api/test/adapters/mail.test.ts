import { expect, test } from 'vitest';
import { createOutboxMail } from '../../src/adapters/local/outbox-mail.ts';
import type { Letter } from '../../src/mail/invitation-letter.ts';

test('an invitation names who, where, what to type and until when, and holds no markup', async () => {
  const letters: Letter[] = [];
  const mail = createOutboxMail({ deliver: (letter) => void letters.push(letter) });
  const invitationId = `inv_${'0'.repeat(26)}`;
  await mail.sendInvitation({
    to: 'bob@example.com',
    organizationName: 'acme',
    invitedBy: 'ada@example.com',
    role: 'read-only',
    invitationId,
    expiresAt: 1_800_000_000,
    memberUntil: 1_900_000_000,
  });
  expect(letters).toHaveLength(1);
  const [letter] = letters;
  expect(letter).toMatchObject({ to: 'bob@example.com', subject: 'You are invited to acme on HQ' });
  for (const word of ['ada@example.com', '"acme"', 'read-only', invitationId, '2027-01-15T08:00:00Z', 'until 2030-03-17T17:46:40Z.'])
    expect(letter?.text).toContain(word);
  expect(letter?.text).not.toMatch(/[<>]/);
});

test('a letter that can not be delivered is an error of whoever sends it', async () => {
  const mail = createOutboxMail({
    deliver: async () => {
      throw new Error('full');
    },
  });
  const invitation = { to: 'b@x.y', organizationName: 'acme', invitedBy: null, role: 'admin', invitationId: 'inv', expiresAt: 0, memberUntil: null } as const;
  await expect(mail.sendInvitation(invitation)).rejects.toThrow('full');
});
