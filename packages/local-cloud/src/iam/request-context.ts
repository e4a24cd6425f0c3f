/** What the evaluator may ask about a request: the condition keys with their values. */
import { isKnownKey } from './known-keys.ts';

/** A question to the request: the values of a condition key. */
export interface Answers {
  /** Lower-case key → its values; undefined where the request has none; `unknown` where nobody here could say. */
  get(key: string): readonly string[] | undefined | 'unknown';
}

/** Condition keys of one request, by name in any case. */
export type ContextValues = Readonly<Record<string, string | readonly string[]>>;

/**
 * Joins what a service says about this action with what the front knows about the request. Both are asked only when a policy asks, so that a
 * request under a policy without conditions pays nothing. The service's word wins.
 * @param globals answers lower-case keys, for example `aws:sourceip`
 */
export function requestContext(values: ContextValues | undefined, globals: (key: string) => string | readonly string[] | undefined): Answers {
  let lowered: ReturnType<typeof lowerNames> | undefined;
  return {
    get(key) {
      lowered ??= lowerNames(values ?? {});
      const value = lowered.get(key) ?? globals(key);
      if (value === undefined) return isKnownKey(key) ? undefined : 'unknown';
      if (value === AMBIGUOUS) return 'unknown';
      return typeof value === 'string' ? [value] : value;
    },
  };
}

const AMBIGUOUS = Symbol('two values under one name');

/**
 * Names of condition keys are the same in any case, but a caller's own names in them (of tags, of an encryption context) need not be: someone could send `Team` and
 * `team` and hope that the policy looks at one and the service at the other. Such a key cannot be judged.
 */
function lowerNames(values: ContextValues): Map<string, string | readonly string[] | typeof AMBIGUOUS> {
  const lowered = new Map<string, string | readonly string[] | typeof AMBIGUOUS>();
  for (const [name, value] of Object.entries(values)) {
    const key = name.toLowerCase();
    lowered.set(key, lowered.has(key) ? AMBIGUOUS : value);
  }
  return lowered;
}
