/** The proof can fail: each of these faults in the emitted bytes is found by the reader or the prover, and by the independent evaluator on its own. */
import { decide } from '@hq/shared/acl/decide';
import type { AclRecord } from '@hq/shared/acl/rule';
import { isHqError } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import { describe, expect, test } from 'vitest';
import { compile } from '../src/compile.ts';
import { prove } from '../src/prove.ts';
import { acme, forAll, member, path, personal } from './fixtures.ts';
import { secondOpinion, type Asked } from './second-opinion.ts';

const records: readonly AclRecord[] = [forAll('d*/', 'write'), forAll('d*/s$x/', 'none'), forAll('d*/s$x/back/', 'write'), forAll('team/', 'read')];
const asked: Asked = { vault: personal, caller: member, records, cone: path(''), access: 'read', now: 0 };

/** `found`: the fault in words; undefined where the check was content. */
function firstCheck(question: Asked, policies: readonly string[], list: readonly Path[]): string | undefined {
  const lookup = new Map(question.records.map((record) => [record.path, record]));
  const boundaries = question.records.map((record) => record.path);
  const levelAt = (at: Path) => decide(question.caller, lookup, at, question.now).level;
  try {
    const { counterexample } = prove({ ...question, boundaries, levelAt, policies, list });
    return counterexample && JSON.stringify(counterexample);
  } catch (error) {
    if (isHqError(error) && error.cause instanceof Error) return error.cause.message;
    throw error;
  }
}

interface Mutation {
  readonly fault: string;
  readonly change: (policies: readonly string[]) => readonly string[];
  readonly asked?: Partial<Asked>;
}

const everywhere = (from: string | RegExp, to: string) => (policies: readonly string[]) => policies.map((policy) => policy.replaceAll(from, to));

const mutations: readonly Mutation[] = [
  { fault: 'escaping removed', change: everywhere(/\$\{([*?$])\}/g, '$1') },
  { fault: 'the escape of * alone removed', change: everywhere('${*}', '*') },
  { fault: 'the slash of a folder removed', change: everywhere('team/*', 'team*') },
  { fault: 'a carve-out dropped', change: everywhere(/\{"Effect":"Deny"[^}]*(?:\{.\}[^}]*)*\},/g, '') },
  { fault: 'Version changed', change: everywhere('2012-10-17', '2008-10-17') },
  { fault: 'Version left out', change: everywhere('"Version":"2012-10-17",', '') },
  { fault: 'the bucket left open', change: everywhere('arn:aws:s3:::hq-vault-personal/', 'arn:aws:s3:::*/') },
  { fault: 'the whole shared bucket opened', change: everywhere(/hq-vault-personal\/[^"]*team\/\*/g, 'hq-vault-personal/*') },
  { fault: 'the whole vault opened', change: everywhere('/hq/team/*', '/hq/*') },
  { fault: 'a session left out', change: (policies) => policies.slice(1) },
  { fault: 'writing added to a read session', change: everywhere('"s3:GetObjectVersion"', '"s3:GetObjectVersion","s3:PutObject"') },
  { fault: 'listing of a folder with a carve-out', change: everywhere(/"s3:prefix":"[^"]*"/g, `"s3:prefix":"${personal.keyPrefix}*"`) },
  { fault: 'listing by a condition that an absent prefix passes', change: everywhere('"StringLike"', '"StringLikeIfExists"') },
  { fault: 'listing by what is not to be listed', change: everywhere(/"StringLike":\{"s3:prefix":"[^"]*"/g, '"StringNotLike":{"s3:prefix":"nothing/*"') },
  { fault: 'listing without a condition', change: everywhere(/,"Condition":\{.*?\}\}/g, ''), asked: { vault: acme } },
  { fault: 'a carve-out in a whole bucket dropped', change: everywhere(/\{"Effect":"Deny"[^}]*(?:\{.\}[^}]*)*\},/g, ''), asked: { vault: acme } },
  {
    fault: 'two layers in one policy',
    change: ([first = '', second = '']) => [first.replace(/\]\}$/, `,${second.slice(second.indexOf('[') + 1)}`)],
  },
];

describe.each(mutations)('$fault', ({ change, asked: other }) => {
  const question = { ...asked, ...other };
  const compiled = () => {
    const { sessions } = compile(question);
    const policies = sessions.map(({ policy }) => policy);
    return { sessions, policies, list: sessions.flatMap((session) => session.list), mutated: change(policies) };
  };

  test('the unchanged sessions pass both checks', () => {
    const { sessions, policies, list } = compiled();
    expect(firstCheck(question, policies, list)).toBeUndefined();
    expect(secondOpinion(question, sessions)).toBeUndefined();
  });

  test('the reader or the prover finds it', () => {
    const { policies, list, mutated } = compiled();
    expect(mutated).not.toEqual(policies);
    expect(firstCheck(question, mutated, list)).toBeTypeOf('string');
  });

  test('the independent evaluator finds it', () => {
    const { sessions, mutated } = compiled();
    const said = (index: number) => ({ allow: sessions[index]?.allow ?? [], list: sessions[index]?.list ?? [] });
    expect(
      secondOpinion(
        question,
        mutated.map((policy, index) => ({ policy, ...said(index) })),
      ),
    ).toBeTypeOf('string');
  });
});

test('a decision that differs from the compiled one is found', () => {
  const policies = compile(asked).sessions.map(({ policy }) => policy);
  const boundaries = records.map((record) => record.path);
  const proof = prove({ ...asked, boundaries, levelAt: () => 'none', policies, list: [] });
  expect(proof.counterexample).toMatchObject({ decided: false, enforced: true });
});

test('a listing that is promised and not given is found', () => {
  const { sessions } = compile(asked);
  const policies = sessions.map(({ policy }) => policy.replace(/,\{"Effect":"Allow","Action":"s3:ListBucket".*?\}\}\}/, ''));
  const list = sessions.flatMap((session) => session.list);
  expect(firstCheck(asked, policies, [])).toBeUndefined();
  expect(firstCheck(asked, policies, list)).toContain('s3:ListBucket');
});
