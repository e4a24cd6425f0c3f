/** Rules into the policies that storage enforces, and the last check of their bytes: what an answer with credentials costs before STS is called. */
import { decide } from '@hq/shared/acl/decide';
import type { AclRecord, Caller, Level } from '@hq/shared/acl/rule';
import { canonicalPath, root, type Path } from '@hq/shared/path';
import type { Vault } from '@hq/shared/vault';
import { compile, type CompileInput } from '@hq/policy/compile';
import { prove } from '@hq/policy/prove';
import { checkSessionPolicy } from '@hq/policy/read';
import { inTurn, ownCost, type Cost } from './measure.ts';
import { micros, type Comparison } from './table.ts';

const times = 400;
const rules = 40;
const now = 1_800_000_000;
const organizationId = 'cmp_3v7x0000000000000000000000';
const vault: Vault = {
  id: organizationId,
  kind: 'organization',
  bucket: `hq-vault-${organizationId.replace('_', '-')}`,
  keyPrefix: '',
  kmsKeyArn: 'arn:aws:kms:us-east-1:000000000000:key/11111111-1111-4111-8111-111111111111',
  secretPrefix: `/hq/${organizationId}/`,
  region: 'us-east-1',
};
const caller: Caller = { personId: '00000000-0000-4000-8000-000000000001', groups: new Set(['grp_staff']), standing: { kind: 'member', role: 'contributor' } };

function inputOf(paths: readonly string[], levelAt: (n: number) => Level): CompileInput {
  const records = paths.map((text, n): AclRecord => {
    const grantee = n % 2 === 0 ? ({ kind: 'org' } as const) : ({ kind: 'group', id: 'grp_staff' } as const);
    return { path: canonicalPath(text), rules: [{ grantee, level: levelAt(n) }], open: false, version: 1 };
  });
  return { vault, caller, records, cone: root, access: 'write', now };
}

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);
const cones: Readonly<Record<string, CompileInput>> = {
  'everything to write, with 39 carve-outs in 8 folders': inputOf(
    numbers(rules).map((n) => (n === 0 ? '' : `team-${n % 8}/private-${n}/`)),
    (n) => (n === 0 ? 'write' : 'none'),
  ),
  '10 folders, four deep: given, carved out, given, carved out': inputOf(
    numbers(rules).map((n) => `team-${Math.floor(n / 4)}/${'inner/'.repeat(n % 4)}`),
    (n) => (n % 2 === 0 ? 'write' : 'none'),
  ),
  '40 folders to write': inputOf(
    numbers(rules).map((n) => `clients/client-${n}/shared/`),
    () => 'write',
  ),
};

/** How many sessions; each checked as before minting. */
function mint(input: CompileInput): number {
  const { sessions } = compile(input);
  for (const { policy } of sessions) checkSessionPolicy(policy, vault);
  return sessions.length;
}

/** Fails unless storage would allow exactly what is decided. */
function verify(name: string, input: CompileInput): void {
  const { sessions } = compile(input);
  const records = new Map(input.records.map((record) => [record.path, record]));
  const { counterexample } = prove({
    ...input,
    boundaries: [...records.keys()],
    levelAt: (path: Path) => decide(caller, records, path, now).level,
    policies: sessions.map(({ policy }) => policy),
    list: sessions.flatMap(({ list }) => list),
  });
  if (counterexample !== undefined) throw new Error(`${name}: ${JSON.stringify(counterexample)}`);
}

export async function compiling(): Promise<Comparison> {
  const sides: Record<string, () => Promise<Cost>> = {};
  for (const [name, input] of Object.entries(cones)) {
    verify(name, input);
    sides[name] = () =>
      ownCost(() => {
        for (let i = 0; i < times; i++) mint(input);
      });
  }
  const seen = await inTurn(sides, 7);
  const each = Object.entries(seen).map(([name, { cpu }]) => [name, cpu / times] as const);
  const worst = Math.max(...each.map(([, cpu]) => cpu));
  return {
    title: 'Compiling a cone',
    work: `\`compile\` for 40 rules, and \`checkSessionPolicy\` on each policy’s bytes, ${times} times a round, seven rounds; each compiled cone was proved first to allow exactly what is decided.`,
    columns: ['cone', 'sessions', 'CPU'],
    rows: each.map(([name, cpu]) => [name, String(cones[name] === undefined ? 0 : mint(cones[name])), micros(cpu * 1e6)]),
    verdict: `Asked for: at most 1 ms; this run ${worst <= 0.001 ? 'meets' : 'misses'} it.`,
  };
}
