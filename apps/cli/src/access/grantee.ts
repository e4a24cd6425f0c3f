/** Whom a rule is for, as it is typed: in one word, or with an option that says what the word is. */
import type { Grantee } from '@hq/shared/acl/rule';
import { personIdPattern } from '@hq/shared/ids';
import type { Api } from '@hq/sdk/api/client';
import { UsageError } from '../usage-error.ts';
import { findGroup, findMember } from './find.ts';

/** Options that name a grantee, in the place of the argument. */
export const granteeOptions = {
  group: { type: 'string', value: 'NAME', help: 'For a group, by name or id' },
  person: { type: 'string', value: 'PERSON', help: 'For a member, by e-mail address or id' },
  email: { type: 'string', value: 'ADDRESS', help: 'For an address; the rule waits until someone joins with it' },
  all: { type: 'boolean', help: 'For everyone in the organization' },
} as const;

export const granteeHelp = "@all, an e-mail address, a group or a person's id; or use --group, --person, --email or --all";

interface GranteeWishes {
  readonly group: string | undefined;
  readonly person: string | undefined;
  readonly email: string | undefined;
  readonly all: boolean;
}

/** True when an option names the grantee, so that no argument has to. */
export function namesGrantee({ group, person, email, all }: GranteeWishes): boolean {
  return all || [group, person, email].some((value) => value !== undefined);
}

/** @throws UsageError when it is named not at all or more than once; HqError `NOT_FOUND` for a group or member that is not there. */
export async function readGrantee(api: Api, vault: string, word: string | undefined, wishes: GranteeWishes): Promise<Grantee> {
  const { group, person, email, all } = wishes;
  const named = [word, group, person, email, all ? '@all' : undefined].filter((each) => each !== undefined);
  if (named.length !== 1) throw new UsageError(`Say once whom the rule is for${named.length === 0 ? '' : `, not ${named.length} times`}: ${granteeHelp}.`);
  if (group !== undefined) return { kind: 'group', id: (await findGroup(api, vault, group)).id };
  if (person !== undefined) return { kind: 'person', id: (await findMember(api, vault, person)).personId };
  if (email !== undefined) return { kind: 'email', email: email.toLowerCase() };
  if (word === undefined || word === '@all') return { kind: 'org' };
  if (personIdPattern.test(word)) return { kind: 'person', id: word };
  if (word.includes('@')) return { kind: 'email', email: word.toLowerCase() };
  return { kind: 'group', id: (await findGroup(api, vault, word)).id };
}
