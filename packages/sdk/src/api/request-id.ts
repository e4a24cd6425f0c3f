/** Changes of who may do what are made once a request id, so that one whose answer was lost can be asked for again. */

/** Nouns whose mutations all take a `requestId`. */
const nouns: ReadonlySet<string> = new Set(['acl', 'groups', 'members']);

/** True for a procedure (`acl.grant`) that, as a mutation, changes who may do what. */
export function isAccessChange(procedure: string): boolean {
  return nouns.has(procedure.slice(0, procedure.indexOf('.')));
}

/** The input of a change with an id: the caller's own, where they gave one. */
export function withRequestId(input: unknown, newId: () => string): unknown {
  if (typeof input !== 'object' || input === null || ('requestId' in input && input.requestId !== undefined)) return input;
  return { ...input, requestId: newId() };
}

/** 128 random bits in hexadecimal. */
export function randomRequestId(): string {
  return Array.from(globalThis.crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
