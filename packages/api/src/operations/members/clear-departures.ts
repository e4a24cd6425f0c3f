/** Clears what people who are gone have left, on an occasion that does not depend on it. */
import type { Ports } from '../../context.ts';

type ClearPorts = Pick<Ports, 'log'> & { readonly stores: Pick<Ports['stores'], 'departures'> };

/** Never fails: what is left gives nobody access, and is cleared by whoever comes across it next, before anything could be taken for it. */
export async function clearDepartures({ stores, log }: ClearPorts, organizationId: string): Promise<void> {
  try {
    await stores.departures.settle(organizationId);
  } catch (error) {
    log.error('departures are not cleared yet', error, { organization: organizationId });
  }
}
