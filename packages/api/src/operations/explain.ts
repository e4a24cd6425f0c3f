/** Why someone has the level they have at a path, and what would have to change for more. */
import { allows, requireLevel } from '@hq/shared/acl/actions';
import { decide } from '@hq/shared/acl/decide';
import { explain } from '@hq/shared/acl/explain';
import type { Step } from '@hq/shared/acl/remedies';
import type { Ports } from '../context.ts';
import { callerIn, type CallerPorts } from './caller-in.ts';
import type { RulesJob } from './rules.ts';

/**
 * The whole story for admins of the path, about anyone in the organization. Others hear of themselves alone: what decided, where they may read; nothing at all,
 * where they may not, so that a path with rules and one without are the same to them.
 *
 * @throws HqError `NOT_FOUND` for someone who is not in the organization; `NOT_FOUND` or `FORBIDDEN` for a question about another by who is no admin here.
 */
export async function explainAccess(ports: CallerPorts & Pick<Ports, 'clock'>, { access, at }: RulesJob, personId: string | undefined) {
  const { person, records } = access;
  const now = ports.clock();
  const own = decide(access.caller, records, at.path, now);
  const about = personId ?? person.id;
  if (about !== person.id) requireLevel(own.level, 'readRules');
  const caller = await callerIn(ports, access, about);
  const facts = { personId: about, email: caller.email ?? null };
  if (!allows(own.level, 'read')) return { ...facts, level: 'none' as const, because: { kind: 'no-rule' as const }, lost: [], remedies: [] };
  if (!allows(own.level, 'admin')) return { ...facts, ...own, lost: [], remedies: [] };
  const { decision, lost, remedies } = explain(caller, records, at.path, now);
  return { ...facts, ...decision, lost: [...lost], remedies: remedies.map(({ gives, steps }) => ({ gives, steps: steps.map(stepOf) })) };
}

/** A step as the answer's schema has it. */
function stepOf(step: Step) {
  return step.kind === 'lift' ? { ...step, rules: [...step.rules] } : step;
}
