/**
 * Who a folder belongs to: `.hq/root.json`, written once. Where it is missing, the disk isn't mounted or the folder isn't the one it was, and nothing that
 * is absent there says anything.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HqError } from '@hq/shared/errors';
import { toIso } from '@hq/shared/time';
import { writePrivateFile } from '../private-file.ts';
import { parseJson } from './parse-json.ts';
import { fsError, isMissing } from './fs-error.ts';

export interface Marker {
  readonly format: 1;
  /** The folder's own, so that another folder in its place is noticed. */
  readonly id: string;
  /** The API's address. */
  readonly server: string;
  /** `cmp_…`, or `usr_…` for a personal vault. */
  readonly vault: string;
  /** The organization's name when the folder was made, for messages. */
  readonly name: string;
  readonly createdAt: string;
  /** When a person agreed to the first upload. */
  readonly agreedAt?: string;
}

function isMarker(value: unknown): value is Marker {
  if (typeof value !== 'object' || value === null) return false;
  const fields: Record<string, unknown> = { ...value };
  const texts = [fields['id'], fields['server'], fields['vault'], fields['name'], fields['createdAt'], fields['agreedAt'] ?? ''];
  return fields['format'] === 1 && texts.every((text) => typeof text === 'string' && text.length <= 2_000);
}

/** Which vault on which server. */
export type VaultIdentity = Pick<Marker, 'server' | 'vault' | 'name'>;

/** The vault as it is called in a sentence: `the vault of acme`, or `a personal vault`. */
export function vaultWords({ vault, name }: Pick<Marker, 'vault' | 'name'>): string {
  return vault.startsWith('usr_') ? 'a personal vault' : `the vault of ${name}`;
}

const markerFile = (dir: string): string => join(dir, '.hq', 'root.json');

/** The folder's absolute path without links. @throws HqError `NOT_FOUND` when it is not there or is no folder. */
export function realFolder(dir: string): string {
  try {
    const real = realpathSync.native(dir);
    if (lstatSync(real).isDirectory()) return real;
  } catch (error) {
    if (!isMissing(error)) throw fsError(error);
  }
  throw new HqError('NOT_FOUND', `There is no folder ${dir}. Nothing was deleted anywhere.`, {
    hint: 'If it is on another disk, mount that. If it was moved, run `hq sync init` where it is now.',
    details: { reason: 'missing-root' },
  });
}

/** The marker, or undefined where no folder was set up. @throws HqError `CONFLICT` for one that can't be read as one. */
export function readMarker(dir: string): Marker | undefined {
  let text: string;
  try {
    text = readFileSync(markerFile(dir), 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw fsError(error);
  }
  const found = parseJson(text);
  if (isMarker(found)) return found;
  throw new HqError('CONFLICT', `${markerFile(dir)} is damaged or from a newer version of hq.`, {
    hint: 'Update hq. If that is not it, delete the .hq folder and run `hq sync init` again: files are compared, none is deleted.',
  });
}

/** The nearest folder at or above this one that was set up for sync. */
export function findRoot(dir: string): string | undefined {
  for (let at = realFolder(dir); ; at = dirname(at)) {
    if (existsSync(markerFile(at))) return at;
    if (dirname(at) === at) return undefined;
  }
}

/**
 * Makes the folder (and the ones above it) a vault's. Repeating it for the same vault changes nothing.
 * @param now whole seconds.
 * @throws HqError `CONFLICT` when it belongs to another vault or server, or lies in a folder that is synced.
 */
export async function setUpFolder(dir: string, identity: VaultIdentity, now: number): Promise<{ dir: string; marker: Marker }> {
  try {
    mkdirSync(dir, { recursive: true });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? new HqError('CONFLICT', `${dir} is a file.`, { hint: 'Name a folder.' }) : fsError(error);
  }
  const real = realFolder(dir);
  const existing = readMarker(real);
  if (existing !== undefined) {
    refuseForeign(real, existing, identity);
    return { dir: real, marker: existing };
  }
  const above = findRoot(dirname(real));
  if (above !== undefined && above !== real) {
    throw new HqError('CONFLICT', `${real} lies in ${above}, which is synced already.`, { hint: 'Choose a folder outside it.' });
  }
  const made: Marker = { format: 1, id: randomUUID(), ...identity, createdAt: toIso(now) };
  await writePrivateFile(markerFile(real), JSON.stringify(made, null, 2));
  return { dir: real, marker: made };
}

/** Notes that a person saw what goes into the vault, and agreed. */
export async function noteAgreement(dir: string, known: Marker, now: number): Promise<void> {
  await writePrivateFile(markerFile(dir), JSON.stringify({ ...known, agreedAt: toIso(now) }, null, 2));
}

/** @throws HqError `CONFLICT` when the folder is another vault's or another server's. */
export function refuseForeign(dir: string, found: Marker, wanted: Pick<VaultIdentity, 'server' | 'vault'>): void {
  if (found.server !== wanted.server) {
    throw new HqError('CONFLICT', `${dir} belongs to a vault on ${found.server}, not on ${wanted.server}.`, {
      hint: `Set HQ_API=${found.server}, or choose another folder.`,
    });
  }
  if (found.vault !== wanted.vault) {
    throw new HqError('CONFLICT', `${dir} belongs to ${vaultWords(found)}.`, {
      hint: 'Choose another folder: what is in one vault never goes into another.',
    });
  }
}
