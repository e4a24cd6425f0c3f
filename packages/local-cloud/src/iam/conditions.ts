/**
 * Judging one condition. There are three answers, because an operator, a key or a value that cannot be judged must not be guessed at: `unknown` makes a
 * Deny apply and an Allow not apply.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
import { compareBinary, compareBooleans, compareDates, compareNumbers, inRange } from './compare.ts';
import { type Operator, readOperator } from './operators.ts';
import type { Condition } from './policy-document.ts';
import type { Answers } from './request-context.ts';
import { compileTemplate, fillTemplate, type Template } from './template.ts';
import { matches, type Part } from './wildcard.ts';

export type Verdict = 'yes' | 'no' | 'unknown';

/** A condition with its operator looked up and its patterns read. */
export interface CompiledCondition {
  /** Undefined for an operator that does not exist. */
  readonly operator: Operator | undefined;
  readonly key: string;
  readonly values: readonly { readonly text: string; readonly templates: readonly Template[] }[];
}

/** Reads a condition once. @param variables whether the document's version has policy variables. */
export function compileCondition(condition: Condition, variables: boolean): CompiledCondition {
  const operator = readOperator(condition.operator);
  return {
    operator,
    key: condition.key.toLowerCase(),
    values: condition.values.map((text) => ({ text, templates: operator ? templatesOf(operator, text, variables) : [] })),
  };
}

function templatesOf(operator: Operator, text: string, variables: boolean): Template[] {
  const { comparison } = operator;
  if (comparison === 'string' || comparison === 'string-ignore-case') return [compileTemplate(text, { variables, wildcards: false })];
  if (comparison === 'string-like') return [compileTemplate(text, { variables, wildcards: true })];
  if (comparison !== 'arn') return [];
  return arnSegments(text, true).map((segment) => compileTemplate(segment, { variables, wildcards: true }));
}

/** Does the condition hold in this request? */
export function judgeCondition(condition: CompiledCondition, request: Answers): Verdict {
  const { operator } = condition;
  if (!operator) return 'unknown';
  const actual = request.get(condition.key);
  if (actual === 'unknown') return 'unknown';
  if (operator.comparison === 'null') return judgeNull(condition, actual === undefined);
  if (actual === undefined || (actual.length === 0 && operator.set)) {
    if (operator.ifExists) return 'yes';
    if (operator.set) return operator.set === 'all' ? 'yes' : 'no';
    return operator.negated ? 'yes' : 'no';
  }
  if (!operator.set && actual.length !== 1) return 'unknown';
  const verdicts = actual.map((value) => judgeValue(condition, operator, value, request));
  return operator.set === 'any' ? either(verdicts) : both(verdicts);
}

function judgeNull(condition: CompiledCondition, absent: boolean): Verdict {
  return either(condition.values.map(({ text }) => (text === 'true' ? yesIf(absent) : text === 'false' ? yesIf(!absent) : 'unknown')));
}

/** One value of the request against all values of the policy: one must compare, or none where the operator is negated. */
function judgeValue(condition: CompiledCondition, operator: Operator, actual: string, request: Answers): Verdict {
  const found = either(condition.values.map((expected) => compare(operator, actual, expected.text, expected.templates, request)));
  if (!operator.negated || found === 'unknown') return found;
  return found === 'yes' ? 'no' : 'yes';
}

function compare(operator: Operator, actual: string, text: string, templates: readonly Template[], request: Answers): Verdict {
  switch (operator.comparison) {
    case 'string':
    case 'string-like':
      return matchAll([actual], templates, request, operator);
    case 'string-ignore-case':
      return matchAll([actual.toLowerCase()], templates, request, operator);
    case 'arn': {
      const segments = arnSegments(actual, false);
      return segments.length === 6 && templates.length === 6 ? matchAll(segments, templates, request, operator) : 'no';
    }
    case 'number':
      return orUnknown(compareNumbers(operator.order, actual, text));
    case 'date':
      return orUnknown(compareDates(operator.order, actual, text));
    case 'bool':
      return orUnknown(compareBooleans(actual, text));
    case 'binary':
      return orUnknown(compareBinary(actual, text));
    case 'ip':
      return orUnknown(inRange(actual, text));
    case 'null':
    default:
      return 'unknown';
  }
}

/** A variable without a value compares with nothing, as on AWS; under a negated operator, where that would be a yes, it is unknown. */
function matchAll(texts: readonly string[], templates: readonly Template[], request: Answers, { comparison, negated }: Operator): Verdict {
  return both(
    templates.map((template, index) => {
      const pattern = fillTemplate(template, request);
      if (pattern === 'unknown') return 'unknown';
      if (pattern === 'missing') return negated ? 'unknown' : 'no';
      return yesIf(matches(comparison === 'string-ignore-case' ? lowerCase(pattern) : pattern, texts[index] ?? ''));
    }),
  );
}

function lowerCase(pattern: readonly Part[]): Part[] {
  return pattern.map((part) => (part.kind === 'text' ? { kind: 'text', text: part.text.toLowerCase() } : part));
}

/** An ARN's six parts; the last keeps its colons. A lone `*` in a policy stands for all six. A colon inside `${…}` does not cut. */
function arnSegments(arn: string, pattern: boolean): string[] {
  if (pattern && arn === '*') return ['*', '*', '*', '*', '*', '*'];
  const segments: string[] = [];
  let start = 0;
  let inside = false;
  for (let at = 0; at < arn.length && segments.length < 5; at++) {
    if (pattern && arn.startsWith('${', at)) inside = true;
    else if (arn[at] === '}') inside = false;
    else if (arn[at] === ':' && !inside) {
      segments.push(arn.slice(start, at));
      start = at + 1;
    }
  }
  return [...segments, arn.slice(start)];
}

const yesIf = (value: boolean): Verdict => (value ? 'yes' : 'no');
const orUnknown = (value: boolean | undefined): Verdict => (value === undefined ? 'unknown' : yesIf(value));

/** All must hold; a clear no decides. */
export function both(verdicts: readonly Verdict[]): Verdict {
  return verdicts.includes('no') ? 'no' : verdicts.includes('unknown') ? 'unknown' : 'yes';
}

/** One must hold; a clear yes decides. */
export function either(verdicts: readonly Verdict[]): Verdict {
  return verdicts.includes('yes') ? 'yes' : verdicts.includes('unknown') ? 'unknown' : 'no';
}
