/**
 * Attempts by the thousand, with real signed requests, under credentials that the API issued to real people: across organizations and persons, around carve-outs
 * and what is granted again inside them, beyond roles, after rules and sessions have ended, with changed tokens, and through `files.*`. None succeeds wrongly and
 * none is refused wrongly; what is right is read from the rules by code that shares nothing with the product.
 *
 * The usual run makes 3,000. All of them: HQ_ATTEMPTS=100000 npm test -- attempts. The seed is printed; HQ_ATTEMPTS_SEED has a run again.
 */
import { expect, test } from 'vitest';
import { seedFrom } from '../isolation/draw.ts';
import { makeAttempts } from '../isolation/attempts/run.ts';
import { startMovableServer } from '../isolation/attempts/movable-server.ts';

const count = Number(process.env['HQ_ATTEMPTS'] ?? 3000);

test(`of ${count} attempts none succeeds wrongly, and none is wrongly refused`, { timeout: 120_000 + count * 20 }, async () => {
  const seed = seedFrom('HQ_ATTEMPTS_SEED');
  const started = performance.now();
  await using server = await startMovableServer();
  const { kinds, wrong } = await makeAttempts(server, seed, count);
  const rows = [...kinds].sort(([, a], [, b]) => b.allowed + b.refused - a.allowed - a.refused);
  const is = (problem: RegExp) => wrong.filter((each) => problem.test(JSON.stringify(each))).length;
  console.log(
    `${rows.map(([kind, { allowed, refused }]) => `${String(allowed + refused).padStart(7)}  ${kind}${allowed > 0 ? `, ${allowed} to be allowed` : ''}`).join('\n')}\n` +
      `${count} attempts in ${((performance.now() - started) / 1000).toFixed(1)} s: ${is(/succeeded wrongly|changed wrongly|"lists/)} succeeded wrongly, ` +
      `${is(/wrongly refused/)} wrongly refused; HQ_ATTEMPTS_SEED=${seed}`,
  );
  expect(wrong.slice(0, 10)).toEqual([]);
  // A lazy run would prove nothing.
  expect([...kinds.keys()]).toEqual(
    expect.arrayContaining([
      'in reach',
      'granted again in a carve-out',
      'carved out',
      'beside the session’s folder',
      'another organization',
      'another person’s vault',
      'beyond the role',
      'by a rule that has ended',
      'an expired session',
      'a changed token',
      'files.* in reach',
      'files.* out of reach',
    ]),
  );
  expect([...kinds.values()].reduce((sum, { allowed }) => sum + allowed, 0)).toBeGreaterThan(count / 10);
});
