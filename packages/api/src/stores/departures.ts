/** Clears what members leave behind, in as many transactions as it takes, whoever comes across it first. */
import type { AclRecord } from '@hq/shared/acl/rule';
import { root } from '@hq/shared/path';
import type { Clock, EpochSeconds } from '@hq/shared/time';
import type { Table, Write } from '../ports/table.ts';
import { type Departure, type Leaver, planNoDeparture, toDeparture } from './departure.ts';
import { departurePrefix } from './keys.ts';
import { toRecordAttributes } from './record-item.ts';
import type { Planned, Revisions } from './revisions.ts';
import { nextRecord, type Rules } from './rules.ts';
import { walk } from './walk.ts';

/** Writes and bytes that clearing takes of one transaction; what else belongs into it needs the rest. */
const maxWrites = 80;
const maxBytes = 1_500_000;
/** Departures that one transaction finishes at most. */
const maxFinished = 10;
const maxDepartures = 50_000;

/** The writes of a first part, and whether there is more. */
export interface Clearing {
  readonly writes: readonly Write[];
  readonly done: boolean;
}

export interface Departures {
  /**
   * `revisions.change`, for changes that must not meet what someone gone has left: by the time of the attempt all of it is cleared, and nothing of it can be
   * taken for what the change itself makes.
   */
  change<Result>(organizationId: string, attempt: () => Promise<Planned<Result>>): Promise<Result>;
  /** What clears the records of the people, as much as fits beside other writes. */
  plan(organizationId: string, records: Iterable<AclRecord>, people: readonly Leaver[]): Clearing;
  /** Those that are gone and not cleared. */
  due(organizationId: string): Promise<Departure[]>;
  /** Clears whatever is due. Safe to repeat, at the same time too, and after a crash at any moment. */
  settle(organizationId: string): Promise<void>;
}

/** What a record becomes without the people; the same object where it holds nothing of theirs. */
export function withoutPeople(record: AclRecord, people: readonly Leaver[], now: EpochSeconds): AclRecord {
  const ids = new Set(people.map(({ personId }) => personId));
  const emails = new Set(people.map(({ email }) => email));
  const rules = record.rules.filter(
    ({ grantee }) => !(grantee.kind === 'person' && ids.has(grantee.id)) && !(grantee.kind === 'email' && emails.has(grantee.email)),
  );
  const { createdBy, ...others } = record;
  const orphaned = createdBy !== undefined && ids.has(createdBy);
  if (!orphaned && rules.length === record.rules.length) return record;
  return nextRecord(orphaned ? others : record, { rules }, now);
}

export function createDepartures(table: Table, rules: Rules, revisions: Revisions, clock: Clock): Departures {
  async function due(organizationId: string): Promise<Departure[]> {
    const now = clock();
    const all = (await walk(table, { pk: organizationId, prefix: departurePrefix }, maxDepartures)).map(toDeparture);
    return all.filter((departure) => departure.due <= now);
  }

  function plan(organizationId: string, records: Iterable<AclRecord>, people: readonly Leaver[]): Clearing {
    const writes: Write[] = [];
    let bytes = 0;
    for (const record of records) {
      const next = withoutPeople(record, people, clock());
      if (next === record) continue;
      bytes += Buffer.byteLength(JSON.stringify(toRecordAttributes(next)));
      if (writes.length > 0 && (writes.length === maxWrites || bytes > maxBytes)) return { writes, done: false };
      writes.push(rules.plan(organizationId, next));
    }
    return { writes, done: true };
  }

  /** True when nothing was left to clear. */
  const settleSome = (organizationId: string): Promise<boolean> =>
    revisions.change(organizationId, async () => {
      const [departures, records] = await Promise.all([due(organizationId), rules.recordsUnder(organizationId, root)]);
      const some = departures.slice(0, maxFinished);
      const { writes, done } = plan(organizationId, records, some);
      const finished = done ? some.map(planNoDeparture) : [];
      return { writes: [...writes, ...finished], result: done && some.length === departures.length };
    });

  async function settle(organizationId: string): Promise<void> {
    while (!(await settleSome(organizationId)));
  }

  return {
    due,
    plan,
    settle,
    async change<Result>(organizationId: string, attempt: () => Promise<Planned<Result>>): Promise<Result> {
      for (;;) {
        const outcome = await revisions.change(organizationId, async (): Promise<Planned<{ readonly result: Result } | undefined>> => {
          if ((await due(organizationId)).length > 0) return { writes: [], result: undefined };
          const { writes, result } = await attempt();
          return { writes, result: { result } };
        });
        if (outcome !== undefined) return outcome.result;
        await settle(organizationId);
      }
    },
  };
}
