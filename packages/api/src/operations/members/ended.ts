/**
 * What ends with a membership, as its answer and its entry in the audit trail tell it. Whatever else a person can hold one day (keys, share links) ends here
 * too: its list goes into `Ended`, the writes that end it into the plan of `end-membership.ts`.
 */
import { decide } from '@hq/shared/acl/decide';
import { allows } from '@hq/shared/acl/actions';
import type { AclRecord, Caller, Level } from '@hq/shared/acl/rule';
import type { Path } from '@hq/shared/path';
import type { EpochSeconds } from '@hq/shared/time';
import { isLive } from '../../stores/rules.ts';
import { leftoversOf } from '../../stores/leftovers.ts';
import type { Invitation } from '../../stores/invitations.ts';
import type { StoredMember } from '../../stores/membership.ts';
import type { IssuedSession } from '../../stores/sessions.ts';

export interface Ended {
  readonly rules: readonly { readonly path: Path; readonly level: Level }[];
  readonly created: readonly Path[];
  readonly groups: readonly string[];
  readonly invitations: readonly Pick<Invitation, 'id' | 'email'>[];
  readonly sessions: readonly Pick<IssuedSession, 'id' | 'cone' | 'access' | 'expiresAt'>[];
}

interface Holdings {
  readonly member: StoredMember;
  readonly records: readonly AclRecord[];
  /** All open ones of the organization. */
  readonly invitations: readonly Invitation[];
  /** All live ones of the person, the first to end first. */
  readonly sessions: readonly IssuedSession[];
  /** Who will read it: rules at paths that they may not read are left out, also where they are for themselves. */
  readonly reader: Caller;
  readonly now: EpochSeconds;
}

/** All that is theirs in the organization. */
export function endedWith({ member, records, invitations, sessions, reader, now }: Holdings): Ended {
  const lookup = new Map(records.map((record) => [record.path, record]));
  const { isTheirs, concerns } = leftoversOf([member]);
  const theirs = records.filter(concerns);
  const shown = theirs.filter(({ path }) => allows(decide(reader, lookup, path, now).level, 'read'));
  return {
    rules: shown.flatMap(({ path, rules }) => rules.filter((rule) => isTheirs(rule) && isLive(rule, now)).map(({ level }) => ({ path, level }))),
    created: shown.flatMap(({ path, createdBy }) => (createdBy === member.personId ? [path] : [])),
    groups: member.groups,
    invitations: invitations.flatMap(({ id, email, invitedBy }) => (invitedBy === member.personId ? [{ id, email }] : [])),
    sessions: sessions.flatMap(({ id, cone, access, expiresAt, vaultId }) => (vaultId === member.organizationId ? [{ id, cone, access, expiresAt }] : [])),
  };
}

/** Bytes of the lists in an answer, counted as a string in a string: answers are kept as receipts, in one item of the table. */
const maxListed = 150_000;

/** As much of it as one answer can hold, and how much that leaves out. Sessions first: they are what is still open. */
export function listed(all: Ended): { readonly [Kind in keyof Ended]: [...Ended[Kind]] } & { readonly unlisted: number } {
  let room = maxListed;
  let unlisted = 0;
  const fitting = <Entry>(entries: readonly Entry[]): Entry[] =>
    entries.filter((entry) => {
      room -= Buffer.byteLength(JSON.stringify(JSON.stringify(entry)));
      if (room < 0) unlisted++;
      return room >= 0;
    });
  const sessions = fitting(all.sessions);
  const invitations = fitting(all.invitations);
  const groups = fitting(all.groups);
  const rules = fitting(all.rules);
  const created = fitting(all.created);
  return { rules, created, groups, invitations, sessions, unlisted };
}
