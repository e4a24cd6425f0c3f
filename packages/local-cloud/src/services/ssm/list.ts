/** Lists of parameters, read from the index a page at a time. */
import * as z from 'zod';
import { operation, type Operations } from '../json-protocol.ts';
import { metadata, withValue } from './describe.ts';
import { type Filter, filterInput, readFilters } from './filters.ts';
import { cursorOf, page, tokenOf } from './paging.ts';
import type { Parameter } from './parameter.ts';
import { listedPath } from './parameter-name.ts';
import { ask, type Room } from './room.ts';

const filters = z.array(filterInput).max(20).default([]);
/** The filters of an older API, still sent by some clients. */
const oldFilters = z.array(z.object({ Key: z.enum(['Name', 'Type', 'KeyId']), Values: z.array(z.string().min(1).max(1024)).min(1).max(50) })).default([]);

/** GetParametersByPath, DescribeParameters. */
export function listing(room: Room): Operations {
  return {
    GetParametersByPath: operation(
      z.object({
        Path: z.string().min(1).max(2048),
        Recursive: z.boolean().default(false),
        WithDecryption: z.boolean().default(false),
        ParameterFilters: filters,
        ...page(10, 10),
      }),
      (call, input) => {
        const prefix = listedPath(room.names.nameOf(input.Path));
        const path = prefix === '/' ? '/' : prefix.slice(0, -1);
        ask(room, call, 'GetParametersByPath', path, undefined, { 'ssm:Recursive': String(input.Recursive) });
        const wanted = readFilters(input.ParameterFilters, ['Type', 'KeyId', 'Label']);
        const fits: Filter = (parameter) => (input.Recursive || !parameter.name.includes('/', prefix.length)) && wanted(parameter);
        const { rows, next } = scan(room, prefix, cursorOf(input.NextToken), input.MaxResults, fits);
        return { Parameters: rows.map(({ name, current }) => withValue(room, call, name, current, input.WithDecryption)), ...tokenOf(next) };
      },
    ),
    DescribeParameters: operation(z.object({ Filters: oldFilters, ParameterFilters: filters, ...page(50, 50) }), (call, input) => {
      call.authorize({ action: 'ssm:DescribeParameters', resource: room.names.anyArn });
      const old = input.Filters.map((filter) => ({ ...filter, Option: filter.Key === 'Name' ? 'BeginsWith' : 'Equals' }));
      const fits = readFilters([...old, ...input.ParameterFilters], ['Name', 'Type', 'KeyId', 'Path', 'Tier', 'DataType', 'tag:']);
      const { rows, next } = scan(room, '', cursorOf(input.NextToken), input.MaxResults, fits);
      return { Parameters: rows.map((parameter) => metadata(room, parameter)), ...tokenOf(next) };
    }),
  };
}

const chunk = 100;
/** A page looks at no more than this many names; then it says where to go on, as AWS does where a filter finds little. */
const maxLooks = 2000;

function scan(room: Room, prefix: string, after: string | undefined, limit: number, fits: Filter): { rows: Parameter[]; next: string | undefined } {
  const rows: Parameter[] = [];
  let at = after ?? '';
  for (let looked = 0; looked < maxLooks; looked += chunk) {
    const names = room.store.names(prefix, at, chunk);
    for (const name of names) {
      const found = room.store.find(name);
      if (found !== undefined && fits(found)) {
        // One more than asked for shows that there is another page.
        if (rows.length === limit) return { rows, next: rows.at(-1)?.name };
        rows.push(found);
      }
      at = name;
    }
    if (names.length < chunk) return { rows, next: undefined };
  }
  return { rows, next: at };
}
