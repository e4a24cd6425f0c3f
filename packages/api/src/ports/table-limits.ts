/** What an item and a request may be: the limits of DynamoDB, or ours below them, held by every adapter alike so that none accepts what another refuses. */
import { HqError } from '@hq/shared/errors';
import { compareBytes } from '@hq/shared/path';
import type { Condition } from './table-condition.ts';
import type { Attributes, Key, Query, Value, Write } from './table.ts';

/** UTF-8 bytes of a partition key and of a sort key. */
export const maxKeyBytes = 1024;
/** Bytes of an item's attributes as JSON. DynamoDB counts up to half as much again, and refuses over 400 KB. */
export const maxItemBytes = 256 * 1024;
export const maxTransactWrites = 100;
/** Bytes of all attributes in one transaction as JSON; DynamoDB refuses over 4 MB. */
export const maxTransactBytes = 2_500_000;
export const maxQueryLimit = 1000;

const attributeName = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const maxDepth = 16;

function refuse(message: string): never {
  throw new HqError('BAD_REQUEST', message, { hint: 'This is a limit of the metadata table.' });
}

function checkKeyPart(name: string, value: string): void {
  const bytes = Buffer.byteLength(value);
  if (bytes < 1 || bytes > maxKeyBytes) refuse(`A ${name} is 1 to ${maxKeyBytes} bytes; this one is ${bytes}.`);
  if (!value.isWellFormed()) refuse(`A ${name} is well-formed Unicode.`);
}

/** @throws HqError `BAD_REQUEST`. */
export function checkKey(key: Key): void {
  checkKeyPart('partition key', key.pk);
  checkKeyPart('sort key', key.sk);
}

function checkValue(value: Value, depth: number): void {
  if (depth > maxDepth) refuse(`A value is nested at most ${maxDepth} deep.`);
  if (typeof value === 'string') {
    if (!value.isWellFormed()) refuse('A string is well-formed Unicode.');
  } else if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) refuse('A number is a safe integer.');
  } else if (Array.isArray(value)) {
    for (const inner of value as readonly Value[]) checkValue(inner, depth + 1);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      // `__proto__` would change what reads it back, and DynamoDB knows no empty name.
      if (name === '' || name === '__proto__' || !name.isWellFormed()) refuse('A name in a map is not empty, well-formed, and not "__proto__".');
      checkValue(inner, depth + 1);
    }
  } else if (typeof value !== 'boolean' && value !== null) refuse(`A value of type ${typeof value} can't be stored.`);
}

/** The size of the attributes as JSON, in bytes. @throws HqError `BAD_REQUEST` or `TOO_LARGE`. */
export function checkAttributes(attributes: Attributes): number {
  for (const [name, value] of Object.entries(attributes)) {
    if (!attributeName.test(name)) refuse(`"${name}" is not the name of an attribute.`);
    checkValue(value, 1);
  }
  const bytes = Buffer.byteLength(JSON.stringify(attributes));
  if (bytes > maxItemBytes) {
    throw new HqError('TOO_LARGE', `An item of ${bytes} bytes is over the limit of ${maxItemBytes}.`, {
      hint: 'Store less in one place, for example fewer rules at one path.',
    });
  }
  return bytes;
}

/** @throws HqError `BAD_REQUEST`. */
export function checkCondition(condition: Condition | undefined): void {
  if (condition?.kind === 'all') {
    if (condition.of.length === 0) refuse('A condition made of none says nothing.');
    for (const inner of condition.of) checkCondition(inner);
  } else if (condition !== undefined && 'name' in condition && !attributeName.test(condition.name))
    refuse(`"${condition.name}" is not the name of an attribute.`);
  else if (condition?.kind === 'one-of' && (condition.values.length < 1 || condition.values.length > 100)) refuse('A condition compares with 1 to 100 values.');
}

/** One write of any kind: its key, its condition and what it stores. Answers the bytes it stores. @throws HqError `BAD_REQUEST` or `TOO_LARGE`. */
export function checkWrite(write: Write): number {
  const body = writeBody(write);
  checkKey(body);
  checkCondition(body.condition);
  if ('put' in write) return checkAttributes(write.put.attributes);
  if (!('update' in write)) return 0;
  const { set = {}, remove = [], add = {} } = write.update;
  const names = [...Object.keys(set), ...remove, ...Object.keys(add)];
  if (new Set(names).size !== names.length) refuse('An update names each attribute once.');
  for (const name of remove) if (!attributeName.test(name)) refuse(`"${name}" is not the name of an attribute.`);
  return checkAttributes({ ...set, ...add });
}

/** What a write is about, whatever its kind. */
export function writeBody(write: Write): Key & { readonly condition?: Condition } {
  if ('put' in write) return write.put;
  if ('update' in write) return write.update;
  return 'remove' in write ? write.remove : write.check;
}

/** @throws HqError `BAD_REQUEST` or `TOO_LARGE`. */
export function checkTransaction(writes: readonly Write[]): void {
  if (writes.length < 1 || writes.length > maxTransactWrites) refuse(`A transaction has 1 to ${maxTransactWrites} writes; this one has ${writes.length}.`);
  let bytes = 0;
  const seen = new Set<string>();
  for (const write of writes) {
    bytes += checkWrite(write);
    const { pk, sk } = writeBody(write);
    seen.add(JSON.stringify([pk, sk]));
  }
  if (seen.size !== writes.length) refuse('A transaction touches each item once.');
  if (bytes > maxTransactBytes) throw new HqError('TOO_LARGE', `A transaction of ${bytes} bytes is over the limit of ${maxTransactBytes}.`);
}

/** @throws HqError `BAD_REQUEST`. */
export function checkQuery(query: Query): void {
  checkKeyPart('partition key', query.pk);
  if (!Number.isInteger(query.limit) || query.limit < 1 || query.limit > maxQueryLimit) refuse(`A page has 1 to ${maxQueryLimit} items.`);
  if (query.prefix !== undefined && (query.from !== undefined || query.to !== undefined)) refuse('A query has a prefix or a range, not both.');
  for (const edge of [query.prefix, query.from, query.to, query.cursor]) if (edge !== undefined) checkKeyPart('sort key', edge);
  if (query.from !== undefined && query.to !== undefined && compareBytes(query.from, query.to) > 0) refuse('A range begins before it ends.');
}
