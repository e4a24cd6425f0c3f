/** `hq files why`: what someone may do at a path, the one rule that decided, what lost against it, and what would have to change. */
import { findMember } from '../../access/find.ts';
import { loadNames } from '../../access/names.ts';
import { remedyLines } from '../../access/remedies.ts';
import { ceilingWords, placeWords, reasonWords, ruleWords, type Explanation } from '../../access/words.ts';
import type { Names } from '../../access/names.ts';
import { organizationOf } from '../../organization.ts';
import { missingSlash, rulePath } from '../../remote-path.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

/** `they` is `you`, or what to call the person. */
function linesOf({ level, because, lost, remedies }: Explanation, path: string, they: string, names: Names): string[] {
  const have = they === 'you' ? 'You have' : `${they} has`;
  const ceiling = ceilingWords(because, level, they);
  const lines = [
    `${have} ${level === 'none' ? 'no access to' : `${level} at`} ${placeWords(path)},`,
    `    because ${reasonWords(because, they, names)}.`,
    ...(ceiling === undefined ? [] : [`    ${ceiling}`]),
  ];
  if (lost.length > 0) lines.push('These did not decide:');
  for (const { path: at, what, why } of lost) {
    const said =
      what.kind === 'rule' ? ruleWords(what.rule, at, names) : what.kind === 'open' ? `${placeWords(at)} is open to all` : `${they} made ${placeWords(at)}`;
    lines.push(`    ${said}: ${why}`);
  }
  return [...lines, ...remedyLines(remedies, names)];
}

export default defineVerb({
  summary: 'Say what someone may do at a path, and why',
  arguments: { path: { help: 'A file or a folder (it ends in "/"); it need not exist' } },
  options: { ...vaultOptions, as: { type: 'string', value: 'PERSON', help: 'Somebody else, by e-mail address or id; for admins of the path' } },
  run: async (context, { arguments: given, options }) => {
    const path = rulePath(given.path);
    const { api } = await context.hq();
    const vault = options.as === undefined ? (await context.vault(options.org)).selector : await organizationOf(context, options.org);
    const person = options.as === undefined ? undefined : await findMember(api, vault, options.as);
    const [answer, names] = await Promise.all([
      api.acl.explain.query({ vault, path, ...(person === undefined ? {} : { personId: person.personId }) }),
      loadNames(api, vault),
    ]);
    const slash = answer.because.kind === 'no-rule' ? missingSlash(path) : undefined;
    if (slash !== undefined && !context.out.json) context.out.note(slash);
    context.out.data(answer, () => linesOf(answer, path, person?.name ?? 'you', names));
  },
});
