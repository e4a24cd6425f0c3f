/** `ParameterFilters`. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html */
import * as z from 'zod';
import { AwsError } from '../../http/aws-error.ts';
import type { Parameter } from './parameter.ts';
import { listedPath } from './parameter-name.ts';

export const filterInput = z.object({
  Key: z.string().min(1).max(132),
  Option: z.string().min(1).max(10).optional(),
  Values: z.array(z.string().min(1).max(1024)).min(1).max(50).optional(),
});

export type Filter = (parameter: Parameter) => boolean;

const comparisons: ReadonlyMap<string, (text: string, value: string) => boolean> = new Map([
  ['Equals', (text: string, value: string) => text === value],
  ['BeginsWith', (text: string, value: string) => text.startsWith(value)],
  ['Contains', (text: string, value: string) => text.includes(value)],
]);

/** All filters as one question. @throws AwsError `InvalidFilterKey`, `InvalidFilterOption` or `InvalidFilterValue`. */
export function readFilters(list: readonly z.output<typeof filterInput>[], known: readonly string[]): Filter {
  if (new Set(list.map((filter) => filter.Key)).size < list.length) throw new AwsError(400, 'InvalidFilterKey', 'A filter is given twice.');
  const filters = list.map((filter) => readFilter(filter, known));
  return (parameter) => filters.every((filter) => filter(parameter));
}

function readFilter({ Key, Option, Values }: z.output<typeof filterInput>, known: readonly string[]): Filter {
  const key = Key.startsWith('tag:') ? 'tag:' : Key;
  if (!known.includes(key)) throw new AwsError(400, 'InvalidFilterKey', `The filter ${Key} is not valid here. Valid filters: ${known.join(', ')}.`);
  if (key === 'tag:' && Values === undefined) return ({ tags }) => tags.has(Key.slice(4));
  if (Values === undefined) throw new AwsError(400, 'InvalidFilterValue', `The filter ${Key} needs values.`);
  if (key === 'Path') return pathFilter(Option ?? 'OneLevel', Values);
  const compare = comparisons.get(Option ?? 'Equals');
  if (compare === undefined || (Option !== undefined && Option !== 'Equals' && key !== 'Name' && key !== 'KeyId')) {
    throw new AwsError(400, 'InvalidFilterOption', `The option ${Option} is not valid for the filter ${Key}.`);
  }
  return (parameter) => textsOf(parameter, key, Key).some((text) => Values.some((value) => compare(text, value)));
}

function pathFilter(option: string, values: readonly string[]): Filter {
  if (option !== 'OneLevel' && option !== 'Recursive') throw new AwsError(400, 'InvalidFilterOption', 'The option of a path is OneLevel or Recursive.');
  const paths = values.map(listedPath);
  return ({ name }) => paths.some((path) => name.startsWith(path) && (option === 'Recursive' || !name.includes('/', path.length)));
}

function textsOf({ name, current, tags }: Parameter, key: string, full: string): readonly string[] {
  switch (key) {
    case 'Name':
      // As on AWS, a name may be asked for with or without its leading slash.
      return name.startsWith('/') ? [name, name.slice(1)] : [name];
    case 'Type':
      return [current.type];
    case 'Tier':
      return [current.tier];
    case 'DataType':
      return ['text'];
    case 'KeyId':
      return current.keyId === undefined ? [] : [current.keyId];
    case 'Label':
      return current.labels;
    default: {
      const value = tags.get(full.slice('tag:'.length));
      return value === undefined ? [] : [value];
    }
  }
}
