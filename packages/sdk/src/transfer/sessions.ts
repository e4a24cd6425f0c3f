/**
 * The sessions that the API minted for us, and which of them serves a path. One request to the API gives the sessions of a whole cone; they are kept until shortly
 * before they end, and dropped the moment storage or the API says that access has changed. They live in memory only.
 */
import { HqError } from '@hq/shared/errors';
import { isInside, parentOf, type Path } from '@hq/shared/path';
import type { Clock, EpochSeconds } from '@hq/shared/time';

export type Access = 'read' | 'write';

/** One session: it serves the paths under the longest `allow` of its grant. Storage may refuse some of them: what one may not read has no names here. */
export interface Session {
  readonly allow: readonly string[];
  /** Folders that storage itself lists for it. */
  readonly list: readonly string[];
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string; readonly expiration: EpochSeconds };
}

/** What `credentials.issue` answers. */
export interface Grant {
  /** Null for AWS's own address. */
  readonly endpoint: string | null;
  readonly bucket: string;
  readonly region: string;
  readonly keyPrefix: string;
  readonly sessions: readonly Session[];
}

/** A session to use for one request. */
export interface Lease {
  readonly grant: Grant;
  readonly session: Session;
  /** Storage refused it: it is not used again. */
  drop(): void;
}

export interface SessionBookOptions {
  /** The cone that one request to the API should cover: the root, or the folder that is worked on. */
  readonly cone: Path;
  readonly clock: Clock;
  /** Mints; throws `SCOPE_TOO_LARGE` or `EMPTY_SCOPE` where the API says so. */
  readonly issue: (cone: Path, access: Access) => Promise<Grant>;
  /** A number that rises when nothing minted so far may be used again: access has changed, or another person signed in. */
  readonly generation?: () => number;
}

export interface SessionBook {
  /** @throws HqError `NOT_FOUND` (to read) or `FORBIDDEN` (to write) where no session serves the path. */
  lease(path: Path, access: Access): Promise<Lease>;
  /** A session with which storage lists that folder; undefined where listing has to go through the API. */
  leaseListing(folder: Path): Promise<Lease | undefined>;
  /** Storage and the API both refused that access there: it is not tried again before other sessions come. A longer `allow` inside stays open. */
  close(place: Path, access: Access): void;
  /** Access has changed: nothing that was minted before is used again. */
  dropAll(): void;
}

/** Sessions are renewed this long (in seconds) before they end, so that a large part under way still gets through. */
const marginSeconds = 120;
/** That a path is served by no session, or closed, is believed for this long (in seconds); then the API is asked anew, since access may have been given. */
const refusalSeconds = 60;

interface Page {
  readonly cone: Path;
  readonly access: Access;
  readonly grant: Grant;
  readonly mintedAt: EpochSeconds;
  readonly endsAt: EpochSeconds;
  /** Places that turned out to be closed, inside of what the sessions allow. */
  readonly closed: Path[];
}

/** The length of the longest entry that covers the path, or -1. */
function longestCover(entries: readonly string[], path: string): number {
  let longest = -1;
  for (const entry of entries) {
    if (entry.length > longest && (entry === '' || entry === path || (entry.endsWith('/') && path.startsWith(entry)))) longest = entry.length;
  }
  return longest;
}

/** The session of the grant that serves the path: the one with the longest `allow` that covers it. */
export function sessionFor(grant: Grant, path: string): Session | undefined {
  let best: Session | undefined;
  let longest = -1;
  for (const session of grant.sessions) {
    const length = longestCover(session.allow, path);
    if (length > longest) [best, longest] = [session, length];
  }
  return best;
}

/** From the wide cone down to the path itself. */
function conesTowards(path: Path, wide: Path): Path[] {
  const cones = [path];
  for (let at = path; at !== wide && at !== ''; ) {
    at = parentOf(at);
    cones.unshift(at);
  }
  return isInside(path, wide) ? cones : [path];
}

