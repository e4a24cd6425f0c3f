/** Help, made from the verbs themselves. It is data: it goes to standard output when it was asked for. */
import { verbs } from './registry.ts';
import { everywhere, type AnyVerb } from './verb.ts';

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

/** All verbs that begin with these words (all there are, for none), one line each. */
export async function overview(version: string, words: readonly string[] = []): Promise<string> {
  const start = words.join(' ');
  const listed = Object.entries(verbs).filter(([name]) => start === '' || name.startsWith(`${start} `));
  const rows = await Promise.all(listed.map(async ([name, load]) => [name, (await load()).default.summary] as const));
  const lines = [
    `hq ${version}: a vault for teams and their AI agents`,
    '',
    `Usage: hq ${start === '' ? '' : `${start} `}<verb> [options]`,
    '',
    ...columns(rows),
    '',
  ];
  return [...lines, '"hq <verb> --help" says more. Settings: HQ_API (the server), HQ_HOME (this profile).'].join('\n');
}

/** One verb's help. */
export function verbHelp(name: string, verb: AnyVerb): string {
  const words = Object.entries(verb.arguments).map(([word, { optional, many }]) => {
    const shown = many === true ? `${word}...` : word;
    return optional === true ? `[${shown}]` : `<${shown}>`;
  });
  const options = Object.entries({ ...verb.options, ...everywhere }).map(([option, { short, value, help, type }]) => {
    const names = `${short === undefined ? '    ' : `-${short}, `}--${option}`;
    return [type === 'string' ? `${names} ${value ?? 'VALUE'}` : names, help] as const;
  });
  const lines = [verb.summary, '', `Usage: hq ${[name, ...words].join(' ')} [options]`];
  if (verb.details !== undefined) lines.push('', verb.details);
  if (words.length > 0) lines.push('', 'Arguments:', ...columns(Object.entries(verb.arguments).map(([word, { help }]) => [word, help] as const)));
  return [...lines, '', 'Options:', ...columns(options)].join('\n');
}
