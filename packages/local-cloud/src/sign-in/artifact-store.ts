/**
 * What the OpenID provider remembers, by the names it uses. What a client could present (codes, refresh tokens, session cookies) is found by its SHA-256 only, so
 * that the file alone signs nobody in.
 * https://github.com/panva/node-oidc-provider/blob/main/example/my_adapter.js
 */
import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';

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

interface Row {
  payload: string;
  consumed_at: number | null;
}

/** The provider's storage in the sign-in's database. */
export function openArtifacts(database: DatabaseSync, clock: () => number): ArtifactStore {
  const upsert = database.prepare('REPLACE INTO artifacts VALUES (?, ?, ?, ?, NULL, ?, ?, ?)');
  const select = database.prepare('SELECT payload, consumed_at FROM artifacts WHERE model = ? AND id = ?');
  const byUid = database.prepare('SELECT payload, consumed_at FROM artifacts WHERE uid = ? AND model = ?');
  const consume = database.prepare('UPDATE artifacts SET consumed_at = ? WHERE model = ? AND id = ? AND consumed_at IS NULL RETURNING grant_id');
  const grantOf = database.prepare('SELECT grant_id FROM artifacts WHERE model = ? AND id = ?');
  const remove = database.prepare('DELETE FROM artifacts WHERE model = ? AND id = ?');
  const removeGrant = database.prepare('DELETE FROM artifacts WHERE grant_id = ?');
  const removeAccount = database.prepare('DELETE FROM artifacts WHERE account = ?');
  const removeExpired = database.prepare('DELETE FROM artifacts WHERE expires_at < ?');

  const adapter = (model: string): Adapter => ({
    async upsert(id, artifact, expiresIn) {
      const payload = { ...artifact };
      delete payload.jti;
      const expiresAt = clock() + (expiresIn ?? forever) * second;
      const { grantId, uid, accountId } = payload;
      const grant = model === 'Grant' ? digest('Grant', id) : grantId === undefined ? null : digest('Grant', grantId);
      upsert.run(model, digest(model, id), JSON.stringify(payload), expiresAt, grant, model === 'Session' ? (uid ?? null) : null, accountId ?? null);
    },
    find: async (id) => read(select.get(model, digest(model, id)) as unknown as Row | undefined, id),
    findByUid: async (uid) => read(byUid.get(uid, model) as unknown as Row | undefined),
    findByUserCode: async () => undefined,
    async consume(id) {
      // Two requests with one token reach this line after both saw it unused. One wins; the other is a reuse, and ends the family like any.
      if (consume.get(clock(), model, digest(model, id)) !== undefined) return;
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
