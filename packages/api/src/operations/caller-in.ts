/** Someone else, as `decide()` knows them in the vault that a request is about. */
import type { Caller } from '@hq/shared/acl/rule';
import { HqError } from '@hq/shared/errors';
import type { Ports } from '../context.ts';
import type { Access } from '../stores/access.ts';

export type CallerPorts = { readonly stores: Pick<Ports['stores'], 'access'> };

/** The caller themselves, or a member of the same organization. @throws HqError `NOT_FOUND`. */
export async function callerIn({ stores }: CallerPorts, { organization, person, caller }: Access, personId: string): Promise<Caller> {
  if (personId === person.id) return caller;
  const other = organization && (await stores.access.load(organization.id, personId, []));
  if (other?.member !== undefined) return other.caller;
  throw new HqError('NOT_FOUND', 'This person is not in the organization.', { hint: 'See who is with "hq members list".' });
}
