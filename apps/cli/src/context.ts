/** What a verb works with. The client is made when it is first asked for, so that help and version stay instant. */
import type { Hq, VaultClient, VaultOptions } from '@hq/sdk';
import type { Output } from './output.ts';
import type { Profile } from './profile.ts';
import type { Settings } from './settings.ts';

export interface ChosenVault {
  /** `personal`, or the organization's id. */
  readonly selector: string;
  /** What people call it. */
  readonly name: string;
  /** Its files. */
  readonly open: (options?: VaultOptions) => VaultClient;
}

export interface Context {
  readonly settings: Settings;
  readonly out: Output;
  readonly profile: Profile;
  /** The client of the server in HQ_API. */
  readonly hq: () => Promise<Hq>;
  /** The vault that `--org` names, or the chosen one, or one's own. @throws HqError `NOT_FOUND` for an organization that one is not in. */
  readonly vault: (org: string | undefined) => Promise<ChosenVault>;
  /** Fires on Ctrl-C: what takes long should stop and clean up. */
  readonly signal: AbortSignal;
}
