/**
 * Every session that storage granted, written down before its credentials leave. Items go when the sessions end; what stays is the audit trail.
 *
 *     {vault id} · session/{expiresAt}/{ses_…}    the facts below
 *     usr_{personId} · issued/{expiresAt}/{ses_…}  the same, found from the person
 *
 * Sorted by their end: the last one is the latest moment that an old session can still work.
 */
import { isInside, type Path } from '@hq/shared/path';
import type { Clock, EpochSeconds } from '@hq/shared/time';
import { absent } from '../ports/table-condition.ts';
import type { Attributes, Item, Table } from '../ports/table.ts';
import { personPartition } from './keys.ts';
import { number, optionalText, text, texts, word } from './read-item.ts';
import { walk } from './walk.ts';

const accesses = ['read', 'write'] as const;

/** One session as it was issued: who, from where, for what, until when. Never its credentials. */
export interface IssuedSession {
  readonly id: string;
  readonly vaultId: string;
  readonly personId: string;
  /** The cone that was asked for. */
  readonly cone: string;
  /** The second path of a copy or a move, from which it reads; null for every other session. */
  readonly source: string | null;
  readonly access: (typeof accesses)[number];
  /** The procedure that it was minted for, for example `credentials.issue`. */
  readonly operation: string;
  /** The IAM actions that its policy allows. */
  readonly actions: readonly string[];
  readonly issuedAt: EpochSeconds;
  readonly expiresAt: EpochSeconds;
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
}

export interface IssuedSessions {
  /** All or none; at most 50. */
  record(sessions: readonly IssuedSession[]): Promise<void>;
  /** Live ones, the first to end first. */
  ofVault(vaultId: string): Promise<IssuedSession[]>;
  ofPerson(personId: string): Promise<IssuedSession[]>;
  /** When the last live session of a person in a vault ends; null where none is live. */
  latestEnd(vaultId: string, personId: string): Promise<EpochSeconds | null>;
  /** When the last of a vault's live sessions that match ends, at the latest; null where none is live. */
  latestEndOf(vaultId: string, matches: (session: IssuedSession) => boolean): Promise<EpochSeconds | null>;
  /** When the last live session of a person ends, in any vault. */
  latestEndOfPerson(personId: string): Promise<EpochSeconds | null>;
}

/** True where a session was minted for something at, above or under a path; what its policy really opens there may be less. */
export function touches({ cone, source }: Pick<IssuedSession, 'cone' | 'source'>, path: Path): boolean {
  // Cones were canonical when they were asked for.
  return [cone, source].some((each) => each !== null && (isInside(path, each as Path) || isInside(each as Path, path)));
}

const maxLive = 100_000;
/** Pages of sessions that are looked through for the last one of some. */
const pageOfSessions = 1000;
const maxPages = 20;
const vaultPrefix = 'session/';
const personPrefix = 'issued/';
/** Ten digits, so that text sorts as time does until the year 2286. */
const sortable = (time: EpochSeconds): string => String(time).padStart(10, '0');

function toSession(item: Item): IssuedSession {
  return {
    id: text(item, 'id'),
    vaultId: text(item, 'vaultId'),
    personId: text(item, 'personId'),
    cone: text(item, 'cone'),
    source: optionalText(item, 'source'),
    access: word(item, 'access', accesses),
    operation: text(item, 'operation'),
    actions: texts(item, 'actions'),
    issuedAt: number(item, 'issuedAt'),
    expiresAt: number(item, 'expiresAt'),
    sourceIp: optionalText(item, 'sourceIp'),
    userAgent: optionalText(item, 'userAgent'),
  };
}

export function createIssuedSessions(table: Table, clock: Clock): IssuedSessions {
  const live = async (pk: string, prefix: string) =>
    (await walk(table, { pk, from: prefix + sortable(clock() + 1), to: `${prefix}~` }, maxLive)).map(toSession);
  const lastEnd = async (pk: string, prefix: string) => {
    const page = await table.query({ pk, from: prefix + sortable(clock() + 1), to: `${prefix}~`, limit: 1, reverse: true });
    const [item] = page.items;
    return item === undefined ? null : toSession(item).expiresAt;
  };

  return {
    async record(sessions) {
      if (sessions.length === 0) return;
      await table.transact(
        sessions.flatMap((session) => {
          const attributes: Attributes = { ...session };
          const end = `${sortable(session.expiresAt)}/${session.id}`;
          const { expiresAt } = session;
          return [
            { put: { pk: session.vaultId, sk: vaultPrefix + end, attributes, expiresAt, condition: absent } },
            { put: { pk: personPartition(session.personId), sk: personPrefix + end, attributes, expiresAt, condition: absent } },
          ];
        }),
      );
    },
    ofVault: (vaultId) => live(vaultId, vaultPrefix),
    ofPerson: (personId) => live(personPartition(personId), personPrefix),
    async latestEnd(vaultId, personId) {
      const mine = await live(personPartition(personId), personPrefix);
      return mine.findLast((session) => session.vaultId === vaultId)?.expiresAt ?? null;
    },
    async latestEndOf(vaultId, matches) {
      const range = { pk: vaultId, from: vaultPrefix + sortable(clock() + 1), to: `${vaultPrefix}~`, limit: pageOfSessions, reverse: true };
      let last: IssuedSession | undefined;
      for (let pages = 0, cursor: string | null = null; pages < maxPages; pages++) {
        const page = await table.query({ ...range, ...(cursor === null ? {} : { cursor }) });
        const sessions = page.items.map(toSession);
        const found = sessions.find(matches);
        if (found !== undefined) return found.expiresAt;
        if (page.cursor === null) return null;
        ({ cursor } = page);
        last = sessions.at(-1) ?? last;
      }
      // Whatever is left ends no later than what was looked at.
      return last?.expiresAt ?? null;
    },
    latestEndOfPerson: (personId) => lastEnd(personPartition(personId), personPrefix),
  };
}
