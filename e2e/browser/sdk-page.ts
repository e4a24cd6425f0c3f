/** A program in a web page: what a web client of HQ does, with the SDK's browser door. `web-origin.ts` bundles it; a test calls it through `PageDoor`. */
import { createHq, isHqError, memoryTokenStore, type Tokens } from '@hq/sdk';
import { canonicalPath, root } from '@hq/shared/path';

const bytesOf = (size: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8)) % 251);

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function clientFor(server: string, tokens: Tokens) {
  const store = memoryTokenStore();
  await store.save(server, tokens);
  return { store, hq: createHq({ server, tokens: store }) };
}

/** Who the API says we are, or the code of its refusal. */
async function whoAmI(server: string, tokens: Tokens) {
  const { store, hq } = await clientFor(server, tokens);
  try {
    const { userId, email } = await hq.api.me.get.query();
    return { userId, email, renewed: (await store.load(server))?.accessToken !== tokens.accessToken };
  } catch (error) {
    return { refused: isHqError(error) ? error.code : String(error) };
  }
}

/** Uploads, lists, downloads, replaces and deletes a file of that size, and says what came of each. */
async function useVault(server: string, tokens: Tokens, vault: string, size: number) {
  const { hq } = await clientFor(server, tokens);
  const { remote } = hq.vault(vault);
  const path = canonicalPath(`from a browser/größe ${size}.bin`);
  const content = bytesOf(size);
  const hash = await sha256(content);
  const written = await remote.put(path, { size, open: () => new Blob([content]).stream().values() }, { etag: null }, { sha256: hash });
  const listed: string[] = [];
  for await (const file of remote.list(root)) listed.push(`${file.path} ${file.size}`);
  const { body, etag, metadata } = await remote.get(path);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of body) pieces.push(new Uint8Array(piece));
  const back = new Uint8Array(await new Blob(pieces).arrayBuffer());
  const twice = await remote
    .put(path, { size, open: () => new Blob([content]).stream().values() }, { etag: null }, { sha256: hash })
    .catch((error: unknown) => (isHqError(error) ? error.code : String(error)));
  await remote.remove(path, { etag: written.etag });
  return {
    listed,
    sameBytes: (await sha256(back)) === hash,
    sameVersion: etag === written.etag,
    hashKept: metadata['sha256'] === hash,
    twice,
    left: (await remote.stat(path)) === undefined ? 'nothing' : 'something',
  };
}

/** One request as any page can send it: its status and text, or that the browser kept them from us. */
async function reach(url: string, init?: RequestInit): Promise<{ readonly status: number; readonly text: string } | 'kept from the page'> {
  try {
    const answer = await fetch(url, init);
    return { status: answer.status, text: await answer.text() };
  } catch {
    return 'kept from the page';
  }
}

const door = { whoAmI, useVault, reach };

/** What the page offers to its test. */
export type PageDoor = typeof door;

Object.assign(globalThis, { door });
