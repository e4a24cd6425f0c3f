/** All stores over one table. */
import type { RandomBytes } from '@hq/shared/ids';
import type { Clock } from '@hq/shared/time';
import type { Table } from '../ports/table.ts';
import { type AccessStore, createAccess } from './access.ts';
import { type Audit, createAudit } from './audit.ts';
import { createDepartures, type Departures } from './departures.ts';
import { createGroups, type Groups } from './groups.ts';
import { createInvitations, type Invitations } from './invitations.ts';
import { createMembers, type Members } from './members.ts';
import { createOrganizations, type Organizations } from './organizations.ts';
import { createPeople, type People } from './people.ts';
import { createReceipts, type Receipts } from './receipts.ts';
import { createRevisions, type Revisions } from './revisions.ts';
import { createRules, type Rules } from './rules.ts';
import { createIssuedSessions, type IssuedSessions } from './sessions.ts';
import { createVaultRecords, type VaultRecords } from './vault-records.ts';

export interface Stores {
  readonly access: AccessStore;
  readonly audit: Audit;
  readonly departures: Departures;
  readonly groups: Groups;
  readonly invitations: Invitations;
  readonly members: Members;
  readonly organizations: Organizations;
  readonly people: People;
  readonly receipts: Receipts;
  readonly revisions: Revisions;
  readonly rules: Rules;
  readonly sessions: IssuedSessions;
  readonly vaultRecords: VaultRecords;
}

export interface StoresOptions {
  readonly table: Table;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  /** Where all vaults are. */
  readonly region: string;
  /** How a change waits that lost a race (`revisions.ts`); simulations hand in theirs. */
  readonly pause?: (lost: number) => Promise<void>;
}

/** Opens nothing: the table is the caller's to close. */
export function createStores({ table, clock, randomBytes, region, pause }: StoresOptions): Stores {
  const rules = createRules(table);
  const revisions = createRevisions(table, pause);
  const audit = createAudit(table, clock, randomBytes);
  return {
    access: createAccess(table, rules, region),
    audit,
    departures: createDepartures(table, { rules, revisions, audit }, clock),
    groups: createGroups(table),
    invitations: createInvitations(table),
    members: createMembers(table),
    organizations: createOrganizations(table, clock, randomBytes),
    people: createPeople(table),
    receipts: createReceipts(table, clock),
    revisions,
    rules,
    sessions: createIssuedSessions(table, clock),
    vaultRecords: createVaultRecords(table),
  };
}
