/**
 * `packages/shared/src/path.ts` is the only module that interprets `/` or chooses a Unicode form. This reads the sources: a file that does either of its own
 * accord is named here with the reason why it may, or turns this red.
 */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const clone = fileURLToPath(new URL('../..', import.meta.url));

/** Splitting, searching, cutting or testing for a slash, or choosing a Unicode form. */
const interprets =
  /\.(?:split|indexOf|lastIndexOf|startsWith|endsWith|includes|replaceAll?)\((?:'\/'|"\/"|\/\\\/(?:\$\/|\/|\+))|\.normalize\((?:'NF|"NF|\)|form)|=== '\/'|node:path\/posix|\bposix\.(?:join|normalize|resolve)/;

/** What comes in as a path has gone through the module before any of these sees it; they work on its canonical form, or on what is no path of a vault. */
const mayDoSo: Readonly<Record<string, string>> = {
  'packages/shared/src/path.ts': 'the module',
  'packages/shared/src/acl/decide.ts': 'walks up a canonical path without making a list: the hot loop, held to `selfAndAncestors` by its tests',
  'packages/api/src/operations/files/listing.ts': 'the text of a search is no path; a folder is told from a file by its last character',
  'packages/api/src/operations/files/stretches.ts': 'names of one level of a listing, from canonical paths',
  'packages/api/src/adapters/aws/s3-words.ts': 'writes a key into a header, character by character',
  'packages/policy/src/read.ts': 'the independent reader shares no code with what it checks',
  'packages/policy/src/session-tags.ts': 'takes a tag of our own making apart: bucket/prefix',
  'packages/sdk/src/node/sync/disk-paths.ts': 'names on a disk, which may be in either Unicode form',
  'packages/sdk/src/node/sync/scan.ts': 'names on a disk, which may be in either Unicode form',
  'packages/sdk/src/sync/ignore/layers.ts': 'patterns of .gitignore files are no paths',
  'packages/sdk/src/sync/portable.ts': 'asks of each name in a canonical path whether other systems can have it',
  'packages/sdk/src/sync/clash.ts': 'folds canonical paths to find those that a disk would take for one',
  'packages/sdk/src/transfer/sessions.ts': 'matches canonical paths against the canonical entries of a session',
  'packages/sdk/src/transfer/listing.ts': 'leaves folder markers out of what storage lists',
  'apps/cli/src/remote-path.ts': 'adds a name to what was typed, then asks the module',
  'apps/cli/src/sync/inventory.ts': 'groups canonical paths by their first folder for people to read',
  'apps/cli/src/commands/files/get.ts': 'a target on this computer',
  'apps/cli/src/commands/files/ls.ts': 'whether what was typed ends in a slash: a folder, or perhaps a file',
};

// local-cloud knows no paths: it speaks S3, where a key is any text.
const sources = globSync(['packages/{api,policy,sdk,shared}/src/**/*.ts', 'apps/*/src/**/*.ts'], { cwd: clone });

it('is', () => {
  const found = sources.filter((file) => code(readFileSync(`${clone}/${file}`, 'utf8')).some((line) => interprets.test(line)));
  expect(sources.length).toBeGreaterThan(200);
  expect(found.toSorted()).toEqual(Object.keys(mayDoSo).toSorted());
});

it('is called in one place of the API, the field of the schemas; others only ask whether a name is canonical already', () => {
  const calls = sources
    .filter((file) => /^(?:packages\/(?:api|policy|shared)|apps\/server)\//.test(file) && file !== 'packages/shared/src/path.ts')
    .flatMap((file) => code(readFileSync(`${clone}/${file}`, 'utf8')).flatMap((line) => (line.includes('canonicalPath(') ? [{ file, line }] : [])));
  expect(calls.filter(({ line }) => !/canonicalPath\((\w+)\) === \1\b/.test(line)).map(({ file }) => file)).toEqual(['packages/shared/src/schema/fields.ts']);
});

/** Lines without comments. */
function code(text: string): string[] {
  return text.split('\n').filter((line) => !/^\s*(?:\*|\/\/|\/\*)/.test(line));
}
