/**
 * The rules of a vault: one item a path, with all that is stored at that path.
 *
 *     {vault id} · acl/{path}         {rules: [{kind, id?, email?, level, expiresAt?}], createdBy?, open}; the item's version is the record's
 *
 * A record whose last rule goes stays, empty: its version must not begin again, or an old one could be taken for a new one.
 */
import type { AclRecord, Grantee, Rule } from '@hq/shared/acl/rule';
import { HqError } from '@hq/shared/errors';
import { isFolder, type Path } from '@hq/shared/path';
import { absent, versionIs } from '../ports/table-condition.ts';
import type { Item, Table } from '../ports/table.ts';
import { recordKey, recordPrefix } from './keys.ts';
import { untilSettled } from './retry.ts';
import { toRecord, toRecordAttributes } from './record-item.ts';
import { walk } from './walk.ts';

/** Records under one cone that one request may load; over it the request is refused, so nothing is ever decided on a part of them. */
const maxRecords = 100_000;
/** Rules at one path. */
const maxRules = 500;

export interface Rules {
  /** One round trip for up to 100 paths; only paths with a record are in the answer. */
  recordsFor(vaultId: string, paths: readonly Path[]): Promise<Map<Path, AclRecord>>;
  /** The records at the cone and under it, in the order of their bytes. For a file, at most its own. */
  recordsUnder(vaultId: string, cone: Path): Promise<AclRecord[]>;
  /** Adds the rule, or puts it in the place of the one for the same grantee. With `version` (0: no record yet) only on top of that. @throws HqError `CONFLICT`. */
  grant(vaultId: string, path: Path, rule: Rule, version?: number): Promise<AclRecord>;
  /** Takes the grantee's rule away. @throws HqError `CONFLICT`; `NOT_FOUND` where there is no such rule. */
  revoke(vaultId: string, path: Path, grantee: Grantee, version?: number): Promise<AclRecord>;
}

export function createRules(table: Table): Rules {
  /** One change on top of what is there, tried again where the caller named no version and someone else was faster. */
  async function change(vaultId: string, path: Path, version: number | undefined, edit: (before: AclRecord) => AclRecord): Promise<AclRecord> {
    return untilSettled(async () => {
      const item = await table.get(recordKey(vaultId, path));
      const before: AclRecord = item === undefined ? { path, rules: [], open: false, version: 0 } : toRecord(item);
      if (version !== undefined && version !== before.version) {
        throw new HqError('CONFLICT', 'Someone else changed the rules of this path first.', { hint: 'Look at the rules again, then repeat the change.' });
      }
      const after = edit(before);
      if (after.rules.length > maxRules)
        throw new HqError('TOO_LARGE', `A path has at most ${maxRules} rules.`, { hint: 'Put people into a group and grant to the group.' });
      const condition = item === undefined ? absent : versionIs(item.version);
      return toRecord(await table.put({ ...recordKey(vaultId, path), attributes: toRecordAttributes(after), condition }));
    });
  }

  return {
    async recordsFor(vaultId, paths) {
      return toRecords(await table.getMany(paths.map((path) => recordKey(vaultId, path))));
    },
    async recordsUnder(vaultId, cone) {
      const key = recordKey(vaultId, cone);
      if (isFolder(cone)) return (await walk(table, { pk: vaultId, prefix: key.sk }, maxRecords)).map(toRecord);
      const item = await table.get(key);
      return item === undefined ? [] : [toRecord(item)];
    },
    grant: (vaultId, path, rule, version) =>
      change(vaultId, path, version, (before) => ({ ...before, rules: [...before.rules.filter((each) => !sameGrantee(each.grantee, rule.grantee)), rule] })),
    revoke: (vaultId, path, grantee, version) =>
      change(vaultId, path, version, (before) => {
        const rules = before.rules.filter((each) => !sameGrantee(each.grantee, grantee));
        if (rules.length < before.rules.length) return { ...before, rules };
        throw new HqError('NOT_FOUND', 'There is no such rule at this path.', { hint: 'List the rules of the path.' });
      }),
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

function sameGrantee(a: Grantee, b: Grantee): boolean {
  if (a.kind === 'org' || b.kind === 'org') return a.kind === b.kind;
  if (a.kind === 'email' || b.kind === 'email') return a.kind === 'email' && b.kind === 'email' && a.email === b.email;
  return a.kind === b.kind && a.id === b.id;
}