/** @throws HqError what a path answers that is not open to that access. */
export function refuse(path: Path, access: Access): never {
  if (access === 'read') throw new HqError('NOT_FOUND', `There is no "${path}" in this vault, or you may not read it.`);
  throw new HqError('FORBIDDEN', `You may not write to "${path}".`, { hint: 'Ask an admin of the vault for write access there.' });
}

/** A book of one vault's sessions for one person. */
export function createSessionBook({ cone: wide, clock, issue, generation = () => 0 }: SessionBookOptions): SessionBook {
  const pages = new Map<string, Page>();
  const underWay = new Map<string, Promise<Page>>();
  /** Cones that the API refused as a whole. A narrower one may still do. */
  const tooLarge = new Set<string>();
  let era = 0;
  let seen = generation();

  const dropAll = (): void => {
    era += 1;
    pages.clear();
    underWay.clear();
    tooLarge.clear();
  };
  const catchUp = (): void => {
    if (seen !== generation()) dropAll();
    seen = generation();
  };

  const mint = (cone: Path, access: Access): Promise<Page> => {
    const name = `${access} ${cone}`;
    let minting = underWay.get(name);
    if (minting === undefined) {
      const startedIn = era;
      const started = issue(cone, access)
        .then((grant) => {
          catchUp();
          const endsAt = Math.min(...grant.sessions.map(({ credentials }) => credentials.expiration));
          const page: Page = { cone, access, grant, mintedAt: clock(), endsAt, closed: [] };
          // Minted under rules that have changed since: good for those who wait for it, not for later.
          if (startedIn === era) pages.set(name, page);
          return page;
        })
        .finally(() => {
          if (underWay.get(name) === started) underWay.delete(name);
        });
      underWay.set(name, started);
      minting = started;
    }
    return minting;
  };

  const pageFor = async (path: Path, access: Access): Promise<Page> => {
    catchUp();
    for (const cone of conesTowards(path, wide)) {
      const name = `${access} ${cone}`;
      if (tooLarge.has(name)) continue;
      const page = pages.get(name);
      if (page !== undefined && page.endsAt - marginSeconds > clock()) return page;
      try {
        return await mint(cone, access);
      } catch (error) {
        if (!(error instanceof HqError) || error.code !== 'SCOPE_TOO_LARGE' || cone === path) throw error;
        tooLarge.add(name);
      }
    }
    throw new HqError('SCOPE_TOO_LARGE', `The rules around "${path}" do not fit into a session.`, { hint: 'Ask an admin to simplify the rules there.' });
  };

  const drop = (page: Page): void => {
    const name = `${page.access} ${page.cone}`;
    if (pages.get(name) === page) pages.delete(name);
  };

  const serving = ({ grant, closed }: Page, path: Path): Session | undefined => {
    const session = sessionFor(grant, path);
    return session === undefined || (closed.length > 0 && longestCover(closed, path) >= longestCover(session.allow, path)) ? undefined : session;
  };

  const lease = async (path: Path, access: Access, believeIt: boolean): Promise<Lease> => {
    let page: Page;
    try {
      page = await pageFor(path, access);
    } catch (error) {
      if (error instanceof HqError && error.code === 'EMPTY_SCOPE') return refuse(path, access);
      throw error;
    }
    const session = serving(page, path);
    if (session !== undefined) return { grant: page.grant, session, drop: () => drop(page) };
    if (believeIt || clock() - page.mintedAt < refusalSeconds) return refuse(path, access);
    drop(page);
    return lease(path, access, true);
  };

  return {
    lease: (path, access) => lease(path, access, false),
    leaseListing: async (folder) => {
      try {
        const page = await pageFor(folder, 'read');
        const session = page.grant.sessions.find(({ list }) => list.some((listed) => folder.startsWith(listed)));
        return session === undefined ? undefined : { grant: page.grant, session, drop: () => drop(page) };
      } catch (error) {
        if (error instanceof HqError && (error.code === 'EMPTY_SCOPE' || error.code === 'SCOPE_TOO_LARGE')) return undefined;
        throw error;
      }
    },
    close: (place, access) => {
      for (const page of pages.values()) if (page.access === access) page.closed.push(place);
    },
    dropAll,
  };
}
