/** Groups in groups: what is unfolded, what is refused on write, and that nothing that could be stored does harm on read. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkNesting, inward, maxGroupDepth, unfold, type GroupTree } from '../src/acl/groups.ts';
import { decide } from '../src/acl/decide.ts';
import { isHqError } from '../src/errors.ts';
import { canonicalPath } from '../src/path.ts';

/** `{a: 'b c'}`: a lies in b and in c. */
const tree = (around: Readonly<Record<string, string>>): GroupTree =>
  new Map(Object.entries(around).map(([group, outer]) => [group, outer === '' ? [] : outer.split(' ')]));
/** A chain of groups, each in the next: `x0` is the innermost. */
const chain = (length: number, name = 'x'): [string, string[]][] =>
  Array.from({ length }, (_, n): [string, string[]] => [`${name}${n}`, n + 1 < length ? [`${name}${n + 1}`] : []]);

function refusal(attempt: () => void): string {
  try {
    attempt();
    return 'allowed';
  } catch (error) {
    return isHqError(error) ? `${error.code}: ${error.message}` : String(error);
  }
}

describe('unfolding', () => {
  it('finds the groups one is in and those around them, by every way, each once', () => {
    const groups = tree({ team: 'unit site', unit: 'all', site: 'all', all: '', other: 'all' });
    expect([...unfold(['team'], groups)].toSorted()).toEqual(['all', 'site', 'team', 'unit']);
    expect([...unfold(['unit', 'other'], groups)].toSorted()).toEqual(['all', 'other', 'unit']);
    expect([...unfold([], groups)]).toEqual([]);
  });

  it('gives nothing for groups that are gone, on whatever list their name still is', () => {
    expect([...unfold(['gone', 'team'], tree({ team: 'gone all', all: '' }))].toSorted()).toEqual(['all', 'team']);
    expect([...unfold(['constructor', '__proto__'], tree({ team: '' }))]).toEqual([]);
  });
});

describe('read the other way', () => {
  it('each group has those that lie in it directly', () => {
    const groups = tree({ team: 'unit site', unit: 'all', site: 'all gone', all: '' });
    expect(Object.fromEntries(inward(groups))).toEqual({ team: [], unit: ['team'], site: ['team'], all: ['unit', 'site'] });
  });
});

describe('a nesting is refused', () => {
  it.each([
    ['in itself', 'a', 'a'],
    ['in what lies in it', 'b', 'a'],
    ['in what lies deep in it', 'd', 'a'],
  ])('of a group %s', (_, inner, outer) => {
    expect(refusal(() => checkNesting(tree({ a: 'b', b: 'c', c: 'd', d: '' }), inner, outer))).toMatch(/^CONFLICT: .*can not be in itself/);
  });

  it('that makes a chain of nine, and not one of eight, wherever it is joined', () => {
    for (let inside = 1; inside < maxGroupDepth; inside++) {
      const joined = (outside: number) => () => checkNesting(new Map([...chain(inside), ...chain(outside, 'y')]), `x${inside - 1}`, 'y0');
      expect(refusal(joined(maxGroupDepth - inside))).toBe('allowed');
      expect(refusal(joined(maxGroupDepth - inside + 1))).toBe('CONFLICT: Groups in groups go 8 deep at most, and this would make 9.');
    }
  });

  it('by the longest of several ways', () => {
    const groups = new Map([...chain(7), ['short', ['x6']]] as [string, string[]][]);
    expect(refusal(() => checkNesting(new Map([...groups, ['new', []]]), 'new', 'x0'))).toBe('allowed');
    expect(refusal(() => checkNesting(new Map([...groups, ['new', ['top']], ['top', []]]), 'x6', 'new'))).toMatch(/would make 9/);
    expect(refusal(() => checkNesting(new Map([...groups, ['new', []]]), 'x6', 'new'))).toBe('allowed');
  });
});

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'];
/** Any graph at all, cycles and names of nothing included. */
const anyTree = fc
  .uniqueArray(fc.constantFrom(...names), { maxLength: 12 })
  .chain((groups) =>
    fc
      .array(fc.uniqueArray(fc.constantFrom(...names, 'gone'), { maxLength: 4 }), { minLength: groups.length, maxLength: groups.length })
      .map((around): GroupTree => new Map(groups.map((group, n) => [group, around[n] ?? []]))),
  );
/** Mostly the next name over, so that chains grow long. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.nat(names.length - 2).map((n): [string, string] => [names[n] ?? '', names[n + 1] ?? '']) },
  { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)) },
);
const steps = fc.array(step, { maxLength: 60, size: 'max' });

/** Straight from the definition: all that is reached in any number of steps. */
function reached(direct: readonly string[], groups: GroupTree): Set<string> {
  let found = new Set(direct.filter((group) => groups.has(group)));
  for (;;) {
    const more = new Set([...found].flatMap((group) => [group, ...(groups.get(group) ?? []).filter((outer) => groups.has(outer))]));
    if (more.size === found.size) return found;
    found = more;
  }
}

describe('any graph, also one that should never have been stored', () => {
  it('is unfolded to what can be reached', () => {
    fc.assert(
      fc.property(anyTree, fc.subarray(names), (groups, direct) => {
        expect([...unfold(direct, groups)].toSorted()).toEqual([...reached(direct, groups)].toSorted());
      }),
      { numRuns: 2000 },
    );
  });

  it('decides: whoever can reach a group has what it gives, and nobody else', () => {
    const path = canonicalPath('x/');
    const records = new Map([[path, { path, rules: [{ grantee: { kind: 'group', id: 'a' }, level: 'write' } as const], open: false, version: 1 }]]);
    fc.assert(
      fc.property(anyTree, fc.subarray(names), (groups, direct) => {
        const caller = { personId: 'p', groups: unfold(direct, groups), standing: { kind: 'member', role: 'contributor' } } as const;
        expect(decide(caller, records, path, 0).level).toBe(reached(direct, groups).has('a') ? 'write' : 'none');
      }),
      { numRuns: 1000 },
    );
  });

  it('takes a check of a nesting to an end', () => {
    fc.assert(
      fc.property(anyTree, fc.constantFrom(...names), fc.constantFrom(...names), (groups, inner, outer) => {
        expect(refusal(() => checkNesting(groups, inner, outer))).toMatch(/^(?:allowed|CONFLICT: .*)$/);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('whatever is nested, one step after the other, each checked', () => {
  const longest = (group: string, groups: GroupTree): number => 1 + Math.max(0, ...(groups.get(group) ?? []).map((outer) => longest(outer, groups)));

  it('has no cycle and no chain of more than eight, and nothing was refused that would have had none', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(steps, (nestings) => {
        const groups = new Map<string, string[]>(names.map((name) => [name, []]));
        for (const [inner, outer] of nestings) {
          const before = groups.get(inner) ?? [];
          const answer = refusal(() => checkNesting(groups, inner, outer));
          groups.set(inner, [...before, outer]);
          const cyclic = reached([outer], groups).has(inner);
          const bad = cyclic || Math.max(...names.map((name) => longest(name, groups))) > maxGroupDepth;
          seen.add(answer.replace(/\d+\.$/, ''));
          expect(answer === 'allowed').toBe(!bad);
          if (bad) groups.set(inner, before);
        }
      }),
      { numRuns: 150 },
    );
    // The three kinds of answer all came up.
    expect(seen.size).toBe(3);
  });
});
