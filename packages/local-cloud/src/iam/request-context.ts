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
  let lowered: Map<string, string | readonly string[]> | undefined;
  return {
    get(key) {
      lowered ??= new Map(Object.entries(values ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
      const value = lowered.get(key) ?? globals(key);
      if (value === undefined) return isKnownKey(key) ? undefined : 'unknown';
      return typeof value === 'string' ? [value] : value;
    },
  };
}
