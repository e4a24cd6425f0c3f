/** Our few kinds of values in DynamoDB's words and back, exactly: no numbers but safe integers, no sets, no bytes. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Attributes, Value } from '../../ports/table.ts';

export function toAttribute(value: Value): AttributeValue {
  if (value === null) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (isList(value)) return { L: value.map(toAttribute) };
  return { M: toMap(value) };
}

export function toMap(values: Attributes): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toAttribute(value)]));
}

/** @throws TypeError for a kind that we never write. */
export function fromAttribute(attribute: AttributeValue): Value {
  if (attribute.S !== undefined) return attribute.S;
  if (attribute.N !== undefined) return Number(attribute.N);
  if (attribute.BOOL !== undefined) return attribute.BOOL;
  if (attribute.NULL !== undefined) return null;
  if (attribute.L !== undefined) return attribute.L.map(fromAttribute);
  if (attribute.M !== undefined) return fromMap(attribute.M);
  throw new TypeError(`the table holds a value of an unknown kind: ${Object.keys(attribute).join()}`);
}

export function fromMap(attributes: Readonly<Record<string, AttributeValue>>): Attributes {
  return Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, fromAttribute(attribute)]));
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
