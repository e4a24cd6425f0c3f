/** What a request has to look like before the provider remembers anything of it: these two addresses write a row for whoever comes. */
import type { IncomingMessage } from 'node:http';
import { FormRefused } from './form.ts';

const maxQuery = 6 * 1024;
const maxParameter = 512;
/** An ID token is signed by us and longer than anything a client makes up. */
const maxIdToken = 4096;

/** Whether the provider would take this path (relative to the issuer) for its authorization or sign-out endpoint: it ignores case and one last slash. */
export function isEntry(path: string): boolean {
  return /^\/(authorize|sign-out)\/?$/i.test(path);
}

/** @throws FormRefused for a query that is too long, and for a browser that loads an image or a frame, or a script of another site, instead of showing a page. */
export function assertEntry(request: IncomingMessage, query: string): void {
  const { 'sec-fetch-dest': destination, 'sec-fetch-site': site } = request.headers;
  const bySelf = destination === 'empty' && site !== 'cross-site' && site !== 'same-site';
  if (destination !== undefined && destination !== 'document' && !bySelf) {
    throw new FormRefused(403, 'A sign-in opens as a page of its own, not inside of another. Please start it from the program you want to sign in to.');
  }
  if (query.length > maxQuery) throw new FormRefused(400, `The request is longer than ${maxQuery} characters.`);
  for (const [name, value] of new URLSearchParams(query)) {
    const most = name === 'id_token_hint' ? maxIdToken : maxParameter;
    if (name.length > maxParameter) throw new FormRefused(400, `The request has a parameter whose name is longer than ${maxParameter} characters.`);
    if (value.length > most) throw new FormRefused(400, `The parameter ${name} is longer than ${most} characters.`);
  }
}
