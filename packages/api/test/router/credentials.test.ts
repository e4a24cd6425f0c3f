/** Issuing sessions: exact, recorded before they leave, and never longer than the access. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emailOf, idOf, personalBucket, startApi, type ApiUnderTest } from '../../test-support/api-under-test.ts';
import { policyAllows } from '../../test-support/policy-check.ts';
import { refusalOf } from '../../test-support/refusal.ts';

let api: ApiUnderTest;
let vault: string;
let bucket: string;
beforeAll(async () => {
  api = await startApi();
  ({ id: vault, bucket } = await api.organization('acme', { bob: 'contributor', eve: 'read-only' }));
  const grant = (path: string, level: 'read' | 'write' | 'none', expiresAt?: number) =>
    api.as('ada').acl.grant({ vault, path, grantee: { kind: 'email', email: emailOf('bob') }, level, ...(expiresAt === undefined ? {} : { expiresAt }) });
  await grant('a/', 'write');
  await grant('a/b/', 'none');
  await grant('a/b/c/', 'write');
  await grant('soon/', 'write', api.now() + 600);
  await grant('later/', 'write', api.now() + 1200);
});
afterAll(() => api.close());

describe('issued sessions', () => {
  it('say where the vault is and which paths each of them serves, and name no carve-out', async () => {
    const issued = await api.as('bob').credentials.issue({ vault, cone: 'a/', access: 'write' });
    expect(issued).toMatchObject({ endpoint: 'http://127.0.0.1:8788', bucket, keyPrefix: '', region: 'us-east-1' });
    const facts = { id: expect.any(String), credentials: expect.any(Object) };
    expect(issued.sessions).toEqual([
      { ...facts, allow: ['a/'], list: [] },
      { ...facts, allow: ['a/b/c/'], list: ['a/b/c/'] },
    ]);
    const policies = api.storage.minted.slice(-2).map(({ policy }) => policy);
    const may = (key: string) => policies.some((policy) => policyAllows(policy, 's3:PutObject', `arn:aws:s3:::${bucket}/${key}`));
    expect(['a/x', 'a/b/x', 'a/b/c/x', 'ab', 'b'].map(may)).toEqual([true, false, true, false, false]);
  });

  it('are on record, with who, from where and for what, before storage is asked', async () => {
    const { sessions } = await api.as('bob').credentials.issue({ vault, cone: 'a/b/c/', access: 'read' });
    const [recorded] = (await api.stores.sessions.ofVault(vault)).filter(({ id }) => id === sessions[0]?.id);
    expect(recorded).toMatchObject({ personId: idOf('bob'), cone: 'a/b/c/', access: 'read', operation: 'credentials.issue', sourceIp: '203.0.113.9' });
    expect(recorded?.actions).toEqual(['s3:GetObject', 's3:GetObjectVersion', 'kms:Decrypt', 's3:ListBucket']);
    const failing = await startApi();
    const organization = await failing.organization('failing');
    const live = (await failing.stores.sessions.ofVault(organization.id)).length;
    failing.storage.sessions.mint = () => Promise.reject(new Error('storage is away'));
    expect(await refusalOf(failing.as('ada').credentials.issue({ vault: organization.id, cone: '', access: 'read' }))).toBe('INTERNAL');
    expect((await failing.stores.sessions.ofVault(organization.id)).length).toBe(live + 1);
    await failing.close();
  });

  it('never outlive the access they stand for', async () => {
    const { sessions } = await api.as('bob').credentials.issue({ vault, cone: 'later/', access: 'write', durationSeconds: 3600 });
    expect(sessions[0]?.credentials.expiration).toBe(api.now() + 1200);
    const error = await api
      .as('bob')
      .credentials.issue({ vault, cone: 'soon/', access: 'write' })
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'FORBIDDEN', cause: { details: { notAfter: api.now() + 600 }, hint: expect.stringContaining('files.get') } });
    await api.as('bob').files.put({ vault, path: 'soon/still.md', content: '' });
  });

  it('are not minted where nothing may be done', async () => {
    const before = api.storage.minted.length;
    expect(await refusalOf(api.as('bob').credentials.issue({ vault, cone: 'a/b/x/', access: 'read' }))).toBe('EMPTY_SCOPE');
    expect(await refusalOf(api.as('eve').credentials.issue({ vault, cone: '', access: 'write' }))).toBe('EMPTY_SCOPE');
    expect(await refusalOf(api.as('kim').credentials.issue({ vault, cone: '', access: 'read' }))).toBe('NOT_FOUND');
    expect(api.storage.minted.length).toBe(before);
  });

  it('of a personal vault stay in its prefix', async () => {
    const issued = await api.as('kim').credentials.issue({ vault: 'personal', cone: '', access: 'write' });
    const prefix = `users/${idOf('kim')}/hq/`;
    expect(issued).toMatchObject({ bucket: personalBucket, keyPrefix: prefix, sessions: [{ allow: [''], list: [''] }] });
    const policy = api.storage.minted.at(-1)?.policy ?? '';
    expect(policyAllows(policy, 's3:GetObject', `arn:aws:s3:::${personalBucket}/${prefix}x`)).toBe(true);
    expect(policyAllows(policy, 's3:GetObject', `arn:aws:s3:::${personalBucket}/users/${idOf('bob')}/hq/x`)).toBe(false);
    expect(await api.as('kim').credentials.where({})).toEqual({
      userId: idOf('kim'),
      bucket: personalBucket,
      region: 'us-east-1',
      prefix,
      endpoint: 'http://127.0.0.1:8788',
    });
  });

  it('are listed: one’s own, and everyone’s for an admin', async () => {
    const mine = (await api.as('bob').credentials.list({ vault })).sessions;
    expect(new Set(mine.map(({ personId }) => personId))).toEqual(new Set([idOf('bob')]));
    await api
      .as('eve')
      .acl.list({ vault, path: '' })
      .catch(() => undefined);
    await api.as('ada').credentials.issue({ vault, cone: '', access: 'read' });
    const all = (await api.as('ada').credentials.list({ vault })).sessions;
    expect(new Set(all.map(({ personId }) => personId))).toEqual(new Set([idOf('bob'), idOf('ada')]));
    expect(JSON.stringify(all)).not.toContain('secret');
  });
});
