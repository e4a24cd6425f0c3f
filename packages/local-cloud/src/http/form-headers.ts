/** A form's fields in the place of the headers that a PUT would have: one reading of them for conditions of policies and for what is stored. */

/** Fields that have a header of the same meaning, beside all of `x-amz-…`. */
const FIELDS = new Map(
  ['cache-control', 'content-disposition', 'content-encoding', 'content-language', 'content-md5', 'content-type', 'expires'].map((name) => [name, name]),
).set('acl', 'x-amz-acl');

/** Fields that are the signature itself. */
const SIGNATURE = new Set(['x-amz-signature', 'x-amz-credential', 'x-amz-algorithm', 'x-amz-date', 'x-amz-security-token']);

/** Headers that speak about the envelope, or that the form may not leave to it. */
function ofEnvelope(name: string): boolean {
  return name.startsWith('x-amz-') || name.startsWith('content-') || FIELDS.has(name) || name === 'transfer-encoding';
}

/** The headers of the request with the form's in the place of the envelope's, as Latin-1 text like all headers. */
export function formHeaders(headers: ReadonlyMap<string, string>, fields: ReadonlyMap<string, string>): Map<string, string> {
  const merged = new Map([...headers].filter(([name]) => !ofEnvelope(name)));
  for (const [name, value] of fields) {
    const header = FIELDS.get(name) ?? (name.startsWith('x-amz-') && !SIGNATURE.has(name) ? name : undefined);
    if (header !== undefined)
      merged.set(
        header,
        Buffer.from(value)
          .toString('latin1')
          .replace(/[\r\n\0]/g, ' ')
          .trim(),
      );
  }
  return merged;
}
