/**
 * Writes in DynamoDB's expression language. An item is `{pk, sk, d: attributes, v: version, x?: expiry, w: token of the last write}`; `x` is the table's TTL
 * attribute, which DynamoDB sweeps late, so every condition judges it too.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { EpochSeconds } from '@hq/shared/time';
import type { Condition } from '../../ports/table-condition.ts';
import type { Put, Update, Value } from '../../ports/table.ts';
import { toAttribute } from './dynamodb-values.ts';

/** Collects the names and values of one request, so that nothing of ours is ever taken for syntax. */
export class Expression {
  readonly #names = new Map<string, string>();
  readonly #values = new Map<string, AttributeValue>();

  name(name: string): string {
    let token = this.#names.get(name);
    if (token === undefined) this.#names.set(name, (token = `#${this.#names.size}`));
    return token;
  }

  value(value: Value): string {
    const token = `:${this.#values.size}`;
    this.#values.set(token, toAttribute(value));
    return token;
  }

  /** An attribute of ours: a member of the map `d`. */
  member(name: string): string {
    return `${this.name('d')}.${this.name(name)}`;
  }

  /** The two maps of a request; DynamoDB refuses empty ones. */
  maps(): { ExpressionAttributeNames?: Record<string, string>; ExpressionAttributeValues?: Record<string, AttributeValue> } {
    return {
      ...(this.#names.size === 0 ? {} : { ExpressionAttributeNames: Object.fromEntries([...this.#names].map(([name, token]) => [token, name])) }),
      ...(this.#values.size === 0 ? {} : { ExpressionAttributeValues: Object.fromEntries(this.#values) }),
    };
  }
}

/** Clauses that must all hold, as one expression. DynamoDB refuses parentheses that are not needed. */
export function conjunction(clauses: readonly string[]): string {
  return clauses.length === 1 ? clauses.join('') : clauses.map((clause) => (clause.includes(' OR ') ? `(${clause})` : clause)).join(' AND ');
}

/** The item is there and its expiry has not come. */
function alive(expression: Expression, now: EpochSeconds): string[] {
  const expiry = expression.name('x');
  return [`attribute_exists(${expression.name('pk')})`, `attribute_not_exists(${expiry}) OR ${expiry} > ${expression.value(now)}`];
}

/** A condition as clauses. */
export function conditionClauses(expression: Expression, condition: Condition, now: EpochSeconds): string[] {
  if (condition.kind === 'all') return condition.of.flatMap((each) => conditionClauses(expression, each, now));
  if (condition.kind === 'absent') return [`attribute_not_exists(${expression.name('pk')}) OR ${expression.name('x')} <= ${expression.value(now)}`];
  return [...alive(expression, now), ...itemClauses(expression, condition)];
}

function itemClauses(expression: Expression, condition: Exclude<Condition, { kind: 'all' | 'absent' }>): string[] {
  if (condition.kind === 'present') return [];
  if (condition.kind === 'version') return [`${expression.name('v')} = ${expression.value(condition.is)}`];
  const member = expression.member(condition.name);
  if (condition.kind === 'without') return [`attribute_not_exists(${member})`];
  if (condition.kind === 'one-of') return [`${member} IN (${condition.values.map((value) => expression.value(value)).join(', ')})`];
  return [`attribute_type(${member}, ${expression.value('N')})`, `${member} >= ${expression.value(condition.number)}`];
}

/**
 * What makes a write safe to send twice: an item that bears this write's own token has had it. (A lost answer makes the SDK send again; without this, an
 * addition would count twice.)
 */
export function unlessDone(expression: Expression, token: string): string {
  return `attribute_not_exists(${expression.name('w')}) OR ${expression.name('w')} <> ${expression.value(token)}`;
}

/** The whole item anew. It is an update, since only an update can count the version on. */
export function putExpression(expression: Expression, put: Put, token: string): string {
  const version = expression.name('v');
  const sets = [
    `${expression.name('d')} = ${expression.value(put.attributes)}`,
    `${version} = if_not_exists(${version}, ${expression.value(0)}) + ${expression.value(1)}`,
    `${expression.name('w')} = ${expression.value(token)}`,
  ];
  if (put.expiresAt !== undefined) sets.push(`${expression.name('x')} = ${expression.value(put.expiresAt)}`);
  return `SET ${sets.join(', ')}${put.expiresAt === undefined ? ` REMOVE ${expression.name('x')}` : ''}`;
}

/** Single attributes. */
export function updateExpression(expression: Expression, update: Update, token: string): string {
  const version = expression.name('v');
  const sets = [`${version} = ${version} + ${expression.value(1)}`, `${expression.name('w')} = ${expression.value(token)}`];
  for (const [name, value] of Object.entries(update.set ?? {})) sets.push(`${expression.member(name)} = ${expression.value(value)}`);
  for (const [name, delta] of Object.entries(update.add ?? {})) {
    const member = expression.member(name);
    sets.push(`${member} = if_not_exists(${member}, ${expression.value(0)}) + ${expression.value(delta)}`);
  }
  const removes = (update.remove ?? []).map((name) => expression.member(name));
  if (update.expiresAt === null) removes.push(expression.name('x'));
  else if (update.expiresAt !== undefined) sets.push(`${expression.name('x')} = ${expression.value(update.expiresAt)}`);
  return `SET ${sets.join(', ')}${removes.length === 0 ? '' : ` REMOVE ${removes.join(', ')}`}`;
}
