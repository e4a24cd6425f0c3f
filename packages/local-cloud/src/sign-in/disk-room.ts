/** What the sign-in says when its disk is full, and how it knows before it is too late. */
import { statfsSync } from 'node:fs';
import { errors } from 'oidc-provider';

/** A sentence for pages and for the `error_description` of an OAuth answer. */
export const noRoomText =
  'The disk of this server is full, so the sign-in can not be stored. Whoever runs the server has to free some space there; after that, please try again.';

/** Less than this is no room: a used refresh token must not be marked as used while its successor finds no place. In bytes. */
const least = 1024 * 1024;

/** A full disk as RFC 6749 (4.1.2.1) calls it, with status 503; the provider shows it as it shows its own errors. */
export class NoRoomError extends errors.OIDCProviderError {
  constructor(cause?: unknown) {
    super(503, 'temporarily_unavailable');
    this.cause = cause;
    this.error_description = noRoomText;
    this.expose = true;
    // The person should read why here, and not be sent back to a program that only knows the code.
    this.allow_redirect = false;
  }
}

/** Whether the disk under a folder takes another megabyte. A file system that does not tell is taken to have room. */
export function hasRoom(folder: string): boolean {
  const { bavail, blocks, bsize } = statfsSync(folder);
  return blocks === 0 || bavail * bsize >= least;
}
