/**
 * People, as far as we know them beyond their token.
 *
 *     usr_{personId} · profile      {email?, signedOutBefore?}
 *     email#{address} · person      {personId}
 *
 * An address belongs to one person at a time: the one for whom the issuer verified it last.
 */
import type { EpochSeconds } from '@hq/shared/time';
import type { Profile } from '../ports/identity.ts';
import { absent, versionIs } from '../ports/table-condition.ts';
import type { Attributes, Item, Table, Write } from '../ports/table.ts';
import { emailKey, profileKey } from './keys.ts';
import { optionalNumber, optionalText, text } from './read-item.ts';
import { untilSettled } from './retry.ts';

export interface Person {
  readonly id: string;
  /** The verified address, in lower case. */
  readonly email: string | null;
  /** Tokens issued until then, that second included, are refused. */
  readonly signedOutBefore: EpochSeconds | null;
}

export interface People {
  /** Somebody we have never seen is a person with nothing known. */
  get(personId: string): Promise<Person>;
  getMany(personIds: readonly string[]): Promise<Person[]>;
  /** Takes over what the issuer says: a verified address moves to this person, an unverified one is nobody's. */
  bind(profile: Profile): Promise<Person>;
  byEmail(email: string): Promise<string | undefined>;
  /** Never moves back. */
  signOut(personId: string, at: EpochSeconds): Promise<Person>;
}

/** A profile as it is stored; nothing known where nothing is stored. */
export function toPerson(personId: string, item: Item | undefined): Person {
  if (item === undefined) return { id: personId, email: null, signedOutBefore: null };
  return { id: personId, email: optionalText(item, 'email'), signedOutBefore: optionalNumber(item, 'signedOutBefore') };
}

function putProfile(person: Person, before: Item | undefined): Write {
  const attributes: Attributes = {
    ...(person.email === null ? {} : { email: person.email }),
    ...(person.signedOutBefore === null ? {} : { signedOutBefore: person.signedOutBefore }),
  };
  return { put: { ...profileKey(person.id), attributes, condition: unchanged(before) } };
}

const unchanged = (item: Item | undefined) => (item === undefined ? absent : versionIs(item.version));

export function createPeople(table: Table): People {
  async function getMany(personIds: readonly string[]): Promise<Person[]> {
    const items = await table.getMany(personIds.map(profileKey));
    return personIds.map((id, i) => toPerson(id, items[i]));
  }

  async function bindOnce(profile: Profile): Promise<Person> {
    const email = profile.emailVerified ? profile.email : null;
    const [mine, holder] = await table.getMany([profileKey(profile.personId), ...(email === null ? [] : [emailKey(email)])]);
    const before = toPerson(profile.personId, mine);
    const holderId = holder === undefined ? null : text(holder, 'personId');
    const person: Person = { ...before, email };
    if (before.email === email && (email === null || holderId === person.id)) return person;
    const writes: Write[] = [putProfile(person, mine)];
    if (email !== null && holderId !== person.id) {
      writes.push({ put: { ...emailKey(email), attributes: { personId: person.id }, condition: unchanged(holder) } });
      if (holderId !== null) {
        const other = await table.get(profileKey(holderId));
        if (other !== undefined) writes.push(putProfile({ ...toPerson(holderId, other), email: null }, other));
      }
    }
    if (before.email !== null && before.email !== email) writes.push({ remove: emailKey(before.email) });
    await table.transact(writes);
    return person;
  }

  return {
    getMany,
    get: async (personId) => toPerson(personId, await table.get(profileKey(personId))),
    bind: (profile) => untilSettled(() => bindOnce(profile)),
    async byEmail(email) {
      const item = await table.get(emailKey(email));
      return item === undefined ? undefined : text(item, 'personId');
    },
    signOut: (personId, at) =>
      untilSettled(async () => {
        const item = await table.get(profileKey(personId));
        const before = toPerson(personId, item);
        const person = { ...before, signedOutBefore: Math.max(at, before.signedOutBefore ?? 0) };
        await table.transact([putProfile(person, item)]);
        return person;
      }),
  };
}
