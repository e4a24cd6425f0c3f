/** JSON as a policy needs it: an object that names the same key twice has two readings, so it has none here. */

/**
 * Parses JSON and refuses duplicate keys anywhere in it.
 * @throws SyntaxError
 */
export function parseStrictJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  refuseDuplicates(text);
  return value;
}

/** Walks text that is known to be valid JSON; only strings and braces matter. */
function refuseDuplicates(text: string): void {
  const open: Set<string>[] = [];
  const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/gs;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [found, colon] = match;
    if (found === '{') open.push(new Set());
    else if (found === '}') open.pop();
    else if (colon !== undefined) {
      const key = JSON.parse(found.slice(0, found.length - colon.length)) as string;
      const seen = open.at(-1);
      if (seen?.has(key)) throw new SyntaxError(`the key ${JSON.stringify(key)} is there twice`);
      seen?.add(key);
    }
  }
}
