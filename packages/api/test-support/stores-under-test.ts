/** The stores over a fresh SQLite table, with a clock that the test turns. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId } from '@hq/shared/ids';
import { createSqliteTable } from '../src/adapters/local/sqlite-table.ts';
import type { Table } from '../src/ports/table.ts';
import { bucketForOrganization } from '../src/provisioning/plan.ts';
import { counting, joining, leaving, type Member } from '../src/stores/membership.ts';
import type { Organization } from '../src/stores/organizations.ts';
import { createStores, type Stores } from '../src/stores/stores.ts';

export interface StoresUnderTest extends Stores {
  readonly table: Table;
  /** How often each method of the table was called. */
  readonly calls: Map<string, number>;
  now: number;
  newOrganization(createdBy: string, name?: string, email?: string): Promise<Organization>;
  /** Makes a member, without an invitation; a contributor with no address and no end unless said. */
  join(organizationId: string, personId: string, member?: Partial<Member>): Promise<Member>;
  /** Ends a membership, without what belongs to it. */
  leave(organizationId: string, personId: string): Promise<void>;
  close(): Promise<void>;
}

/** People's ids that read well in a failure. */
export const person = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

export function openStores(): StoresUnderTest {
  const folder = mkdtempSync(join(tmpdir(), 'hq-stores-'));
  const clock = () => opened.now;
  const calls = new Map<string, number>();
  const sqlite = createSqliteTable({ file: join(folder, 'table.db'), clock });
  const table = new Proxy(sqlite, {
    get(target, name, receiver) {
      if (typeof name === 'string') calls.set(name, (calls.get(name) ?? 0) + 1);
      return Reflect.get(target, name, receiver);
    },
  });
  const stores = createStores({ table, clock, randomBytes, region: 'us-east-1' });
  const opened: StoresUnderTest = {
    ...stores,
    table,
    calls,
    now: 1_800_000_000,
    newOrganization: (createdBy, name = 'acme', email) =>
      stores.organizations.claim({ name, createdBy, email: email ?? null, bucketFor: bucketForOrganization }),
    async join(organizationId, personId, facts) {
      const term = newId('term', randomBytes);
      const plain: Member = { organizationId, personId, role: 'contributor', term, joinedAt: clock(), email: null, expiresAt: null, groups: [] };
      const member = { ...plain, ...facts };
      await table.transact([...counting(organizationId, member.role === 'admin' ? 1 : 0), ...joining(member)]);
      return member;
    },
    async leave(organizationId, personId) {
      const member = await stores.members.get(organizationId, personId);
      if (member !== undefined) await table.transact(leaving(member));
    },
    async close() {
      await sqlite.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return opened;
}
