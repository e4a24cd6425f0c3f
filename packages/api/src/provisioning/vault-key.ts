/**
 * One key a vault, whatever crashes and whoever races. Making a key can't be made idempotent (KMS takes no name), so: the intent is on record before a key is
 * made; whoever finds an intent looks for a key with the vault's tag first; the first key to be recorded counts, for good; and any other is scheduled for
 * deletion, which is safe because a key that is not recorded has never encrypted anything. (What is left: of two attempts that begin in the same instant, one
 * crashes right after it made its key. That key stays, tagged and unused.)
 */
import type { Clock } from '@hq/shared/time';
import type { Keys } from '../ports/keys.ts';
import type { VaultRecord, VaultRecords } from '../stores/vault-records.ts';
import type { VaultPlan } from './plan.ts';

export interface VaultKeyPorts {
  readonly keys: Keys;
  readonly vaultRecords: VaultRecords;
  readonly clock: Clock;
}

/** Days until a key that lost goes; the fewest that KMS takes. */
const deletionDays = 7;

/** Says that a key is about to be made. */
export async function intendKey({ vaultRecords, clock }: VaultKeyPorts, plan: VaultPlan, record: VaultRecord): Promise<void> {
  if (record.kmsKeyArn === null && record.keyIntendedAt === null) await vaultRecords.intendKey(plan.owner, clock());
}

/** The ARN of a key that may become the vault's: one that an earlier attempt left, or a new one. @param record as it was before this attempt. */
export async function makeKey({ keys }: VaultKeyPorts, plan: VaultPlan, record: VaultRecord): Promise<string> {
  if (record.kmsKeyArn !== null) return record.kmsKeyArn;
  const [left] = record.keyIntendedAt === null ? [] : await keys.findByTag(plan.vaultTag);
  const key = left ?? (await keys.create({ vaultTag: plan.vaultTag, description: plan.description, policy: plan.keyPolicy }));
  return key.arn;
}

/** Records the key unless another one was faster, and disposes of every other. Answers the vault's key. */
export async function settleKey({ keys, vaultRecords }: VaultKeyPorts, plan: VaultPlan, record: VaultRecord, candidate: string): Promise<string> {
  if (record.kmsKeyArn !== null) return record.kmsKeyArn;
  const arn = await vaultRecords.recordKey(plan.owner, candidate);
  // Where nobody else has tried before or meanwhile, there is no other.
  const others = record.keyIntendedAt === null ? [{ arn: candidate }] : await keys.findByTag(plan.vaultTag);
  for (const other of others) if (other.arn !== arn) await keys.scheduleDeletion(other.arn, deletionDays);
  return arn;
}
