/**
 * The rules of a vault: one item a path, with all that is stored at that path.
 *
 *     {vault id} · acl/{path}         {rules: [{kind, id?, email?, level, expiresAt?}], createdBy?, open}; the item's version is the record's
 *
 * A record whose last rule goes stays, empty: its version must not begin again, or an old one could be taken for a new one.
 */
import type { AclRecord, Rule } from '@hq/shared/acl/rule';
import { HqError } from '@hq/shared/errors';
import { isFolder, type Path } from '@hq/shared/path';
import type { EpochSeconds } from '@hq/shared/time';
import { absent, versionIs } from '../ports/table-condition.ts';
import type { Item, Table, Write } from '../ports/table.ts';
import { recordKey, recordPrefix } from './keys.ts';
import { toRecord, toRecordAttributes } from './record-item.ts';
import { walk } from './walk.ts';

/** Records under one cone that one request may load; over it the request is refused, so nothing is ever decided on a part of them. */
const maxRecords = 100_000;
/** Rules at one path. */
export const maxRules = 500;

export interface Rules {
  /** The records at the cone and under it, in the order of their bytes. For a file, at most its own. */
  recordsUnder(vaultId: string, cone: Path): Promise<AclRecord[]>;
  /** The write that stores what `nextRecord` made; its condition is that the record is still the one that this was made of. */
  plan(vaultId: string, next: AclRecord): Write;
}

/** What is at a path where nothing was ever stored. */
export const noRecord = (path: Path): AclRecord => ({ path, rules: [], open: false, version: 0 });

/** True until the rule ends. */
export const isLive = (rule: Rule, now: EpochSeconds): boolean => rule.expiresAt === undefined || rule.expiresAt > now;

/**
 * A record with a change in it, as it is stored next. Rules that have ended are left out.
 * @throws HqError `TOO_LARGE` over 500 rules, unless they become fewer.
 */
export function nextRecord(before: AclRecord, change: Partial<Pick<AclRecord, 'rules' | 'open'>>, now: EpochSeconds): AclRecord {
  const rules = (change.rules ?? before.rules).filter((rule) => isLive(rule, now));
  if (rules.length > maxRules && rules.length >= before.rules.length) {
    throw new HqError('TOO_LARGE', `A path has at most ${maxRules} rules.`, { hint: 'Put people into a group and grant to the group.' });
  }
  return { ...before, ...change, rules, version: before.version + 1 };
}

export function createRules(table: Table): Rules {
  return {
    async recordsUnder(vaultId, cone) {
      const key = recordKey(vaultId, cone);
      if (isFolder(cone)) return (await walk(table, { pk: vaultId, prefix: key.sk }, maxRecords)).map(toRecord);
      const item = await table.get(key);
      return item === undefined ? [] : [toRecord(item)];
    },
    plan(vaultId, next) {
      const condition = next.version === 1 ? absent : versionIs(next.version - 1);
      return { put: { ...recordKey(vaultId, next.path), attributes: toRecordAttributes(next), condition } };
    },
  };
}

/** The records among some items, by their path. */
export function toRecords(items: readonly (Item | undefined)[]): Map<Path, AclRecord> {
  const records = new Map<Path, AclRecord>();
  for (const item of items) {
    if (!item?.sk.startsWith(recordPrefix)) continue;
    const record = toRecord(item);
    records.set(record.path, record);
  }
  return records;
}
