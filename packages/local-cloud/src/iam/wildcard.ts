/**
 * Matching of `*` and `?`, without regular expressions: a pattern is cut at its stars, and each piece is looked for at its leftmost place. No choice is ever
 * taken back, so the work is bounded by the pattern's length times the text's, whatever an attacker writes.
 */

/** A piece of a pattern: literal text, `?` or `*`. */
export type Part = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'one' } | { readonly kind: 'any' };

/** True if the whole text fits the pattern. `*` is any run of characters, `?` exactly one (a surrogate pair counts as one). Case matters. */
export function matches(parts: readonly Part[], text: string): boolean {
  const [first, second] = parts;
  if (parts.length === 1 && first?.kind === 'text') return first.text === text;
  if (parts.length === 2 && first?.kind === 'text' && second?.kind === 'any') return text.startsWith(first.text);
  const [head = [], ...pieces] = cutAtStars(parts);
  const tail = pieces.pop();
  let at = fits(head, text, 0);
  if (tail === undefined || at === undefined) return at === text.length;
  for (const piece of pieces) {
    at = find(piece, text, at);
    if (at === undefined) return false;
  }
  return endsWith(tail, text, at);
}

function cutAtStars(parts: readonly Part[]): Part[][] {
  const pieces: Part[][] = [[]];
  for (const part of parts) {
    if (part.kind === 'any') pieces.push([]);
    else pieces.at(-1)?.push(part);
  }
  return pieces;
}

/** Where a piece that starts at `from` ends; undefined where it does not fit. */
function fits(piece: readonly Part[], text: string, from: number): number | undefined {
  let at = from;
  for (const part of piece) {
    if (part.kind === 'text') {
      if (!text.startsWith(part.text, at)) return undefined;
      at += part.text.length;
    } else {
      const point = text.codePointAt(at);
      if (point === undefined) return undefined;
      at += point > 0xffff ? 2 : 1;
    }
  }
  return at;
}

function find(piece: readonly Part[], text: string, from: number): number | undefined {
  for (let at = from; at <= text.length; at++) {
    const end = fits(piece, text, at);
    if (end !== undefined) return end;
  }
  return undefined;
}

/** True if the piece fits somewhere at or behind `from` so that it ends where the text ends. */
function endsWith(piece: readonly Part[], text: string, from: number): boolean {
  for (let at = text.length; at >= from; at--) {
    if (fits(piece, text, at) === text.length) return true;
  }
  return false;
}
