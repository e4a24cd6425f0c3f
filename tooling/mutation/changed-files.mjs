/** Which files differ from a commit, in the working tree or since the branch left it. */
import { execFileSync } from 'node:child_process';
import { root } from './rooms.mjs';

const git = (/** @type {string[]} */ ...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' });

/**
 * @param {string} commit anything that git takes for one
 * @returns {ReadonlySet<string>} paths from the repository's root
 */
export function changedSince(commit) {
  const fork = git('merge-base', commit, 'HEAD').trim();
  return new Set(git('diff', '--name-only', fork).split('\n'));
}
