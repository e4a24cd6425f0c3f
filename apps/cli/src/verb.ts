/**
 * What a verb is: its words, its arguments and options, and what it does. Parsing is `node:util`'s in its strict form, so a mistyped option is refused instead
 * of ignored (`--forse` must not quietly mean nothing), and so is an argument too many.
 */
import { parseArgs } from 'node:util';
import type { Context } from './context.ts';
import { UsageError } from './usage-error.ts';

export interface OptionFacts {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** What it does, in one line of help. */
  readonly help: string;
  /** What stands for the value in help, for example `NAME`. */
  readonly value?: string;
}

export interface ArgumentFacts {
  readonly help: string;
  readonly optional?: boolean;
  /** Takes all that is left; the last argument only. */
  readonly many?: boolean;
}

type Options = Readonly<Record<string, OptionFacts>>;
type Arguments = Readonly<Record<string, ArgumentFacts>>;

type OptionValues<O extends Options> = { readonly [K in keyof O]: O[K]['type'] extends 'boolean' ? boolean : string | undefined };
type ArgumentValues<A extends Arguments> = {
  readonly [K in keyof A]: A[K] extends { many: true } ? readonly string[] : A[K] extends { optional: true } ? string | undefined : string;
};

/** 0: done; 1: not done; 2: partly done, and what was not is on standard error. */
export type ExitCode = 0 | 1 | 2;

export interface Verb<O extends Options = Options, A extends Arguments = Arguments> {
  /** One line of help. */
  readonly summary: string;
  /** More help, for what the summary can't say. */
  readonly details?: string;
  readonly arguments?: A;
  readonly options?: O;
  /** Answers with the exit code; nothing is 0. What it throws is shown in at most three lines, and the code is 1. */
  readonly run: (context: Context, given: { readonly options: OptionValues<O>; readonly arguments: ArgumentValues<A> }) => Promise<ExitCode | void>;
}

/** A verb as the registry runs it, whatever its options and arguments. */
export interface AnyVerb {
  readonly summary: string;
  readonly details?: string;
  readonly arguments: Arguments;
  readonly options: Options;
  /** @throws UsageError for words that don't fit. */
  readonly execute: (context: Context, words: readonly string[]) => Promise<ExitCode>;
}

/** Options that every verb takes. */
export const everywhere: Options = {
  json: { type: 'boolean', help: 'Answer in JSON' },
  help: { type: 'boolean', short: 'h', help: 'Show this help' },
};

/** Options of verbs that work in a vault. */
export const vaultOptions = {
  org: { type: 'string', value: 'NAME', help: 'The organization, by name or id; "personal" is your own vault (default: what "hq org use" chose)' },
} as const satisfies Options;

/** Declares a verb; the types of its options and arguments follow from their facts. */
export function defineVerb<const O extends Options = Record<string, never>, const A extends Arguments = Record<string, never>>(verb: Verb<O, A>): AnyVerb {
  const options: Options = verb.options ?? {};
  const facts: Arguments = verb.arguments ?? {};
  return {
    summary: verb.summary,
    ...(verb.details === undefined ? {} : { details: verb.details }),
    arguments: facts,
    options,
    execute: async (context, words) => {
      const parsed = parse(words, options);
      const values = Object.fromEntries(
        Object.entries(options).map(([name, { type }]) => [name, type === 'boolean' ? parsed.values[name] === true : parsed.values[name]]),
      );
      const given = { options: values, arguments: readArguments(parsed.positionals, facts) };
      // The facts that the types were derived from are the ones that were parsed by.
      return (await verb.run(context, given as Parameters<typeof verb.run>[1])) ?? 0;
    },
  };
}

function parse(words: readonly string[], options: Options) {
  const config = Object.fromEntries(
    Object.entries({ ...everywhere, ...options }).map(([name, { type, short }]) => [name, short === undefined ? { type } : { type, short }]),
  );
  try {
    return parseArgs({ args: [...words], options: config, allowPositionals: true, strict: true });
  } catch (error) {
    // Node's sentence names the option; what follows the first full stop is advice about "--" that rarely fits.
    throw new UsageError(`${((error as Error).message.split('. ')[0] ?? '').replace(/\.$/, '')}.`);
  }
}

function readArguments(words: readonly string[], facts: Arguments): Record<string, string | readonly string[] | undefined> {
  const left = [...words];
  const values: Record<string, string | readonly string[] | undefined> = {};
  for (const [name, { optional, many }] of Object.entries(facts)) {
    if (left.length === 0 && optional !== true) throw new UsageError(`The argument <${name}> is missing.`);
    values[name] = many === true ? left.splice(0) : left.shift();
  }
  if (left.length > 0) throw new UsageError(`There is an argument too many: "${left[0]}".`);
  return values;
}
