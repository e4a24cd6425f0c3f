/** The complete check that storage would enforce exactly what was decided: on the organization's own rules, for one caller. */
import { HqError } from '@hq/shared/errors';
import type { Path } from '@hq/shared/path';
import type { Ports } from '../context.ts';
import { callerIn, type CallerPorts } from './caller-in.ts';
import { coneRecords } from './cone-records.ts';
import { proveAccess } from './prove-access.ts';
import type { VaultAccess } from './vault-access.ts';

/** A request for the proof of a cone. */
export interface ProveJob {
  readonly access: VaultAccess;
  readonly at: { readonly cone: Path };
}

type ProvePorts = CallerPorts & Pick<Ports, 'clock'> & { readonly stores: Pick<Ports['stores'], 'rules'> };

/**
 * For reading and for writing: what would be compiled for the person, read back and asked at every key that decides the whole question. Sizes and counts tell
 * of what is hidden, so they are for admins of the organization and owners.
 *
 * @throws HqError `FORBIDDEN` for a question about another by who is no admin of the organization; `NOT_FOUND` for someone who is not in it.
 */
export async function proveCone(ports: ProvePorts, { access, at: { cone } }: ProveJob, personId: string | undefined) {
  const { caller: asker, person, vault } = access;
  const about = personId ?? person.id;
  const all = asker.standing.kind === 'owner' || (asker.standing.kind === 'member' && asker.standing.role === 'admin');
  if (about !== person.id && !all) {
    throw new HqError('FORBIDDEN', 'Only an admin of the organization may ask for the proof of someone else’s access.', {
      hint: 'Leave the person out, or ask an admin.',
    });
  }
  const caller = await callerIn(ports, access, about);
  const records = [...(await coneRecords(ports.stores, access, cone)).values()];
  const now = ports.clock();
  const proofs = (['read', 'write'] as const).map((kind) => {
    const { counts, ...proof } = proveAccess({ vault, caller, records, cone, access: kind, now });
    const told = all ? counts : { layers: null, sizes: null, keys: null, records: null, counterexample: null };
    return { access: kind, ...proof, ...told };
  });
  return { personId: about, cone, proofs };
}
