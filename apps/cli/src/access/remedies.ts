/** What would have to change for someone to have more, in words. */
import { ruleWords, placeWords, type Explanation } from './words.ts';
import type { Names } from './names.ts';

type Remedy = Explanation['remedies'][number];
type Step = Remedy['steps'][number];

function stepWords(step: Step, names: Names): string {
  if (step.kind === 'lift') return `lose what hides more: ${step.rules.map((rule) => ruleWords(rule, step.path, names)).join('; ')}`;
  if (step.kind === 'rule') return `get a rule for ${step.level} at ${placeWords(step.path)}`;
  if (step.kind === 'credential') return `use a credential that allows ${step.level}, such as one's own sign-in`;
  return `${step.kind === 'join' ? 'become a member as' : 'have the role'} ${step.role}`;
}

/** A line for each way to more; all steps of a line belong together. */
export function remedyLines(remedies: readonly Remedy[], names: Names): string[] {
  if (remedies.length === 0) return [];
  return [
    remedies.length === 1 ? 'For more:' : 'For more, one of these:',
    ...remedies.map(({ gives, steps }) => `    ${gives}: ${steps.map((step) => stepWords(step, names)).join(', and ')}`),
  ];
}
