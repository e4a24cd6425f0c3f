/** Which session serves a path, how long it is kept, and when another is asked for. */
import { HqError } from '@hq/shared/errors';
import { canonicalPath, root } from '@hq/shared/path';
import { describe, expect, it } from 'vitest';
import { createSessionBook, sessionFor, type Access, type Grant, type Session } from '../../src/transfer/sessions.ts';

let serial = 0;

function session(allow: readonly string[], expiration: number, list: readonly string[] = []): Session {
  serial += 1;
  return { allow, list, credentials: { accessKeyId: `key${serial}`, secretAccessKey: 's', sessionToken: 't', expiration } };
}

function grant(...sessions: readonly Session[]): Grant {
  return { endpoint: null, bucket: 'b', region: 'us-east-1', keyPrefix: '', sessions };
}

/** A book whose API answers by `rules` and remembers what it was asked. */
function bookOf(rules: (cone: string, access: Access, now: number) => Grant, cone = root) {
  const facts = { now: 1000, asked: [] as string[], generation: 0 };
  const book = createSessionBook({
    cone,
    clock: () => facts.now,
    generation: () => facts.generation,
    issue: async (at, access) => {
      facts.asked.push(`${access} ${at}`);
      return rules(at, access, facts.now);
    },
  });
  return { book, facts };
}

const whole = (_cone: string, _access: Access, now: number): Grant => grant(session([''], now + 900));
const path = canonicalPath;

describe('the session that serves a path', () => {
  const outer = session(['a/', 'd/e/'], 2000);
  const inner = session(['a/b/c/', 'a/b/file', 'd/'], 2000);

  it.each([
    ['a/x', outer],
    // Nobody tells where the outer one ends: storage knows.
    ['a/b/x', outer],
    ['a/b/c/x', inner],
    ['a/b/file', inner],
    ['a/b/file2', outer],
    ['d/e/x', outer],
    ['d/x', inner],
    ['ab/x', undefined],
    ['b', undefined],
  ])('of %j is the one with the longest match, in whatever order they come', (at, expected) => {
    expect(sessionFor(grant(outer, inner), at)).toBe(expected);
    expect(sessionFor(grant(inner, outer), at)).toBe(expected);
  });
});

