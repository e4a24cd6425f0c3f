/** The command line from its words to its exit code. */
import type { Hq } from '@hq/sdk';
import { explainFailure, failureLines } from './failure.ts';
import type { Context } from './context.ts';
import { createOutput, type Sink } from './output.ts';
import { findVerb } from './registry.ts';
import { readSettings, type Settings } from './settings.ts';
import { UsageError } from './usage-error.ts';
import type { ExitCode } from './verb.ts';

export interface Surroundings {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly version: string;
  /** Begins to listen for Ctrl-C. A verb that never asks is simply ended by it. */
  readonly interruption: () => AbortSignal;
}

/** What a verb works with, from the settings; `close` ends what was opened. */
async function createContext(settings: Settings, around: Surroundings, json: boolean): Promise<{ context: Context; close: () => void }> {
  const { openProfile } = await import('./profile.ts');
  const profile = openProfile(settings.home);
  let opened: Hq | undefined;
  const hq = async (): Promise<Hq> => {
    const { createNodeHq } = await import('@hq/sdk/node/hq');
    opened ??= createNodeHq(settings);
    return opened;
  };
  const context: Context = {
    settings,
    out: createOutput(around.stdout, around.stderr, json),
    profile,
    hq,
    vault: async (org) => {
      const { chooseVault } = await import('./vault-choice.ts');
      return chooseVault(await hq(), profile, org);
    },
    get signal() {
      return around.interruption();
    },
  };
  return { context, close: () => opened?.close() };
}

/** Words that ask for help, before a lone `--` ends the options. */
function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return words.slice(0, end < 0 ? undefined : end).some((word) => word === '--help' || word === '-h');
}

async function perform(around: Surroundings, json: boolean): Promise<ExitCode> {
  const { stdout, stderr, version } = around;
  // `--json` may also stand before the verb.
  const words = around.words[0] === '--json' ? around.words.slice(1) : around.words;
  const found = findVerb(words);
  if (found === undefined) {
    const { overview } = await import('./help.ts');
    const named = words.filter((word) => !word.startsWith('-') && word !== 'help');
    const group = named.length > 0 && (await import('./registry.ts')).isGroup(named) ? named : [];
    if (named.length > group.length) throw new UsageError(`There is no verb "${named.join(' ')}".`);
    const asked = group.length === 0 ? words.length > 0 : asksForHelp(words) || words[0] === 'help';
    (asked ? stdout : stderr).write(`${await overview(version, group)}\n`);
    return asked ? 0 : 1;
  }
  const verb = (await found.load()).default;
  if (asksForHelp(found.rest)) {
    const { verbHelp } = await import('./help.ts');
    stdout.write(`${verbHelp(found.name, verb)}\n`);
    return 0;
  }
  const { context, close } = await createContext(readSettings(around.environment), around, json);
  try {
    return await verb.execute(context, found.rest);
  } finally {
    context.out.progress('');
    close();
  }
}

/** Runs the words and answers with the exit code. Never throws. */
export async function run(around: Surroundings): Promise<ExitCode> {
  const end = around.words.indexOf('--');
  const json = around.words.slice(0, end < 0 ? undefined : end).includes('--json');
  try {
    return await perform(around, json);
  } catch (error) {
    const debug = (around.environment['HQ_DEBUG'] ?? '0') !== '0';
    // With --json also the failure can be read by a program; it is no data, so it stays on standard error.
    if (json) around.stderr.write(`${JSON.stringify({ error: explainFailure(error) })}\n`);
    else around.stderr.write(`${failureLines(error, debug).join('\n')}\n`);
    return 1;
  }
}
