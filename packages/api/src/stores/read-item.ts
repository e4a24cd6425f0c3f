/** Attributes back as typed facts. What a store wrote, it reads; anything else in their place is a defect of ours and stops here, as `INTERNAL`. */
import { HqError } from '@hq/shared/errors';
import type { Item, Value } from '../ports/table.ts';

function defect(item: Item, name: string, expected: string): never {
  throw new HqError('INTERNAL', 'Something went wrong on our side.', { cause: new Error(`${item.pk} ${item.sk}: "${name}" is not ${expected}`) });
}

/** A string. @throws HqError `INTERNAL`. */
export function text(item: Item, name: string): string {
  const value = item.attributes[name];
  return typeof value === 'string' ? value : defect(item, name, 'a string');
}

/** A string, or null where there is none. */
export function optionalText(item: Item, name: string): string | null {
  const value = item.attributes[name] ?? null;
  return value === null || typeof value === 'string' ? value : defect(item, name, 'a string');
}

/** A whole number. @throws HqError `INTERNAL`. */
export function number(item: Item, name: string): number {
  const value = item.attributes[name];
  return typeof value === 'number' ? value : defect(item, name, 'a number');
}

/** A whole number, or null where there is none. */
export function optionalNumber(item: Item, name: string): number | null {
  const value = item.attributes[name] ?? null;
  return value === null || typeof value === 'number' ? value : defect(item, name, 'a number');
}

/** A list of strings; none where there is no such attribute. */
export function texts(item: Item, name: string): readonly string[] {
  const value = item.attributes[name] ?? [];
  if (!isList(value)) return defect(item, name, 'a list');
  return value.map((each) => (typeof each === 'string' ? each : defect(item, name, 'a list of strings')));
}

/** One of a closed set of words. @throws HqError `INTERNAL`. */
export function word<Word extends string>(item: Item, name: string, words: readonly Word[]): Word {
  const value = text(item, name);
  return words.find((each) => each === value) ?? defect(item, name, `one of ${words.join(', ')}`);
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
