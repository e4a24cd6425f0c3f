/** What some writes would leave, worked out before any of them is made: conditions are judged, and refused, on the items as they are. */
import { HqError } from '@hq/shared/errors';
import { type Condition, ConditionFailed } from '../../ports/table-condition.ts';
import { checkAttributes, writeBody } from '../../ports/table-limits.ts';
import type { Attributes, Item, Key, Put, Update, Value, Write } from '../../ports/table.ts';

/** The item that a write leaves at a key: undefined for none, `as before` for a mere check. */
export interface After {
  readonly key: Key;
  readonly item: Item | undefined | 'as before';
}

/** @throws ConditionFailed with all writes whose condition does not hold. */
export function afterWrites(writes: readonly Write[], read: (key: Key) => Item | undefined): After[] {
  const failures = new Map<number, Item | undefined>();
  const after = writes.map((write, i): After => {
    const { pk, sk, condition } = writeBody(write);
    const before = read({ pk, sk });
    if (!holds(condition, before) || ('update' in write && before === undefined)) failures.set(i, before);
    return { key: { pk, sk }, item: failures.has(i) ? 'as before' : afterWrite(write, before) };
  });
  if (failures.size > 0) throw new ConditionFailed(failures);
  return after;
}

function afterWrite(write: Write, before: Item | undefined): After['item'] {
  if ('check' in write) return 'as before';
  if ('remove' in write) return undefined;
  if ('put' in write) return afterPut(write.put, before);
  return before && afterUpdate(write.update, before);
}

function afterPut({ pk, sk, attributes, expiresAt }: Put, before: Item | undefined): Item {
  return { pk, sk, attributes, version: (before?.version ?? 0) + 1, ...(expiresAt === undefined ? {} : { expiresAt }) };
}

function afterUpdate({ set, remove, add, expiresAt }: Update, before: Item): Item {
  const attributes: Record<string, Value> = { ...before.attributes, ...set };
  for (const name of remove ?? []) delete attributes[name];
  for (const [name, delta] of Object.entries(add ?? {})) attributes[name] = sum(before.attributes, name, delta);
  checkAttributes(attributes);
  const { pk, sk, expiresAt: was } = before;
  const end = expiresAt === undefined ? was : (expiresAt ?? undefined);
  return { pk, sk, attributes, version: before.version + 1, ...(end === undefined ? {} : { expiresAt: end }) };
}

function sum(attributes: Attributes, name: string, delta: number): number {
  const value = attributes[name] ?? 0;
  if (typeof value !== 'number') throw new HqError('BAD_REQUEST', `"${name}" is not a number.`);
  return value + delta;
}

/** The meaning of every condition (`ports/table-condition.ts`). */
function holds(condition: Condition | undefined, item: Item | undefined): boolean {
  if (condition === undefined) return true;
  if (condition.kind === 'all') return condition.of.every((each) => holds(each, item));
  if (condition.kind === 'absent') return item === undefined;
  return item !== undefined && holdsOn(condition, item);
}

function holdsOn(condition: Exclude<Condition, { kind: 'all' | 'absent' }>, { version, attributes }: Item): boolean {
  if (condition.kind === 'present') return true;
  if (condition.kind === 'version') return version === condition.is;
  const value = attributes[condition.name];
  if (condition.kind === 'without') return value === undefined;
  if (condition.kind === 'one-of') return condition.values.some((each) => value === each);
  return typeof value === 'number' && value >= condition.number;
}
