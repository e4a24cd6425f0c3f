/** A record of rules as attributes of an item, and back. What does not read back exactly is refused: a rule that is lost would be access given or taken. */
import { type AclRecord, type Grantee, levels, type Rule } from '@hq/shared/acl/rule';
import { HqError } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import type { Attributes, Item, Value } from '../ports/table.ts';
import { recordPrefix } from './keys.ts';
import { optionalText } from './read-item.ts';

/** The record in an item under `acl/`. @throws HqError `INTERNAL` for an item that no store of ours wrote. */
export function toRecord(item: Item): AclRecord {
  const { rules, open } = item.attributes;
  if (!Array.isArray(rules) || typeof open !== 'boolean') throw defect(item);
  const createdBy = optionalText(item, 'createdBy');
  return {
    // Only canonical paths are ever written here.
    path: item.sk.slice(recordPrefix.length) as Path,
    rules: (rules as readonly Value[]).map((rule) => toRule(item, rule)),
    ...(createdBy === null ? {} : { createdBy }),
    open,
    version: item.version,
  };
}

export function toRecordAttributes(record: AclRecord): Attributes {
  const rules = record.rules.map(({ grantee, level, expiresAt }) => ({ ...grantee, level, ...(expiresAt === undefined ? {} : { expiresAt }) }));
  return { rules, open: record.open, ...(record.createdBy === undefined ? {} : { createdBy: record.createdBy }) };
}

function toRule(item: Item, value: Value): Rule {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw defect(item);
  const fields = value as { readonly [name: string]: Value };
  const level = levels.find((each) => each === fields['level']);
  const expiresAt = fields['expiresAt'];
  if (level === undefined || (expiresAt !== undefined && typeof expiresAt !== 'number')) throw defect(item);
  return { grantee: toGrantee(item, fields), level, ...(expiresAt === undefined ? {} : { expiresAt }) };
}

function toGrantee(item: Item, { kind, id, email }: { readonly [name: string]: Value }): Grantee {
  if (kind === 'org') return { kind };
  if (kind === 'email' && typeof email === 'string') return { kind, email };
  if ((kind === 'person' || kind === 'group') && typeof id === 'string') return { kind, id };
  throw defect(item);
}

function defect(item: Item): HqError {
  return new HqError('INTERNAL', 'Something went wrong on our side.', { cause: new Error(`${item.pk} ${item.sk}: not a record of rules`) });
}
