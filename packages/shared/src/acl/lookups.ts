/** Records seen through a glass: what `decide()` would say were they different. Nothing is copied; a record is changed when it is looked up. */
import type { Path } from '../path.ts';
import type { EpochSeconds } from '../time.ts';
import { decide, type Fact } from './decide.ts';
import type { AclLookup, AclRecord, Caller, Rule } from './rule.ts';

/** What would decide for the person by rules and creators alone, were nothing open and did their role not stand above the rules. */
export function factByRules(caller: Caller, records: AclLookup, path: Path, now: EpochSeconds): Fact {
  return decide({ ...caller, standing: { kind: 'member', role: 'contributor' } }, changed(records, closed), path, now).because;
}

/** The records without some of their rules. */
export function without(records: AclLookup, gone: ReadonlySet<Rule>): AclLookup {
  return changed(records, (record) => ({ ...record, rules: record.rules.filter((rule) => !gone.has(rule)) }));
}

/** The records with one more rule at a path. */
export function withRule(records: AclLookup, path: Path, rule: Rule): AclLookup {
  return {
    get(at) {
      const record = records.get(at);
      if (at !== path) return record;
      return { path, open: false, version: 1, ...record, rules: [...(record?.rules ?? []), rule] };
    },
  };
}

function changed(records: AclLookup, change: (record: AclRecord) => AclRecord): AclLookup {
  return {
    get(at) {
      const record = records.get(at);
      return record === undefined ? undefined : change(record);
    },
  };
}

function closed(record: AclRecord): AclRecord {
  return record.open ? { ...record, open: false } : record;
}
