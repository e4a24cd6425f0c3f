/**
 * What the OpenID provider remembers, by the names it uses. What a client could present (codes, refresh tokens, session cookies) is found by its SHA-256 only, so
 * that the file alone signs nobody in.
 * https://github.com/panva/node-oidc-provider/blob/main/example/my_adapter.js
 */
import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import { isDiskFull } from '../disk-full.ts';
import { NoRoomError } from './disk-room.ts';

export interface ArtifactStore {
  adapter(model: string): Adapter;
  /** Ends every session, grant, code and refresh token of an account. */
  readonly forgetAccount: (sub: string) => void;
  /** Removes what has expired by now (milliseconds). */
  sweep(now: number): void;
}

const second = 1000;
/** A used token is remembered this long after its expiry, so that its reuse is noticed and not merely unknown. */
const forever = 10 * 365 * 86_400;
/** Visits and browser sessions of nobody in particular that are remembered, and those of one account; the oldest are forgotten. */
const keptOfStrangers = 5000;
const keptOfAccount = 100;

export interface ArtifactOptions {
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Whether the disk takes more; asked before each write, because a refresh is two and must not stop between them. */
  readonly hasRoom?: () => boolean;
  /** Replaces the number of strangers' visits that are kept (5000). */
  readonly keepStrangers?: number;
}

interface Row {
  payload: string;
  consumed_at: number | null;
}

/** The provider's storage in the sign-in's database. Its writes throw NoRoomError on a full disk. */
export function openArtifacts(database: DatabaseSync, { clock, hasRoom = () => true, keepStrangers = keptOfStrangers }: ArtifactOptions): ArtifactStore {
  const upsert = database.prepare('REPLACE INTO artifacts VALUES (?, ?, ?, ?, NULL, ?, ?, ?)');
  const select = database.prepare('SELECT payload, consumed_at FROM artifacts WHERE model = ? AND id = ?');
  const byUid = database.prepare('SELECT payload, consumed_at FROM artifacts WHERE uid = ? AND model = ?');
  const consume = database.prepare('UPDATE artifacts SET consumed_at = ? WHERE model = ? AND id = ? AND consumed_at IS NULL RETURNING grant_id');
  const grantOf = database.prepare('SELECT grant_id FROM artifacts WHERE model = ? AND id = ?');
  const remove = database.prepare('DELETE FROM artifacts WHERE model = ? AND id = ?');
  const removeGrant = database.prepare('DELETE FROM artifacts WHERE grant_id = ?');
  const removeAccount = database.prepare('DELETE FROM artifacts WHERE account = ?');
  const surplus = 'SELECT id FROM artifacts WHERE model = ? AND account IS ? ORDER BY expires_at DESC LIMIT -1 OFFSET ?';
  const removeSurplus = database.prepare(`DELETE FROM artifacts WHERE model = ? AND id <> ? AND id IN (${surplus})`);
  const removeExpired = database.prepare('DELETE FROM artifacts WHERE expires_at < ?');

  const guarded = <Result>(write: () => Result): Result => {
    if (!hasRoom()) throw new NoRoomError();
    try {
      return write();
    } catch (error) {
      throw isDiskFull(error) ? new NoRoomError(error) : error;
    }
  };
  const adapter = (model: string): Adapter => ({
    async upsert(id, artifact, expiresIn) {
      const payload = { ...artifact };
      delete payload.jti;
      const expiresAt = clock() + (expiresIn ?? forever) * second;
      const { grantId, uid, accountId } = payload;
      const grant = model === 'Grant' ? digest('Grant', id) : grantId === undefined ? null : digest('Grant', grantId);
      const key = digest(model, id);
      const account = accountId ?? null;
      guarded(() => {
        upsert.run(model, key, JSON.stringify(payload), expiresAt, grant, model === 'Session' ? (uid ?? null) : null, account);
        // Anyone may cause these two, as often as they like.
        if (model === 'Interaction' || model === 'Session') {
          removeSurplus.run(model, key, model, account, account === null ? keepStrangers : keptOfAccount);
        }
      });
    },
    find: async (id) => read(select.get(model, digest(model, id)) as unknown as Row | undefined, id),
    findByUid: async (uid) => read(byUid.get(uid, model) as unknown as Row | undefined),
    findByUserCode: async () => undefined,
    async consume(id) {
      // Two requests with one token reach this line after both saw it unused. One wins; the other is a reuse, and ends the family like any.
      if (guarded(() => consume.get(clock(), model, digest(model, id))) !== undefined) return;
      const grant = grantOf.get(model, digest(model, id))?.['grant_id'];
      if (typeof grant === 'string') removeGrant.run(grant);
      throw new errors.InvalidGrant('already used');
    },
    destroy: async (id) => void remove.run(model, digest(model, id)),
    revokeByGrantId: async (grantId) => void removeGrant.run(digest('Grant', grantId)),
  });
  return {
    adapter,
    forgetAccount: (sub) => void removeAccount.run(sub),
    sweep: (now) => void removeExpired.run(now),
  };
}

function digest(model: string, id: string): string {
  return createHash('sha256').update(`${model} ${id}`).digest('base64url');
}

function read(row: Row | undefined, id?: string): AdapterPayload | undefined {
  if (row === undefined) return undefined;
  const payload = JSON.parse(row.payload) as AdapterPayload;
  if (id !== undefined) payload.jti = id;
  if (row.consumed_at !== null) payload['consumed'] = Math.floor(row.consumed_at / second);
  return payload;
}
