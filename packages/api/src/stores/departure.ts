/**
 * Word of what a member leaves behind: rules for them and for the address they joined with, and what they created. It stays until that is cleared, so that
 * nobody finds it again who joins later.
 *
 *     cmp_… · departure/{due, 10 digits}/{personId}    {due, personId, email?}
 *
 * It is written with the end of a membership that ends by itself, and due then; for who leaves or is removed it is due at once, and written only where not
 * everything could be cleared in the same transaction.
 */
import type { EpochSeconds } from '@hq/shared/time';
import type { Item, Write } from '../ports/table.ts';
import { departureKey } from './keys.ts';
import { number, optionalText, text } from './read-item.ts';

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
  return { organizationId: item.pk, personId: text(item, 'personId'), due: number(item, 'due'), email: optionalText(item, 'email') };
}

type InOrganization = Leaver & Pick<Departure, 'organizationId'>;

/** The write that leaves word. */
export function planDeparture({ organizationId, personId, email }: InOrganization, due: EpochSeconds): Write {
  return { put: { ...departureKey(organizationId, due, personId), attributes: { due, personId, ...(email === null ? {} : { email }) } } };
}

/** The write that takes the word back, which was left for that time. */
export function planNoDeparture({ organizationId, personId }: InOrganization, due: EpochSeconds): Write {
  return { remove: departureKey(organizationId, due, personId) };
}
