/**
 * A small IAM evaluator for tests, from AWS's documentation and from nothing in `src`: the second opinion on what our documents mean.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
type Context = Readonly<Record<string, string>>;
type Json = Readonly<Record<string, unknown>>;

export interface IamRequest {
  readonly action: string;
  readonly resource: string;
  /** Condition keys and their values, spelled as the policies spell them. */
  readonly context?: Context;
}

/** One document, ready to be asked. */
export interface IamDocument {
  judge(request: IamRequest): 'Allow' | 'Deny' | undefined;
}

export function iamDocument(source: string | object): IamDocument {
  const document = (typeof source === 'string' ? JSON.parse(source) : source) as { Version?: string; Statement: Json | Json[] };
  const variables = document.Version === '2012-10-17';
  const statements = [document.Statement].flat().map((statement) => iamStatement(statement, variables));
  return {
    judge(request) {
      let verdict: 'Allow' | undefined;
      for (const { effect, holds } of statements) {
        if (effect === verdict || !holds(request)) continue;
        if (effect === 'Deny') return 'Deny';
        verdict = 'Allow';
      }
      return verdict;
    },
  };
}

/** Allowed by every layer (identity, session) and denied by none, nor by the policies on the resource. */
export function isAllowed(layers: readonly IamDocument[], request: IamRequest, resourcePolicies: readonly IamDocument[] = []): boolean {
  return layers.every((layer) => layer.judge(request) === 'Allow') && resourcePolicies.every((policy) => policy.judge(request) !== 'Deny');
}

const knownElements = new Set(['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition']);

function iamStatement(statement: Json, variables: boolean): { effect: 'Allow' | 'Deny'; holds: (request: IamRequest) => boolean } {
  const unknown = Object.keys(statement).filter((element) => !knownElements.has(element));
  if (unknown.length > 0) throw new Error(`this evaluator does not know ${unknown.join()}`);
  const actions = strings(statement['Action']).map((action) => glob(action.toLowerCase(), false));
  const resources = statement['Resource'] === undefined ? undefined : strings(statement['Resource']).map((resource) => glob(resource, variables));
  const conditions = Object.entries((statement['Condition'] ?? {}) as Json).flatMap(([operator, keys]) =>
    Object.entries(keys as Json).map(([key, values]) => iamCondition(operator, key, strings(values), variables)),
  );
  return {
    effect: statement['Effect'] as 'Allow' | 'Deny',
    holds: ({ action, resource, context = {} }) =>
      (resources?.some((matches) => matches(resource, context)) ?? true) &&
      actions.some((matches) => matches(action.toLowerCase(), context)) &&
      conditions.every((condition) => condition(context)),
  };
}

function iamCondition(operator: string, key: string, values: readonly string[], variables: boolean): (context: Context) => boolean {
  const wild = values.map((value) => glob(value, variables));
  const exact = values.map((value) => (context: Context) => (variables ? fill(value, context) : value));
  switch (operator) {
    case 'StringEquals':
      return (context) => context[key] !== undefined && exact.some((value) => value(context) === context[key]);
    case 'StringEqualsIfExists':
      return (context) => context[key] === undefined || exact.some((value) => value(context) === context[key]);
    case 'StringNotEquals':
      return (context) => context[key] === undefined || !exact.some((value) => value(context) === context[key]);
    case 'StringLike':
      return (context) => wild.some((matches) => context[key] !== undefined && matches(context[key], context));
    case 'StringLikeIfExists':
      return (context) => context[key] === undefined || wild.some((matches) => matches(context[key] ?? '', context));
    case 'StringNotLike':
      return (context) => context[key] === undefined || !wild.some((matches) => matches(context[key] ?? '', context));
    case 'Bool':
      return (context) => values.includes(context[key] ?? 'absent');
    case 'Null':
      return (context) => values.includes(String(context[key] === undefined));
    default:
      throw new Error(`this evaluator does not know ${operator}`);
  }
}

/** A value with its variables filled in; undefined where one of them has none. */
function fill(value: string, context: Context): string | undefined {
  let missing = false;
  const text = value.replaceAll(/\$\{([^}]*)\}/g, (_, name: string) => {
    if (name === '*' || name === '?' || name === '$') return name;
    missing ||= context[name] === undefined;
    return context[name] ?? '';
  });
  return missing ? undefined : text;
}

/** `*` is any run of characters and `?` any one; `${…}` is a variable or an escape, where the version knows them. */
function glob(pattern: string, variables: boolean): (text: string, context: Context) => boolean {
  const parts = pattern.split(variables ? /(\$\{[^}]*\}|[*?])/ : /([*?])/);
  const source = (context: Context) =>
    parts.map((part) => {
      if (part === '*') return '[^]*';
      if (part === '?') return '[^]';
      const text = part.startsWith('${') && variables ? fill(part, context) : part;
      // A class that matches nothing: a variable without a value.
      return text === undefined ? '[]' : text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
    });
  if (parts.some((part) => variables && /^\$\{[^*?$]/.test(part))) return (text, context) => new RegExp(`^(?:${source(context).join('')})$`).test(text);
  const fixed = new RegExp(`^(?:${source({}).join('')})$`);
  return (text) => fixed.test(text);
}

function strings(value: unknown): readonly string[] {
  return [value].flat() as string[];
}
