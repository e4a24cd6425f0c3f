/** Verbs about members need an organization: one's own vault has none. */
import { HqError } from '@hq/shared/errors';
import type { Context } from './context.ts';

/** The organization's id. @throws HqError `BAD_REQUEST` when the vault that is meant is one's own. */
export async function organizationOf(context: Context, org: string | undefined): Promise<string> {
  const { selector } = await context.vault(org);
  if (selector !== 'personal') return selector;
  throw new HqError('BAD_REQUEST', 'Your own vault has no members and no rules.', {
    hint: 'Name an organization with --org, or choose one with "hq org use".',
  });
}
