/** What each question and change costs at the table, counted: one look for a decision, one more for what is under a folder. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf, startApi, type ApiUnderTest } from '../../test-support/api-under-test.ts';

let api: ApiUnderTest;
let vault: string;
const calls: string[] = [];
const counted = ['get', 'getMany', 'put', 'update', 'remove', 'query', 'transact'] as const;

beforeAll(async () => {
  api = await startApi({ auditDelayMs: 60_000 });
  ({ id: vault } = await api.organization('acme', { bob: 'contributor', eve: 'read-only' }));
  const grant = (path: string, level: 'read' | 'write' | 'admin' | 'none') =>
    api.as('ada').acl.grant({ vault, path, grantee: { kind: 'person', id: idOf('bob') }, level });
  await grant('team/', 'admin');
  for (let n = 0; n < 10; n++) await grant(`team/${n}/deep/`, n % 2 === 0 ? 'none' : 'read');
  for (const name of counted) {
    // The stores keep this very object.
    const table = api.table as unknown as Record<string, (...args: unknown[]) => unknown>;
    const real = table[name]?.bind(table);
    table[name] = (...args) => {
      calls.push(name);
      return real?.(...args);
    };
  }
});
afterAll(() => api.close());

/** The calls of one request, in any order. */
async function cost(request: Promise<unknown>): Promise<string[]> {
  calls.length = 0;
  await request;
  return calls.toSorted();
}

describe('a query', () => {
  it('about one path is one round trip, however deep the path', async () => {
    const path = 'team/1/deep/a/b/c/d/e/f';
    const bob = api.as('bob');
    expect(await cost(bob.acl.explain({ vault, path }))).toEqual(['getMany']);
    expect(await cost(bob.acl.explain({ vault, path: 'team/', personId: idOf('eve') }))).toEqual(['getMany', 'getMany']);
    // And one to the list of people.
    expect(await cost(bob.acl.who({ vault, path: 'team/' }))).toEqual(['get', 'getMany', 'query']);
  });

  it('about a folder is one more, for all that is under it', async () => {
    const bob = api.as('bob');
    expect(await cost(bob.files.access({ vault, cone: 'team/', paths: ['team/x'] }))).toEqual(['getMany', 'query']);
    expect(await cost(bob.acl.list({ vault, path: 'team/' }))).toEqual(['getMany', 'query']);
    expect(await cost(bob.acl.prove({ vault, cone: 'team/' }))).toEqual(['getMany', 'query']);
    expect(await cost(bob.acl.prove({ vault, cone: 'team/1/deep/x' }))).toEqual(['getMany']);
    // One's own sessions are with oneself; those at a path with the vault.
    expect(await cost(api.as('eve').credentials.list({ vault }))).toEqual(['getMany', 'query']);
    expect(await cost(bob.credentials.list({ vault, path: 'team/' }))).toEqual(['getMany', 'query', 'query']);
  });
});

describe('credentials', () => {
  it('for a folder are decided with two round trips, for a file with one; the sessions are written down before, the entry after', async () => {
    const bob = api.as('bob');
    expect(await cost(bob.credentials.issue({ vault, cone: 'team/', access: 'read' }))).toEqual(['getMany', 'query', 'transact', 'transact']);
    expect(await cost(bob.credentials.issue({ vault, cone: 'team/x', access: 'read' }))).toEqual(['getMany', 'transact', 'transact']);
  });
});

describe('a change of rules', () => {
  it('reads the organization once and is one transaction, with its entry and its receipt', async () => {
    const change = { vault, path: 'team/', grantee: { kind: 'org' as const }, level: 'read' as const, requestId: 'a-request-id-1234' };
    const read = ['get', 'get', 'getMany', 'query', 'query', 'query', 'query'];
    expect(await cost(api.as('bob').acl.grant(change))).toEqual([...read, 'transact']);
    // Sent again, it is an entry in the trail and no more.
    expect(await cost(api.as('bob').acl.grant(change))).toEqual(['getMany', 'transact']);
    const address = { kind: 'email' as const, email: 'new@example.com' };
    expect(await cost(api.as('bob').acl.grant({ ...change, requestId: undefined, grantee: address }))).toEqual(['get', ...read, 'transact']);
  });

  it('previewed reads the same and writes nothing', async () => {
    const preview = api.as('bob').acl.preview({ vault, path: 'team/', change: { kind: 'revoke', grantee: { kind: 'org' } } });
    // The session under which files are counted is written down like any other.
    expect(await cost(preview)).toEqual(['get', 'getMany', 'query', 'query', 'query', 'transact']);
  });
});
