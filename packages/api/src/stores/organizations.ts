/**
 * Organizations, and how one is found again by the person who made it.
 *
 *     cmp_… · organization            {name, createdBy, createdAt, + the facts of `vault-records.ts`}
 *     usr_{personId} · created/{name}  {organizationId}: makes a name unique for its creator, so that creating is idempotent. Whoever made it and is gone may
 *                                      use the name again, for another one
 */
import { newId, type RandomBytes } from '@hq/shared/ids';
import type { Role } from '@hq/shared/roles';
import type { Clock, EpochSeconds } from '@hq/shared/time';
import { absent, versionIs } from '../ports/table-condition.ts';
import type { Item, Table } from '../ports/table.ts';
import { adminCountKey, createdKey, memberKey, memberPrefix, organizationKey, personPartition } from './keys.ts';
import { joining, toMember } from './membership.ts';
import { number, text } from './read-item.ts';
import { untilSettled } from './retry.ts';
import { walk } from './walk.ts';
import { toVaultRecord, vaultAttributes, type VaultRecord } from './vault-records.ts';

export interface Organization {
  readonly id: string;
  readonly name: string;
  /** A person's id. */
  readonly createdBy: string;
  readonly createdAt: EpochSeconds;
  readonly storage: VaultRecord;
}

export interface Organizations {
  get(organizationId: string): Promise<Organization | undefined>;
  /**
   * The organization of that name that the person made, or a new one (state `provisioning`) whose first admin they are. Races and repetitions end with one.
   * `bucket` names the bucket for a new id.
   */
  claim(request: {
    readonly name: string;
    readonly createdBy: string;
    /** Their verified address. */
    readonly email: string | null;
    readonly bucketFor: (organizationId: string) => string;
  }): Promise<Organization>;
  /** Every organization that the person is in, with their role, in no particular order. */
  ofPerson(personId: string): Promise<{ readonly organization: Organization; readonly role: Role }[]>;
}

/** Organizations that one person may be in. */
const maxMemberships = 1000;

/** An organization as it is stored. */
export function toOrganization(item: Item): Organization {
  return { id: item.pk, name: text(item, 'name'), createdBy: text(item, 'createdBy'), createdAt: number(item, 'createdAt'), storage: toVaultRecord(item) };
}

export function createOrganizations(table: Table, clock: Clock, randomBytes: RandomBytes): Organizations {
  async function get(organizationId: string): Promise<Organization | undefined> {
    const item = await table.get(organizationKey(organizationId));
    return item === undefined ? undefined : toOrganization(item);
  }

  async function stillIn(organizationId: string, personId: string): Promise<Organization | undefined> {
    const [organization, member] = await table.getMany([organizationKey(organizationId), memberKey(organizationId, personId)]);
    return organization === undefined || member === undefined ? undefined : toOrganization(organization);
  }

  return {
    get,
    claim: ({ name, createdBy, email, bucketFor }) =>
      untilSettled(async () => {
        const claimed = await table.get(createdKey(createdBy, name));
        const found = claimed && (await stillIn(text(claimed, 'organizationId'), createdBy));
        if (found !== undefined) return found;
        const id = newId('organization', randomBytes);
        const createdAt = clock();
        const storage = vaultAttributes(bucketFor(id));
        await table.transact([
          {
            put: { ...createdKey(createdBy, name), attributes: { organizationId: id }, condition: claimed === undefined ? absent : versionIs(claimed.version) },
          },
          { put: { ...organizationKey(id), attributes: { name, createdBy, createdAt, ...storage }, condition: absent } },
          { put: { ...adminCountKey(id), attributes: { count: 1 }, condition: absent } },
          ...joining({
            organizationId: id,
            personId: createdBy,
            role: 'admin',
            term: newId('term', randomBytes),
            joinedAt: createdAt,
            email,
            expiresAt: null,
            groups: [],
          }),
        ]);
        return { id, name, createdBy, createdAt, storage: { ...storage, kmsKeyArn: null, keyIntendedAt: null } };
      }),
    async ofPerson(personId) {
      const memberships = await walk(table, { pk: personPartition(personId), prefix: memberPrefix }, maxMemberships);
      const ids = memberships.map((item) => item.sk.slice(memberPrefix.length));
      const items = await table.getMany(ids.flatMap((id) => [organizationKey(id), memberKey(id, personId)]));
      return ids.flatMap((_, i) => {
        const organization = items[2 * i];
        const member = items[2 * i + 1];
        return organization === undefined || member === undefined ? [] : [{ organization: toOrganization(organization), role: toMember(member).role }];
      });
    },
  };
}
