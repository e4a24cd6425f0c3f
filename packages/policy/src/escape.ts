/**
 * Names as IAM reads them. In a resource or a `StringLike` value `*` and `?` are wildcards and `${…}` is a variable; `${*}`, `${?}` and `${$}` stand for the
 * characters themselves, in version 2012-10-17 only.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
 */
import type { PolicyDocument } from './document.ts';

/** Text that IAM matches literally, whatever it holds. */
export function escapeLiteral(text: string): string {
  return text.replaceAll(/[*?$]/g, (character) => `\${${character}}`);
}

/**
 * A document as the bytes of a session policy: compact JSON in the characters that STS takes (U+0020 to U+00FF), everything above as `\uXXXX` by UTF-16
 * unit. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 *
 * @param document the document, or a text in one, which comes with its quotes.
 */
export function policyText(document: PolicyDocument | string): string {
  return JSON.stringify(document).replaceAll(/[\u0100-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
