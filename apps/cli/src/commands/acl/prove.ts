/** `hq acl prove`: compiles the real policies and checks that they allow exactly what the rules say. */
import { findMember } from '../../access/find.ts';
import { placeWords } from '../../access/words.ts';
import { organizationOf } from '../../organization.ts';
import { rulePath } from '../../remote-path.ts';
import { defineVerb, vaultOptions, type ExitCode } from '../../verb.ts';
import type { Api } from '@hq/sdk/api/client';

type Proof = Awaited<ReturnType<Api['acl']['prove']['query']>>['proofs'][number];

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function costOf({ sessions, layers, sizes, keys, records }: Proof): string {
  const told = [counted(sessions, 'session')];
  if (layers !== null) told.push(`${counted(layers, 'layer')} deep`);
  if (sizes !== null) told.push(`${sizes.length === 1 ? 'a policy' : 'policies'} of ${sizes.join(' + ')} characters`);
  if (keys !== null) told.push(`decided by ${counted(keys, 'key')}`);
  if (records !== null) told.push(`from the rules at ${counted(records, 'path')}`);
  return told.join(', ');
}

function lineOf(proof: Proof): string {
  const { access, refusal, holds, counterexample } = proof;
  const start = access.padEnd(6);
  if (refusal === 'EMPTY_SCOPE')
    return `${start} nothing to prove: no ${access === 'read' ? 'reading' : 'writing'} is allowed there, so no session is ever minted`;
  if (refusal !== null) return `${start} refused: the rules there need more sessions than one request may have, so none is minted`;
  if (holds === true) return `${start} holds: ${costOf(proof)}`;
  if (counterexample === null) return `${start} does not hold`;
  const { action, key, decided, enforced } = counterexample;
  return `${start} DOES NOT HOLD: ${action}${key === null ? '' : ` on "${key}"`}: the rules say ${decided ? 'yes' : 'no'}, storage would say ${enforced ? 'yes' : 'no'}`;
}

export default defineVerb({
  summary: 'Prove that storage would enforce exactly what the rules say',
  details:
    'Compiles the policies that sessions would be minted with, and asks both sides about every key on which they could differ.\n' +
    'Exit code 1 where they do; the first such key is printed.',
  arguments: { path: { help: 'A folder (it ends in "/") or a file; the whole vault when absent', optional: true } },
  options: { ...vaultOptions, as: { type: 'string', value: 'PERSON', help: 'Somebody else, by e-mail address or id; for admins of the organization' } },
  run: async (context, { arguments: given, options }): Promise<ExitCode> => {
    const cone = rulePath(given.path);
    const { api } = await context.hq();
    const vault = options.as === undefined ? (await context.vault(options.org)).selector : await organizationOf(context, options.org);
    const person = options.as === undefined ? undefined : await findMember(api, vault, options.as);
    const answer = await api.acl.prove.query({ vault, cone, ...(person === undefined ? {} : { personId: person.personId }) });
    context.out.data(answer, () => [`${person === undefined ? 'Your' : `${person.name}:`} access to ${placeWords(cone)}`, ...answer.proofs.map(lineOf)]);
    return answer.proofs.some(({ holds }) => holds === false) ? 1 : 0;
  },
});
