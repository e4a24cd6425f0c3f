/** A small judge of session policies for tests, written from IAM's grammar and sharing nothing with the compiler. */

interface TestStatement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

const list = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value);

/** `*` and `?` are wildcards; `${*}`, `${?}` and `${$}` are the characters themselves. */
function matches(pattern: string, text: string): boolean {
  const parts = pattern.split(/(\$\{[*?$]\}|\*|\?)/);
  const source = parts.map((part) =>
    part === '*' ? '[^]*' : part === '?' ? '[^]' : /^\$\{.\}$/.test(part) ? `\\${part[2]}` : part.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'),
  );
  return new RegExp(`^${source.join('')}$`).test(text);
}

function applies(statement: TestStatement, action: string, resource: string, context: Readonly<Record<string, string>>): boolean {
  if (!list(statement.Action).includes(action)) return false;
  if (!list(statement.Resource).some((pattern) => matches(pattern, resource))) return false;
  return Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, patterns]) => {
      const value = context[key];
      return operator === 'StringLike' && value !== undefined && list(patterns).some((pattern) => matches(pattern, value));
    }),
  );
}

/** Allowed by one statement at least, and denied by none. */
export function policyAllows(policy: string, action: string, resource: string, context: Readonly<Record<string, string>> = {}): boolean {
  const { Statement = [] } = JSON.parse(policy) as { Statement?: readonly TestStatement[] };
  const found = Statement.filter((statement) => applies(statement, action, resource, context)).map(({ Effect }) => Effect);
  return found.includes('Allow') && !found.includes('Deny');
}
