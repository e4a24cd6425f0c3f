/**
 * Inputs of any procedure, made from its own schema: samples that it takes, and every place in them where a value stands. Tests that walk the whole surface
 * put what they try in those places, so a new procedure is walked without anybody thinking of it.
 */
import * as z from 'zod';

/** Where a value stands in an input. */
export type Route = readonly (string | number)[];

export interface Place {
  readonly route: Route;
  /** What that value has to be. */
  readonly schema: z.ZodType;
}

/** Values to try by the name of their field, the first that fits is taken. What is not named is made from the schema. */
export type Hints = Readonly<Record<string, readonly unknown[]>>;

/** Samples that the schema takes: so many that every choice in it (a union, an optional field) is in one of them. @throws where a hint is missing. */
export function samplesOf(schema: z.ZodType, hints: Hints): unknown[] {
  const samples = variants(schema, '', hints);
  for (const sample of samples) {
    const { error } = schema.safeParse(sample);
    if (error) throw new Error(`No sample fits: ${JSON.stringify(sample)}: ${error.message}. Name a value for the field in the hints.`);
  }
  return samples;
}

function variants(schema: z.ZodType, name: string, hints: Hints): unknown[] {
  const hint = Object.hasOwn(hints, name) ? hints[name]?.filter((value) => schema.safeParse(value).success) : [];
  if (hint !== undefined && hint.length > 0) return hint.slice(0, 1);
  if (schema instanceof z.ZodObject) {
    const fields = Object.entries(schema.shape as Record<string, z.ZodType>).map(([field, inner]) => [field, variants(inner, field, hints)] as const);
    const most = Math.max(1, ...fields.map(([, values]) => values.length));
    return Array.from({ length: most }, (_, at) => Object.fromEntries(fields.map(([field, values]) => [field, values[Math.min(at, values.length - 1)]])));
  }
  if (schema instanceof z.ZodArray) return variants(schema.element as z.ZodType, name, hints).map((value) => [value]);
  if (schema instanceof z.ZodUnion) return (schema.options as readonly z.ZodType[]).flatMap((option) => variants(option, name, hints));
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    return variants(schema.unwrap() as z.ZodType, name, hints);
  }
  if (schema instanceof z.ZodPipe && schema.def.out instanceof z.ZodArray) return variants(schema.def.out, name, hints);
  const fitting = [...literalsOf(schema), 'open/a.md', 'open/', 1, true, undefined].find((value) => schema.safeParse(value).success);
  return [fitting];
}

function literalsOf(schema: z.ZodType): unknown[] {
  if (schema instanceof z.ZodEnum) return schema.options.slice(0, 1);
  return schema instanceof z.ZodLiteral ? [...schema.values] : [];
}

/** Every place in a sample where a single value stands. */
export function placesIn(schema: z.ZodType, sample: unknown, route: Route = []): Place[] {
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([field, inner]) =>
      placesIn(inner, (sample as Record<string, unknown>)[field], [...route, field]),
    );
  }
  if (schema instanceof z.ZodArray) return placesIn(schema.element as z.ZodType, (sample as readonly unknown[])[0], [...route, 0]);
  if (schema instanceof z.ZodUnion) {
    const chosen = (schema.options as readonly z.ZodType[]).find((option) => option.safeParse(sample).success);
    return chosen === undefined ? [] : placesIn(chosen, sample, route);
  }
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    return placesIn(schema.unwrap() as z.ZodType, sample, route);
  }
  if (schema instanceof z.ZodPipe && schema.def.out instanceof z.ZodArray) return placesIn(schema.def.out, sample, route);
  return schema instanceof z.ZodVoid ? [] : [{ route, schema }];
}

/** The sample with another value at one place. */
export function withValue(sample: unknown, [step, ...rest]: Route, value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(sample)) return sample.map((each, at) => (at === step ? withValue(each, rest, value) : each) as unknown);
  const holder = sample as Readonly<Record<string, unknown>>;
  return { ...holder, [step]: withValue(holder[step], rest, value) };
}

/** True where the value becomes a canonical path: what no path can be is refused as one, and what is one becomes NFC. */
export function isPath({ schema }: Place): boolean {
  const { error } = schema.safeParse('a//b');
  return error?.issues.some((issue) => issue.code === 'custom' && issue.params?.['code'] === 'INVALID_PATH') ?? false;
}
