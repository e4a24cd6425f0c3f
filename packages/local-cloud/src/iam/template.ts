/**
 * A pattern as a policy writes it, with its policy variables: `arn:aws:s3:::${aws:PrincipalTag/hq-home}*`.
 * What a variable stands for is literal text: a `*` in a tag's value matches only `*`. `${*}`, `${?}` and `${$}` are those characters themselves.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
import type { Answers } from './request-context.ts';
import type { Part } from './wildcard.ts';

type Variable = { readonly kind: 'variable'; readonly key: string; readonly fallback: string | undefined };

/** A pattern that still has to learn the request's values. */
export interface Template {
  readonly parts: readonly (Part | Variable)[];
  /** The finished pattern, where there is no variable in it. */
  readonly fixed: readonly Part[] | undefined;
}

export interface TemplateOptions {
  /** False in documents of version 2008-10-17, where `${` is text. */
  readonly variables: boolean;
  /** False for operators that compare whole strings, where `*` and `?` are text. */
  readonly wildcards: boolean;
}

const TOKEN = /\$\{[^}]*\}|[*?]/g;
const VARIABLE = /^\$\{\s*([^,\s]+)\s*(?:,\s*'([^']*)'\s*)?\}$/;

/** Reads a pattern once, so that a request only fills it in. */
export function compileTemplate(written: string, options: TemplateOptions): Template {
  const parts: (Part | Variable)[] = [];
  let end = 0;
  const text = (value: string): void => {
    if (value !== '') parts.push({ kind: 'text', text: value });
  };
  for (const match of written.matchAll(TOKEN)) {
    // A `${…}` that is text here may hold stars, which are wildcards still.
    const found = match[0];
    text(written.slice(end, match.index));
    end = match.index + found.length;
    if (options.variables && found.length > 1) variable(found);
    else for (const character of found) wildcardOrText(character);
  }
  text(written.slice(end));
  const fixed = parts.filter((part) => part.kind !== 'variable');
  return { parts, fixed: fixed.length < parts.length ? undefined : mergeText(fixed) };

  function wildcardOrText(character: string): void {
    if (options.wildcards && character === '*') parts.push({ kind: 'any' });
    else if (options.wildcards && character === '?') parts.push({ kind: 'one' });
    else text(character);
  }

  function variable(found: string): void {
    if (found === '${*}' || found === '${?}' || found === '${$}') return text(found.charAt(2));
    const [, key = '', fallback] = VARIABLE.exec(found) ?? [];
    parts.push({ kind: 'variable', key: key.toLowerCase(), fallback });
  }
}

/** The pattern for one request: `missing` where a variable has no value (it then matches nothing, as on AWS), `unknown` where it cannot be judged. */
export function fillTemplate(template: Template, request: Answers): readonly Part[] | 'missing' | 'unknown' {
  if (template.fixed) return template.fixed;
  const parts: Part[] = [];
  for (const part of template.parts) {
    if (part.kind !== 'variable') {
      parts.push(part);
      continue;
    }
    const values = request.get(part.key);
    if (values === 'unknown' || (values !== undefined && values.length > 1)) return 'unknown';
    const value = values?.[0] ?? part.fallback;
    if (value === undefined) return 'missing';
    parts.push({ kind: 'text', text: value });
  }
  return mergeText(parts);
}

function mergeText(parts: readonly Part[]): Part[] {
  const merged: Part[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (part.kind === 'text' && last?.kind === 'text') merged[merged.length - 1] = { kind: 'text', text: last.text + part.text };
    else merged.push(part);
  }
  return merged;
}
