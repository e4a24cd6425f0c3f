/** Clears what members leave behind, in as many transactions as it takes, whoever comes across it first. */
import type { AclRecord } from '@hq/shared/acl/rule';
import { root } from '@hq/shared/path';
import type { Clock } from '@hq/shared/time';
import type { Table, Write } from '../ports/table.ts';
import type { Audit } from './audit.ts';
import { type Departure, type Leaver, planNoDeparture, toDeparture } from './departure.ts';
import { departurePrefix, departuresUntil } from './keys.ts';
import { leftoversOf } from './leftovers.ts';
import { toRecordAttributes } from './record-item.ts';
import type { Planned, Revisions } from './revisions.ts';
import type { Rules } from './rules.ts';

/** Writes and bytes that clearing takes of one transaction; what else belongs into it needs the rest. */
const maxWrites = 80;
const maxBytes = 1_500_000;
/** Departures that one transaction takes on at most. */
const maxFinished = 8;

/** A first part, and whether it is all. */
export interface Clearing {
  readonly writes: readonly Write[];
  /** The records that they change, as they were. */
  readonly cleared: readonly AclRecord[];
  readonly done: boolean;
}

interface DepartureStores {
  readonly rules: Rules;
  readonly revisions: Revisions;
  readonly audit: Pick<Audit, 'plan'>;
}

export interface Departures {
  /**
   * `revisions.change`, for changes that must not meet what someone gone has left: by the time of the attempt all of it is cleared, and nothing of it can be
   * taken for what the change itself makes.
   */
  change<Result>(organizationId: string, attempt: () => Promise<Planned<Result>>): Promise<Result>;
  /** What clears the records of the people, as much as fits beside other writes. */
  plan(organizationId: string, records: Iterable<AclRecord>, people: readonly Leaver[]): Clearing;
  /** Those who are gone and not cleared, the first to go first; a few of them where they are many. */
  due(organizationId: string): Promise<Departure[]>;
  /** Clears whatever is due. Safe to repeat, at the same time too, and after a crash at any moment. */
  settle(organizationId: string): Promise<void>;
}

export function createDepartures(table: Table, { rules, revisions, audit }: DepartureStores, clock: Clock): Departures {
  async function due(organizationId: string): Promise<Departure[]> {
    const { items } = await table.query({ pk: organizationId, from: departurePrefix, to: departuresUntil(clock()), limit: maxFinished });
    return items.map(toDeparture);
  }

  function plan(organizationId: string, records: Iterable<AclRecord>, people: readonly Leaver[]): Clearing {
    const leftovers = leftoversOf(people);
    const writes: Write[] = [];
    const cleared: AclRecord[] = [];
    let bytes = 0;
    for (const record of records) {
      const next = leftovers.without(record, clock());
      if (next === record) continue;
      bytes += Buffer.byteLength(JSON.stringify(toRecordAttributes(next)));
      if (writes.length > 0 && (writes.length === maxWrites || bytes > maxBytes)) return { writes, cleared, done: false };
      writes.push(rules.plan(organizationId, next));
      cleared.push(record);
    }
    return { writes, cleared, done: true };
  }

  /** Nobody asked for it, so the entry is of the one who is gone. */
  const entryOf = (departure: Departure, { cleared, done }: Clearing): Write =>
    audit.plan({
      partition: departure.organizationId,
      personId: departure.personId,
      action: 'members.clear',
      paths: cleared.filter(leftoversOf([departure]).concerns).map(({ path }) => path),
      outcome: 'done',
      code: null,
      because: null,
      sessions: [],
      sourceIp: null,
      userAgent: null,
      before: null,
      after: { done },
    });

  /** True when nothing was left to clear. */
  const settleSome = (organizationId: string): Promise<boolean> =>
    revisions.change(organizationId, async () => {
      const departures = await due(organizationId);
      if (departures.length === 0) return { writes: [], result: true };
      const clearing = plan(organizationId, await rules.recordsUnder(organizationId, root), departures);
      const { writes, done } = clearing;
      const finished = done ? departures.map((departure) => planNoDeparture(departure, departure.due)) : [];
      const entries = departures.map((departure) => entryOf(departure, clearing));
      return { writes: [...writes, ...finished, ...entries], result: false };
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
