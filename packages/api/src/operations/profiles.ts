/** What the issuer says about a person, taken over into our table once a token: a verified address is as fresh as the sign-in that the caller shows. */
import type { Identity, VerifiedToken } from '../ports/identity.ts';
import type { People, Person } from '../stores/people.ts';

export interface Profiles {
  /** Asks the issuer the first time it sees a token; afterwards answers what is stored. @throws HqError `UNAVAILABLE`, `UNAUTHENTICATED`. */
  refresh(token: VerifiedToken, accessToken: string, stored: Person): Promise<Person>;
}

const maxRemembered = 10_000;

export function createProfiles(identity: Pick<Identity, 'profile'>, people: Pick<People, 'bind'>): Profiles {
  // Ids of tokens, the oldest first. Forgetting one costs a question to the issuer.
  const seen = new Set<string>();
  return {
    async refresh(token, accessToken, stored) {
      if (seen.has(token.tokenId)) return stored;
      const person = await people.bind(await identity.profile(accessToken));
      seen.add(token.tokenId);
      if (seen.size > maxRemembered) for (const oldest of seen) if (seen.delete(oldest)) break;
      return person;
    },
  };
}
