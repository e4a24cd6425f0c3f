/**
 * Which invitations have been mailed. A letter is taken before it is handed over, so that it goes out once, however often a request is repeated; where the
 * mail does not take it, it is put back for the next who tries. A crash in between leaves it taken: nobody knows whether it went out, and a new invitation,
 * with a letter of its own, is what settles it.
 */
import { all, attributeIs, ConditionFailed } from '../ports/table-condition.ts';
import type { Table } from '../ports/table.ts';
import { invitationKey } from './keys.ts';

export const letterStates = ['waiting', 'taken', 'sent'] as const;

export type LetterState = (typeof letterStates)[number];

/** Which letter is meant. */
export interface LetterOf {
  readonly id: string;
  readonly organizationId: string;
  readonly email: string;
}

export interface Letters {
  /** Takes a waiting letter: `taken` for exactly one of all who try. Otherwise what became of it: `sent`, or `lost` to a crash or with its invitation. */
  takeLetter(letter: LetterOf): Promise<'taken' | 'sent' | 'lost'>;
  /** What became of the letter that the caller took. No error where its invitation is gone meanwhile. */
  settleLetter(letter: LetterOf, state: 'waiting' | 'sent'): Promise<void>;
}

export function createLetters(table: Table): Letters {
  const move = ({ id, organizationId, email }: LetterOf, from: LetterState, to: LetterState) =>
    table.update({ ...invitationKey(organizationId, email), set: { letter: to }, condition: all(attributeIs('id', id), attributeIs('letter', from)) });

  return {
    async takeLetter(letter) {
      try {
        await move(letter, 'waiting', 'taken');
        return 'taken';
      } catch (error) {
        if (!(error instanceof ConditionFailed)) throw error;
        const there = error.failures.get(0);
        return there?.attributes['id'] === letter.id && there.attributes['letter'] === 'sent' ? 'sent' : 'lost';
      }
    },
    async settleLetter(letter, state) {
      try {
        await move(letter, 'taken', state);
      } catch (error) {
        if (!(error instanceof ConditionFailed)) throw error;
      }
    },
  };
}
