/**
 * Where everything is in the one table. A partition is named after what owns it, so one look at an item's key says whose it is:
 *
 *     usr_{personId}        a person, and their personal vault        profile · member/… · created/… · issued/… · request/…
 *     cmp_…                 an organization, and its vault            organization · revision · admins · member/… · departure/… · address/… · groups ·
 *                                                                     group/… · group-name/… · invitation/… · acl/… · session/…
 *     email#{address}       what waits for an address                 person · invitation/…
 *     inv_…                 an invitation, found by its id alone      invitation
 *     audit#{partition}     what happened in a vault                  {seconds}.{count}.{aud_…}
 *     deployment            facts of the whole installation           personal-vaults
 *
 * Prefixes before a path are at most 64 bytes, which `maxPathBytes` leaves free.
 */
import type { Path } from '@hq/shared/path';
import type { EpochSeconds } from '@hq/shared/time';
import type { Key } from '../ports/table.ts';

/** The partition of a person; also the id of their personal vault. */
export const personPartition = (personId: string): string => `usr_${personId}`;
export const emailPartition = (email: string): string => `email#${email}`;
export const auditPartition = (partition: string): string => `audit#${partition}`;

export const profileKey = (personId: string): Key => ({ pk: personPartition(personId), sk: 'profile' });
export const emailKey = (email: string): Key => ({ pk: emailPartition(email), sk: 'person' });

export const organizationKey = (organizationId: string): Key => ({ pk: organizationId, sk: 'organization' });
/** Makes a name unique for its creator. */
export const createdKey = (personId: string, name: string): Key => ({ pk: personPartition(personId), sk: `created/${name}` });

/** Counts the changes of who may do what in the organization. */
export const revisionKey = (organizationId: string): Key => ({ pk: organizationId, sk: 'revision' });
export const adminCountKey = (organizationId: string): Key => ({ pk: organizationId, sk: 'admins' });
export const memberPrefix = 'member/';
export const memberKey = (organizationId: string, personId: string): Key => ({ pk: organizationId, sk: memberPrefix + personId });
/** The same membership, found from the person. */
export const membershipKey = (personId: string, organizationId: string): Key => ({ pk: personPartition(personId), sk: memberPrefix + organizationId });

export const departurePrefix = 'departure/';
/** Sorts after every departure that is due by then, and before the others. */
export const departuresUntil = (due: EpochSeconds): string => `${departurePrefix}${String(due).padStart(10, '0')}~`;
/** What a member who is gone, or will be at a certain time, leaves to be cleared; sorted by when they are gone. */
export const departureKey = (organizationId: string, due: EpochSeconds, personId: string): Key => ({
  pk: organizationId,
  sk: `${departurePrefix}${String(due).padStart(10, '0')}/${personId}`,
});

/** Who holds an address in an organization: the member who joined with it. */
export const addressKey = (organizationId: string, email: string): Key => ({ pk: organizationId, sk: `address/${email}` });

/** All groups and how they lie in one another. */
export const groupsKey = (organizationId: string): Key => ({ pk: organizationId, sk: 'groups' });
export const groupPrefix = 'group/';
export const groupKey = (organizationId: string, groupId: string): Key => ({ pk: organizationId, sk: groupPrefix + groupId });
/** Makes a name unique in its organization. */
export const groupNameKey = (organizationId: string, name: string): Key => ({ pk: organizationId, sk: `group-name/${name}` });

const receiptPrefix = 'request/';
export const receiptKey = (personId: string, requestId: string): Key => ({ pk: personPartition(personId), sk: receiptPrefix + requestId });
export const isReceiptKey = ({ sk }: Key): boolean => sk.startsWith(receiptPrefix);

export const invitationPrefix = 'invitation/';
/** One open invitation an address and organization. */
export const invitationKey = (organizationId: string, email: string): Key => ({ pk: organizationId, sk: invitationPrefix + email });
export const invitedKey = (email: string, organizationId: string): Key => ({ pk: emailPartition(email), sk: invitationPrefix + organizationId });
export const invitationIdKey = (invitationId: string): Key => ({ pk: invitationId, sk: 'invitation' });

export const recordPrefix = 'acl/';
export const recordKey = (vaultId: string, path: Path): Key => ({ pk: vaultId, sk: recordPrefix + path });

/** Where the facts of the shared bucket for personal vaults are. */
export const personalVaultsKey: Key = { pk: 'deployment', sk: 'personal-vaults' };
