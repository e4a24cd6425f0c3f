/**
 * Word of what a member leaves behind: rules for them and for the address they joined with, and what they created. It stays until that is cleared, so that
 * nobody finds it again who joins later.
 *
 *     cmp_… · departure/{personId}    {due, email?}
 *
 * It is written with the end of a membership that ends by itself, and due then; for who leaves or is removed it is due at once, and written only where not
 * everything could be cleared in the same transaction.
 */
import type { EpochSeconds } from '@hq/shared/time';
import type { Item, Write } from '../ports/table.ts';
import { departureKey, departurePrefix } from './keys.ts';
import { number, optionalText } from './read-item.ts';

export interface Leaver {
  readonly personId: string;
  /** The address that they joined with and held. */
  readonly email: string | null;
}

export interface Departure extends Leaver {
  readonly organizationId: string;
  /** From when on they are gone. */
  readonly due: EpochSeconds;
}

export function toDeparture(item: Item): Departure {
  return { organizationId: item.pk, personId: item.sk.slice(departurePrefix.length), due: number(item, 'due'), email: optionalText(item, 'email') };
}

type InOrganization = Leaver & Pick<Departure, 'organizationId'>;

/** The write that leaves word. */
export function planDeparture({ organizationId, personId, email }: InOrganization, due: EpochSeconds): Write {
  return { put: { ...departureKey(organizationId, personId), attributes: { due, ...(email === null ? {} : { email }) } } };
}

/** The write after which there is nothing to clear. */
export function planNoDeparture({ organizationId, personId }: InOrganization): Write {
  return { remove: departureKey(organizationId, personId) };
}
