/** The input of AWS's query protocol: `Action=…&Tags.member.1.Key=…`. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
import { AwsError } from '../../http/aws-error.ts';

const MAX_PARAMETERS = 500;

/** STS's refusal of input that breaks a constraint. */
export function validationError(message: string): AwsError {
  return new AwsError(400, 'ValidationError', message);
}

export class Form {
  readonly #fields = new Map<string, string>();

  /** @throws AwsError 400 `ValidationError` for a name that is there twice or more parameters than any call has. */
  constructor(parameters: Iterable<readonly [string, string]>) {
    for (const [name, value] of parameters) {
      if (this.#fields.has(name)) throw validationError(`The parameter ${name.slice(0, 64)} is there twice.`);
      if (this.#fields.size >= MAX_PARAMETERS) throw validationError('There are too many parameters.');
      this.#fields.set(name, value);
    }
  }

  /** A value that may be absent. @throws AwsError 400 where it does not fit the pattern or is too long. */
  optional(name: string, pattern: RegExp, most: number): string | undefined {
    const value = this.#fields.get(name);
    if (value === undefined) return undefined;
    if (value.length > most || !pattern.test(value)) {
      throw validationError(
        `1 validation error detected: Value at '${name}' failed to satisfy constraint: at most ${most} characters of the form ${pattern.source}`,
      );
    }
    return value;
  }

  /** A value that must be there. */
  required(name: string, pattern: RegExp, most: number): string {
    const value = this.optional(name, pattern, most);
    if (value === undefined)
      throw validationError(`1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`);
    return value;
  }

  /** The suffixes under which a list has members: `Tags.member.1`, `Tags.member.2`… in their order. */
  members(name: string): string[] {
    const numbers = new Set<number>();
    for (const field of this.#fields.keys()) {
      const found = field.startsWith(`${name}.member.`) ? /^(\d{1,4})(\.|$)/.exec(field.slice(name.length + '.member.'.length)) : undefined;
      if (found) numbers.add(Number(found[1]));
    }
    return [...numbers].sort((left, right) => left - right).map((number) => `${name}.member.${number}`);
  }

  /** True if any parameter begins so. */
  has(prefix: string): boolean {
    return [...this.#fields.keys()].some((name) => name === prefix || name.startsWith(`${prefix}.`));
  }
}
