/** Words of a closed list, as they are typed. */
import { UsageError } from './usage-error.ts';

/** The word, when it is one of them. @throws UsageError that lists them. */
export function oneOf<T extends string>(what: string, words: readonly T[], given: string): T {
  const found = words.find((word) => word === given);
  if (found === undefined) throw new UsageError(`${what} is one of ${words.join(', ')}, not "${given}".`);
  return found;
}
