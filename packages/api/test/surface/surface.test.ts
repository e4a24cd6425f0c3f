/** The surface is what was reviewed: a change to it shows in a snapshot, and some changes are refused outright. */
import { expect, it } from 'vitest';
import * as z from 'zod';
import { isPath } from '../../test-support/inputs.ts';
import { fieldsOf, printSurface, surface } from './surface.ts';

it('is the one in the snapshot', async () => {
  await expect(printSurface()).toMatchFileSnapshot('surface.txt');
});

it('has an input and an output for every procedure, and says what each needs', () => {
  for (const { name, inputs, output, needs } of surface()) {
    expect({ name, inputs: inputs.length > 0, output: output !== undefined, declared: needs !== 'undeclared' }).toEqual({
      name,
      inputs: true,
      output: true,
      declared: true,
    });
  }
});

it('has no input in which a later schema replaces a field that an earlier one was authorized on', () => {
  for (const { name, inputs } of surface()) {
    const fields = inputs.flatMap(fieldsOf);
    expect({ name, fields: [...new Set(fields)] }).toEqual({ name, fields });
  }
});

it('is open to people without a sign-in in two places only', () => {
  expect(
    surface()
      .filter(({ needs }) => needs === 'nothing')
      .map(({ name }) => name),
  ).toEqual(['auth.config', 'auth.refresh']);
});

/** Fields that hold a path at the top of an input. */
const pathFields = (schema: z.ZodType): string[] =>
  schema instanceof z.ZodObject
    ? Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([field, inner]) => (isPath({ route: [field], schema: inner }) ? [field] : []))
    : [];

it('decides at every path that an input holds', () => {
  for (const { name, inputs, needs } of surface()) {
    for (const field of inputs.flatMap(pathFields)) expect({ name, decided: needs.includes(` at ${field}`) }).toEqual({ name, decided: true });
  }
  expect(surface().flatMap(({ inputs }) => inputs.flatMap(pathFields)).length).toBeGreaterThan(15);
});

it.each(surface().flatMap(({ name, output }) => (output === undefined ? [] : [[name, output] as const])))('%s answers in plain JSON', (_, output) => {
  // Answers are packed without a look at what is in them. Dates, Sets, Maps, BigInts and the like have no JSON Schema.
  expect(() => z.toJSONSchema(output, { io: 'output', unrepresentable: 'throw' })).not.toThrow();
});
