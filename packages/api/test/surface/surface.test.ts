/** The surface is what was reviewed: a change to it shows in a snapshot, and some changes are refused outright. */
import { expect, it } from 'vitest';
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

it('decides at every path that an input holds', () => {
  const paths = new Set(['path', 'prefix', 'cone', 'from', 'to', 'under']);
  for (const { name, inputs, needs } of surface()) {
    for (const field of inputs.flatMap(fieldsOf).filter((each) => paths.has(each))) {
      expect({ name, decided: needs.includes(` at ${field}`) }).toEqual({ name, decided: true });
    }
  }
});
