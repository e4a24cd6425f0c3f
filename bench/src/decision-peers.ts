/**
 * Others who decide about access, with the same rules: may the caller write at a path? Each is set up as its manual has it, with what makes it fast: rules loaded
 * and parsed before the clock starts, CASL given the caller's rules alone, casbin and Cedar the caller's one group.
 */
import { Ability, type AbilityTuple } from '@casl/ability';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { newEnforcer, newModelFromString } from 'casbin';
import type { AclRecord } from '@hq/shared/acl/rule';
import { parentOf, root, type Path } from '@hq/shared/path';
import { caller, group } from './decision-rules.ts';

export type MayWrite = (path: Path) => boolean;

export interface Peer {
  /** The most rules it is asked with: a decision that takes as long as ten times what it takes here is not worth waiting for. */
  readonly most: number;
  readonly load: (records: readonly AclRecord[]) => Promise<MayWrite>;
}

type Asked = { readonly path: string };
type Holds = (file: Asked) => boolean;

/** CASL: the last matching rule wins, so the longest paths come last. Conditions are functions, which are faster than its queries with regular expressions. */
async function casl(records: readonly AclRecord[]): Promise<MayWrite> {
  const own = records.filter(({ rules }) => rules.some(({ grantee }) => grantee.kind === 'group' && grantee.id === group));
  const raw = own
    .toSorted((a, b) => a.path.length - b.path.length)
    .map(({ path, rules }) => ({
      action: 'write',
      subject: 'File',
      inverted: rules[0]?.level === 'none',
      conditions: (file: Asked) => file.path.startsWith(path),
    }));
  const ability = new Ability<AbilityTuple, Holds>(raw, {
    // CASL hands on what `can` was called with, and types it as any object.
    conditionsMatcher: (holds) => (file) => holds(file as unknown as Asked),
    detectSubjectType: () => 'File',
  });
  return (path) => ability.can('write', { path });
}

const casbinModel = `
[request_definition]
r = sub, path
[policy_definition]
p = sub, folder, eft
[role_definition]
g = _, _
[policy_effect]
e = priority(p.eft) || deny
[matchers]
m = startsWith(r.path, p.folder) && g(r.sub, p.sub)
`;

/** casbin: the first matching rule wins, so the longest paths come first. */
async function casbin(records: readonly AclRecord[]): Promise<MayWrite> {
  const enforcer = await newEnforcer(newModelFromString(casbinModel));
  await enforcer.addFunction('startsWith', (path: string, folder: string) => path.startsWith(folder));
  const policies = records
    .toSorted((a, b) => b.path.length - a.path.length)
    .flatMap(({ path, rules }) => rules.map(({ grantee, level }) => [granteeName(grantee), path, level === 'none' ? 'deny' : 'allow']));
  await enforcer.addPolicies(policies);
  await enforcer.addGroupingPolicy(caller.personId, group);
  return (path) => enforcer.enforceSync(caller.personId, path);
}

/** Cedar: a `forbid` beats every `permit` wherever it stands, which comes to the same only because no rule here lies below another. */
async function cedarWasm(records: readonly AclRecord[]): Promise<MayWrite> {
  const policies = records.flatMap(({ path, rules }) =>
    rules.map(({ grantee, level }) => {
      const principal = grantee.kind === 'group' ? `principal in Group::"${grantee.id}"` : `principal == User::"${granteeName(grantee)}"`;
      return `${level === 'none' ? 'forbid' : 'permit'}(${principal}, action == Action::"write", resource in Folder::"${path}");`;
    }),
  );
  must(cedar.preparsePolicySet('bench', { staticPolicies: policies.join('\n') }));
  const principal = { type: 'User', id: caller.personId };
  const user = { uid: principal, attrs: {}, parents: [{ type: 'Group', id: group }] };
  return (path) => {
    const resource = { type: 'File', id: path };
    const entities = [user, { uid: resource, attrs: {}, parents: [{ type: 'Folder', id: parentOf(path) }] }];
    for (let at = parentOf(path); at !== root; at = parentOf(at)) {
      entities.push({ uid: { type: 'Folder', id: at }, attrs: {}, parents: [{ type: 'Folder', id: parentOf(at) }] });
    }
    const answer = cedar.statefulIsAuthorized({
      principal,
      action: { type: 'Action', id: 'write' },
      resource,
      context: {},
      preparsedPolicySetId: 'bench',
      entities,
    });
    must(answer);
    return answer.type === 'success' && answer.response.decision === 'allow';
  };
}

function must(answer: { readonly type: string }): void {
  if (answer.type !== 'success') throw new Error(`Cedar: ${JSON.stringify(answer)}`);
}

function granteeName(grantee: AclRecord['rules'][number]['grantee']): string {
  return 'id' in grantee ? grantee.id : grantee.kind;
}

export const peers: Readonly<Record<'CASL' | 'casbin' | 'Cedar (wasm)', Peer>> = {
  CASL: { most: 1_000_000, load: casl },
  casbin: { most: 100_000, load: casbin },
  'Cedar (wasm)': { most: 100_000, load: cedarWasm },
};
