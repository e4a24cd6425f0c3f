/** The surface of the API as text: every procedure, what it is, what it needs, takes, gives and refuses. Read from the router itself. */
import type { ErrorCode } from '@hq/shared/errors';
import * as z from 'zod';
import { appRouter } from '../../src/index.ts';
import type { ProcedureMeta } from '../../src/trpc.ts';

export interface SurfaceEntry {
  readonly name: string;
  readonly type: 'query' | 'mutation';
  readonly needs: string;
  readonly errors: readonly ErrorCode[];
  readonly inputs: readonly z.ZodType[];
  readonly output: z.ZodType | undefined;
}

interface Definition {
  readonly _def: { readonly type: 'query' | 'mutation'; readonly meta?: ProcedureMeta; readonly inputs: readonly z.ZodType[]; readonly output?: z.ZodType };
}

/** Every procedure, by name. */
export function surface(): SurfaceEntry[] {
  // At run time the map is flat, by full name.
  const procedures = appRouter._def.procedures as unknown as Readonly<Record<string, Definition>>;
  return Object.entries(procedures)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { _def }]) => ({
      name,
      type: _def.type,
      needs: _def.meta?.needs ?? 'undeclared',
      errors: [...new Set([...(_def.meta?.refusals ?? []), ...(_def.meta?.errors ?? [])])].toSorted(),
      inputs: _def.inputs,
      output: _def.output,
    }));
}

/** The names of the fields at the top of a schema. */
export function fieldsOf(schema: z.ZodType): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function typeOf(schema: z.ZodType | undefined, io: 'input' | 'output'): unknown {
  return schema === undefined || schema instanceof z.ZodVoid ? 'nothing' : z.toJSONSchema(schema, { io, unrepresentable: 'any' });
}

/** One line a field: `path: string`, `?` for optional ones. */
function fieldLines(schema: z.ZodType | undefined, io: 'input' | 'output'): string[] {
  const json = typeOf(schema, io);
  if (typeof json !== 'object' || json === null) return [String(json)];
  const { properties = {}, required = [] } = json as { properties?: Record<string, unknown>; required?: string[] };
  return Object.entries(properties).map(([name, type]) => `${name}${required.includes(name) ? '' : '?'}: ${JSON.stringify(type)}`);
}

/** For the snapshot. */
export function printSurface(): string {
  return surface()
    .map(({ name, type, needs, errors, inputs, output }) =>
      [
        `${name} (${type})`,
        `  needs ${needs}`,
        ...inputs.flatMap((input) => fieldLines(input, 'input')).map((line) => `  takes ${line}`),
        ...fieldLines(output, 'output').map((line) => `  gives ${line}`),
        `  refuses ${errors.join(' ')}`,
        '',
      ].join('\n'),
    )
    .join('\n');
}
