/** From what a person types after `--org` to a vault. */
import { HqError } from '@hq/shared/errors';
import { idPattern } from '@hq/shared/ids';
import type { Hq } from '@hq/sdk';
import type { ChosenVault } from './context.ts';
import type { Profile } from './profile.ts';

const organizationId = idPattern('organization');

/** Finds the organization by id or by name among the person's own. @throws HqError `NOT_FOUND` that says which there are. */
export async function findOrganization(hq: Hq, nameOrId: string): Promise<{ id: string; name: string }> {
  const { organizations } = await hq.api.orgs.list.query();
  const found = organizations.find(({ id, name }) => id === nameOrId || name === nameOrId);
  if (found !== undefined) return found;
  const names = organizations.map(({ name }) => name).join(', ');
  throw new HqError('NOT_FOUND', `You are in no organization called "${nameOrId}".`, {
    hint: names === '' ? 'Make one with "hq org create NAME".' : `Yours are: ${names}.`,
  });
}

/** The vault that was named, or chosen with `hq org use`, or one's own. */
export async function chooseVault(hq: Hq, profile: Profile, org: string | undefined): Promise<ChosenVault> {
  const wanted = org ?? (await profile.vault(hq.server)) ?? 'personal';
  const vault = (selector: string, name: string): ChosenVault => ({ selector, name, open: (options) => hq.vault(selector, options) });
  if (wanted === 'personal') return vault('personal', 'your own vault');
  // An id is taken at its word: the server decides, and a name needs one more question to it.
  if (organizationId.test(wanted)) return vault(wanted, wanted);
  const { id, name } = await findOrganization(hq, wanted);
  return vault(id, name);
}