describe('a book of sessions', () => {
  it('asks once for many paths at the same time', async () => {
    const { book, facts } = bookOf(whole);
    await Promise.all(Array.from({ length: 50 }, (_, index) => book.lease(path(`f${index}`), 'read')));
    expect(facts.asked).toEqual(['read ']);
  });

  it('asks for reading and for writing apart', async () => {
    const { book, facts } = bookOf(whole);
    await book.lease(path('f'), 'read');
    await book.lease(path('f'), 'write');
    expect(facts.asked).toEqual(['read ', 'write ']);
  });

  it('renews two minutes before the earliest session ends, once', async () => {
    const { book, facts } = bookOf((_, __, now) => grant(session(['a/'], now + 3600), session(['b/'], now + 900)));
    const before = await book.lease(path('a/f'), 'read');
    facts.now += 779;
    expect((await book.lease(path('a/f'), 'read')).session).toBe(before.session);
    facts.now += 1;
    const [one, two] = await Promise.all([book.lease(path('a/f'), 'read'), book.lease(path('b/f'), 'read')]);
    expect(one.session).not.toBe(before.session);
    expect(two.grant).toBe(one.grant);
    expect(facts.asked).toHaveLength(2);
  });

  it('forgets all of them when access has changed, and also one that was on its way', async () => {
    const { book, facts } = bookOf(whole);
    const onItsWay = book.lease(path('f'), 'read');
    book.dropAll();
    await onItsWay;
    await book.lease(path('f'), 'read');
    expect(facts.asked).toHaveLength(2);
  });

  it('credentials cached under a key that left out the grants: after access or the person has changed, none from before is used', async () => {
    const { book, facts } = bookOf((_, __, now) => grant(session(facts.generation === 0 ? [''] : ['a/'], now + 900)));
    const before = await book.lease(path('b/f'), 'read');
    facts.generation += 1;
    await expect(book.lease(path('b/f'), 'read')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await book.lease(path('a/f'), 'read')).session).not.toBe(before.session);
    expect(facts.asked).toEqual(['read ', 'read ']);
  });

  it('does not keep a session that was minted while access changed, nor lets later requests wait for it', async () => {
    const { book, facts } = bookOf(whole);
    const onItsWay = book.lease(path('f'), 'read');
    facts.generation += 1;
    const later = await book.lease(path('f'), 'read');
    expect((await onItsWay).session).not.toBe(later.session);
    expect((await book.lease(path('f'), 'read')).session).toBe(later.session);
    expect(facts.asked).toHaveLength(2);
  });

  it('never serves one cone or access with the sessions of another, however alike their names are', async () => {
    const { book, facts } = bookOf((cone, access, now) => {
      if (cone === '' || cone === 'a/') throw new HqError('SCOPE_TOO_LARGE', 'too many rules');
      return grant(session([cone === 'a/b/' ? `a/b/${access}/` : cone], now + 900));
    });
    expect((await book.lease(path('a/b/read/f'), 'read')).session.allow).toEqual(['a/b/read/']);
    await expect(book.lease(path('a/b/read/f'), 'write')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const served = async (at: string) => (await book.lease(path(at), 'read')).session.allow;
    expect([await served('a/bc/f'), await served('a/b c/f'), await served('a/B/f'), await served('write a/b/f')]).toEqual([
      ['a/bc/'],
      ['a/b c/'],
      ['a/B/'],
      ['write a/'],
    ]);
    expect(facts.asked).toEqual([
      'read ',
      'read a/',
      'read a/b/',
      'write ',
      'write a/',
      'write a/b/',
      'read a/bc/',
      'read a/b c/',
      'read a/B/',
      'read write a/',
    ]);
  });

  it('believes a refusal for a minute, then asks once more: access may have been given', async () => {
    const { book, facts } = bookOf((_, __, now) => grant(session(now < 1060 ? ['a/'] : [''], now + 900)));
    await book.lease(path('a/f'), 'read');
    facts.now += 59;
    await expect(book.lease(path('b/f'), 'read')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    facts.now += 1;
    await book.lease(path('b/f'), 'read');
    expect(facts.asked).toEqual(['read ', 'read ']);
  });

  it('does not use a session again that storage refused', async () => {
    const { book, facts } = bookOf(whole);
    const first = await book.lease(path('f'), 'read');
    first.drop();
    const second = await book.lease(path('f'), 'read');
    // A late refusal of the first must not cost the second.
    first.drop();
    expect((await book.lease(path('f'), 'read')).session).toBe(second.session);
    expect(facts.asked).toHaveLength(2);
  });

  it('goes on with narrower cones where the wide one does not fit into sessions, and asks for the wide one once', async () => {
    const { book, facts } = bookOf((cone, _, now) => {
      if (cone === '') throw new HqError('SCOPE_TOO_LARGE', 'too many rules');
      return grant(session([cone], now + 900));
    });
    await book.lease(path('a/b/f'), 'write');
    await book.lease(path('a/c/f'), 'write');
    await book.lease(path('d/f'), 'write');
    expect(facts.asked).toEqual(['write ', 'write a/', 'write d/']);
  });

  it.each([
    ['read', 'NOT_FOUND'],
    ['write', 'FORBIDDEN'],
  ] as const)('answers an attempt to %s where nothing is allowed with %s', async (access, code) => {
    const nothing = bookOf(() => {
      throw new HqError('EMPTY_SCOPE', 'nothing');
    });
    await expect(nothing.book.lease(path('f'), access)).rejects.toMatchObject({ code });
    const elsewhere = bookOf((_, __, now) => grant(session(['a/'], now + 900)));
    await expect(elsewhere.book.lease(path('f'), access)).rejects.toMatchObject({ code });
  });

  it('does not try again where it was told of a closed place, for that access and as long as these sessions last', async () => {
    const { book, facts } = bookOf((_, __, now) => grant(session(['a/'], now + 900), session(['a/b/c/', 'a/b/file'], now + 900)));
    await Promise.all([book.lease(path('a/f'), 'write'), book.lease(path('a/f'), 'read')]);
    book.close(path('a/b/'), 'write');
    for (const closed of ['a/b/x', 'a/b/d/x', 'a/b/file2']) await expect(book.lease(path(closed), 'write')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    for (const open of ['a/x', 'a/b/c/x', 'a/b/file', 'a/bx']) await book.lease(path(open), 'write');
    await book.lease(path('a/b/x'), 'read');
    expect(facts.asked).toEqual(['write ', 'read ']);
    facts.now += 800;
    await book.lease(path('a/b/x'), 'write');
    expect(facts.asked).toEqual(['write ', 'read ', 'write ']);
  });

  it('lists with a session only under folders that it may list', async () => {
    const { book } = bookOf((_, __, now) => grant(session([''], now + 900, ['b/'])));
    expect(await book.leaseListing(path('b/deep/'))).toBeDefined();
    expect(await book.leaseListing(path('a/'))).toBeUndefined();
    expect(await book.leaseListing(root)).toBeUndefined();
  });
});
