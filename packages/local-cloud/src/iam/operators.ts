/** The condition operators that the evaluator can judge, taken apart from the words they are written in. */
import type { Condition } from './policy-document.ts';

/** How one value of the request is compared with one value of the policy. */
export type Comparison = 'string' | 'string-ignore-case' | 'string-like' | 'number' | 'date' | 'bool' | 'binary' | 'ip' | 'arn' | 'null';

/** The sign of a comparison: what the order of the two values must be. */
export type Order = 'equal' | 'less' | 'less-or-equal' | 'greater' | 'greater-or-equal';

export interface Operator {
  readonly comparison: Comparison;
  readonly order: Order;
  /** True for `…Not…`: holds where no value of the policy compares. */
  readonly negated: boolean;
  readonly ifExists: boolean;
  readonly set: 'all' | 'any' | undefined;
}

type Base = Pick<Operator, 'comparison' | 'order' | 'negated'>;

const base = (comparison: Comparison, negated = false, order: Order = 'equal'): Base => ({ comparison, order, negated });

const ordered = (word: string, comparison: Comparison): [string, Base][] => [
  [`${word}Equals`, base(comparison)],
  [`${word}NotEquals`, base(comparison, true)],
  [`${word}LessThan`, base(comparison, false, 'less')],
  [`${word}LessThanEquals`, base(comparison, false, 'less-or-equal')],
  [`${word}GreaterThan`, base(comparison, false, 'greater')],
  [`${word}GreaterThanEquals`, base(comparison, false, 'greater-or-equal')],
];

const BASES: ReadonlyMap<string, Base> = new Map([
  ['StringEquals', base('string')],
  ['StringNotEquals', base('string', true)],
  ['StringEqualsIgnoreCase', base('string-ignore-case')],
  ['StringNotEqualsIgnoreCase', base('string-ignore-case', true)],
  ['StringLike', base('string-like')],
  ['StringNotLike', base('string-like', true)],
  ...ordered('Numeric', 'number'),
  ...ordered('Date', 'date'),
  ['Bool', base('bool')],
  ['BinaryEquals', base('binary')],
  ['IpAddress', base('ip')],
  ['NotIpAddress', base('ip', true)],
  ['ArnEquals', base('arn')],
  ['ArnLike', base('arn')],
  ['ArnNotEquals', base('arn', true)],
  ['ArnNotLike', base('arn', true)],
  ['Null', base('null')],
]);

const SHAPE = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/;

/** Reads an operator as a policy writes it; undefined where there is no such operator. `Null` takes neither a set prefix nor `IfExists`. */
export function readOperator(written: Condition['operator']): Operator | undefined {
  const shape = SHAPE.exec(written);
  const found = shape ? BASES.get(shape[2] ?? '') : undefined;
  if (!shape || !found) return undefined;
  const set = shape[1] === 'ForAllValues' ? 'all' : shape[1] === 'ForAnyValue' ? 'any' : undefined;
  const ifExists = shape[3] !== undefined;
  if (found.comparison === 'null' && (ifExists || set)) return undefined;
  return { ...found, ifExists, set };
}
