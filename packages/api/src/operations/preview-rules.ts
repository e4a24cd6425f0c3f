/** A change of the rules of a path that is not made. */
import { callerNow, affectedBy, type RulesJob, type RulesPorts, withRecord } from './rules.ts';
import { changeRecord, type ChangedRecord, type RuleChange } from './rule-change.ts';
import { noRecord } from '../stores/rules.ts';
import { refuseUncompilable } from './compilable.ts';
import { previewChange } from './preview.ts';
import type { Job, StoragePorts } from './storage-session.ts';

/** Who would gain and who would lose, by the same steps as the change itself. For admins of the path. */
export async function previewRules(ports: RulesPorts & StoragePorts, { access, at, asker }: RulesJob & Job, change: RuleChange) {
  const { vault } = access;
  const before = await ports.stores.access.loadOrganization(vault.id);
  let changed: ChangedRecord | undefined;
  return previewChange(ports, { access, asker }, before, {
    version: (before.records.get(at.path) ?? noRecord(at.path)).version,
    cone: at.path,
    opens: change.kind === 'set-open' && change.open,
    async make() {
      changed = await changeRecord(ports, before, at.path, change);
      return withRecord(before, changed.after);
    },
    async check(after) {
      if (changed === undefined || changed.after === changed.before) return;
      const affected = affectedBy(before, changed);
      await refuseUncompilable({ vault, before, after, affected, asker: callerNow(before, access), now: ports.clock() });
    },
  });
}
