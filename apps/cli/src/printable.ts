/** Text from others, made harmless for a terminal: a file's name may hold escape sequences that move the cursor, set the clipboard or hide what is there. */

/** Control characters (C0, DEL, C1), line and paragraph separators, and characters that turn the direction of text around. */
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** The text with every character that could command a terminal written as `\u{…}`. */
export function printable(text: string): string {
  return text.replace(unsafe, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
