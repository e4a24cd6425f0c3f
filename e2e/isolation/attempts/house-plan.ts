/** Random organizations for the attempts, from a seed: folders with carve-outs, grants inside of them and carve-outs inside of those, beside names that begin alike. */
import type { Draw } from '../draw.ts';
import type { For, GivenRule, House, Level } from './rules-read-again.ts';

export interface HousePlan extends House {
  /** Every file there is at the beginning. */
  readonly files: readonly string[];
}

const names = ['team', 'tea', 'plans', 'a', 'x y', 'é', 'gpt*', '${user}', '{}', "it's", '100%', '漢字', 'a+b', '?'];

/** `soon`: when the rules that end do so. */
export function planHouse(roles: House['roles'], soon: number, draw: Draw): HousePlan {
  const members = Object.keys(roles).filter((who) => roles[who] !== 'admin');
  const tops = new Set<string>(['team']);
  while (tops.size < 6) tops.add(draw.pick(names));
  const rules: GivenRule[] = [];
  const open: string[] = [];
  const [some, others] = [members.filter(() => draw.chance(0.6)), members.filter(() => draw.chance(0.3))];
  const groups = { inner: { people: some, groups: [] }, middle: { people: [], groups: ['inner'] }, outer: { people: others, groups: ['middle'] } };
  const files = ['root.txt', 'until/in.txt', 'until/then/in.txt'];
  const grantee = (): For => {
    const kind = draw.upTo(5);
    if (kind < 2) return { group: draw.pick(['inner', 'middle', 'outer']) };
    return kind === 2 ? { everyone: true } : kind === 3 ? { person: draw.pick(members) } : { address: draw.pick(members) };
  };
  const rule = (path: string, to: For, level: Level): void => {
    // One rule a path and grantee: the next one would take its place.
    const taken = rules.some((other) => other.path === path && JSON.stringify(other.to) === JSON.stringify(to));
    if (!taken) rules.push({ path, to, level, ...(draw.chance(0.2) ? { endsAt: soon } : {}) });
  };
  // One grant in a carve-out that ends, whatever is drawn.
  rules.push({ path: 'until/', to: { everyone: true }, level: 'none' }, { path: 'until/then/', to: { everyone: true }, level: 'write', endsAt: soon });
  if (draw.chance(0.5)) rule('', { everyone: true }, draw.pick(['read', 'write']));
  for (const top of tops) {
    const [folder, closed, again, deep] = [`${top}/`, `${top}/closed/`, `${top}/closed/again/`, `${top}/closed/again/no/`];
    files.push(
      `${folder}in.txt`,
      `${folder}one.txt`,
      `${closed}in.txt`,
      `${again}in.txt`,
      `${deep}in.txt`,
      `${folder}open/in.txt`,
      `${top}-secret/in.txt`,
      `${top}.txt`,
    );
    rule(folder, draw.chance(0.7) ? { everyone: true } : grantee(), draw.pick(['read', 'write', 'write']));
    if (draw.chance(0.8)) rule(closed, draw.chance(0.6) ? { everyone: true } : grantee(), 'none');
    if (draw.chance(0.7)) rule(again, grantee(), draw.pick(['read', 'write', 'write']));
    if (draw.chance(0.5)) rule(deep, grantee(), 'none');
    if (draw.chance(0.4)) rule(folder, grantee(), draw.pick(['none', 'read', 'write', 'admin']));
    if (draw.chance(0.3)) rule(`${folder}one.txt`, grantee(), draw.pick(['none', 'write']));
    if (draw.chance(0.3)) rule(`${top}-secret/`, { everyone: true }, 'none');
    if (draw.chance(0.6)) {
      // Of a rule for someone and one for their group, at one place, one has to lose.
      const [mine, ours] = draw.pick([
        ['none', 'write'],
        ['write', 'none'],
        ['read', 'write'],
        ['write', 'read'],
      ] as const);
      const who = draw.pick(members);
      rule(`${folder}open/`, draw.chance(0.5) ? { person: who } : { address: who }, mine);
      rule(`${folder}open/`, { group: draw.pick(['inner', 'outer']) }, ours);
      rule(`${folder}open/`, { everyone: true }, draw.pick(['none', 'read', 'write']));
    }
    if (draw.chance(0.25)) open.push(draw.pick([folder, closed, `${folder}open/`]));
  }
  return { roles, groups, rules, open, files };
}
