/** The machine's own Node, not the one that the workspace brings: what a person who types `npx hq` has. */
import { spawnSync } from 'node:child_process';
import { delimiter } from 'node:path';

export interface SystemNode {
  readonly path: string;
  /** For example `v20.20.2`. */
  readonly version: string;
}

let found: SystemNode | undefined;

/** The first `node` on the PATH outside every `node_modules`, or the one that runs us where there is no other. */
export function systemNode(): SystemNode {
  if (found !== undefined) return found;
  const outside = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  const { stdout } = spawnSync('sh', ['-c', 'command -v node'], { env: { PATH: outside.join(delimiter) }, encoding: 'utf8' });
  const path = stdout.trim() === '' ? process.execPath : stdout.trim();
  found = { path, version: spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout.trim() };
  return found;
}
