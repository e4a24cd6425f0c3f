/** What people have in the records of an organization, that goes with them: rules for them and for the address they joined with, and what they made. */
import type { AclRecord, Rule } from '@hq/shared/acl/rule';
import type { EpochSeconds } from '@hq/shared/time';
import type { Leaver } from './departure.ts';
import { nextRecord } from './rules.ts';

export interface Leftovers {
  /** True for a rule that goes. */
  readonly isTheirs: (rule: Rule) => boolean;
  /** True for a record with anything that goes. */
  readonly concerns: (record: AclRecord) => boolean;
  /** What a record becomes; the same object where nothing goes. */
  readonly without: (record: AclRecord, now: EpochSeconds) => AclRecord;
}

export function leftoversOf(people: readonly Leaver[]): Leftovers {
  const ids = new Set(people.map(({ personId }) => personId));
  const emails = new Set(people.map(({ email }) => email));
  const isTheirs = ({ grantee }: Rule): boolean =>
    (grantee.kind === 'person' && ids.has(grantee.id)) || (grantee.kind === 'email' && emails.has(grantee.email));
  const isMaker = ({ createdBy }: AclRecord): boolean => createdBy !== undefined && ids.has(createdBy);
  const concerns = (record: AclRecord): boolean => isMaker(record) || record.rules.some(isTheirs);
  return {
    isTheirs,
    concerns,
    without(record, now) {
      if (!concerns(record)) return record;
      const { createdBy: _, ...others } = record;
      return nextRecord(isMaker(record) ? others : record, { rules: record.rules.filter((rule) => !isTheirs(rule)) }, now);
    },
  };
}
