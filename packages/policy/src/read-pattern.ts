/** Resource and prefix patterns, read back from a policy. Independent of what writes them: this file knows IAM's rules, not ours for writing. */

/** A literal, or everything that starts with it. */
export interface Pattern {
  readonly literal: string;
  readonly prefix: boolean;
}

/** What a reader found wrong, for the log. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/**
 * Reads a pattern that matches literally but for one `*` at its end.
 *
 * @throws Unreadable where a wildcard stands anywhere else, or a `$` that isn't one of `${*}`, `${?}` and `${$}`: a variable that IAM would fill in.
 */
export function readPattern(text: string): Pattern {
  let literal = '';
  for (let i = 0; i < text.length; i++) {
    const unit = text.charAt(i);
    if (unit === '*' && i === text.length - 1) return { literal, prefix: true };
    if (unit === '*' || unit === '?') throw new Unreadable(`a wildcard at ${i} of ${JSON.stringify(text)}`);
    if (unit !== '$') {
      literal += unit;
      continue;
    }
    const escape = text.slice(i, i + 4);
    if (escape !== '${*}' && escape !== '${?}' && escape !== '${$}') throw new Unreadable(`a variable at ${i} of ${JSON.stringify(text)}`);
    literal += escape.charAt(2);
    i += 3;
  }
  return { literal, prefix: false };
}

export function matchesPattern({ literal, prefix }: Pattern, text: string): boolean {
  return prefix ? text.startsWith(literal) : text === literal;
}
