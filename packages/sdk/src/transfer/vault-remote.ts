/**
 * A vault as sync and the command line use it: files read and written straight in storage, under sessions that the API minted for this person and these paths.
 * Every write carries a condition, so nothing that someone else wrote meanwhile is ever replaced.
 */
import { HqError } from '@hq/shared/errors';
import { allows, maxAccessPaths } from '@hq/shared/acl/actions';
import type { Level } from '@hq/shared/acl/rule';
import { isFolder, root, selfAndAncestors, type Path } from '@hq/shared/path';
import { byteBudget, changedMeanwhile, collect } from './buffers.ts';
import { verifiedBody } from './download.ts';
import type { Hashing } from './hashing.ts';
import { listFiles, type ApiPage } from './listing.ts';
import { partBytes, uploadInParts } from './multipart.ts';
import { Refusal } from './refusal.ts';
import type { Content, Expecting, Remote, RemoteFile, RemoteMetadata } from './remote.ts';
import { refuse, type Access, type SessionBook } from './sessions.ts';
import { explain, explainEach, type Storage, type StorageRequest } from './storage.ts';
import type { WireResponse } from './transport.ts';

export interface VaultRemotePorts {
  readonly sessions: SessionBook;
  readonly storage: Storage;
  readonly hashing: Hashing;
  /** `files.list`, recursive. */
  readonly listPage: (folder: Path, continuationToken: string | undefined) => Promise<ApiPage>;
  /** `files.stat`, which knows what a session without the right to list can't tell: whether a file is missing or out of reach. */
  readonly exists: (path: Path) => Promise<boolean>;
  /** `files.access`: the caller's level at each path in the cone, by the rules of this moment. Takes `maxAccessPaths` at most. */
  readonly levels: (cone: Path, paths: readonly Path[]) => Promise<readonly Level[]>;
  /** Hears of objects whose keys are no canonical paths. */
  readonly onUnusable?: (key: string, reason: string) => void;
}

export interface PutOptions {
  /** As in `content-type`; `application/octet-stream` when absent. */
  readonly contentType?: string;
  /** Bytes that storage has taken so far; for files in parts only. */
  readonly onProgress?: (sentBytes: number) => void;
}

/** A `Remote` that takes a few more wishes. */
export interface VaultRemote extends Remote {
  put(path: Path, content: Content, expecting: Expecting, metadata: RemoteMetadata, options?: PutOptions): Promise<{ readonly etag: string }>;
}

/** What may wait in memory at a time, over all uploads of one remote. */
const bufferBytes = 64 * 1024 * 1024;
const metadataPrefix = 'x-amz-meta-';

function metadataHeaders(metadata: RemoteMetadata): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(metadata)) {
    if (!/^[a-z0-9-]+$/.test(name) || !/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value)) {
      throw new HqError('BAD_REQUEST', `The metadata "${name}" can't travel in a header.`, { hint: 'Use printable ASCII.' });
    }
    headers[metadataPrefix + name] = value;
  }
  return headers;
}

function conditionOf({ etag }: Expecting): Record<string, string> {
  return etag === null ? { 'if-none-match': '*' } : { 'if-match': `"${etag}"` };
}

function factsOf(path: Path, response: WireResponse): RemoteFile & { metadata: RemoteMetadata } {
  const size = Number(response.header('content-length'));
  return { path, size, etag: (response.header('etag') ?? '').replaceAll('"', ''), metadata: response.headersAfter(metadataPrefix) };
}

function refuseFolder(path: Path): void {
  if (isFolder(path)) throw new HqError('INVALID_PATH', `"${path}" names a folder.`, { hint: 'Name a file: its path does not end in "/".' });
}

/** The vault behind those ports. */
export function createVaultRemote(ports: VaultRemotePorts): VaultRemote {
  const { sessions, storage, hashing } = ports;
  const budget = byteBudget(bufferBytes);
  const onUnusable = ports.onUnusable ?? (() => undefined);
  const levelsOf = async (cone: Path, paths: readonly Path[]): Promise<readonly Level[]> => {
    const levels = await ports.levels(cone, paths);
    if (levels.length !== paths.length) throw new HqError('UNAVAILABLE', 'The server answered for other paths than it was asked.', { hint: 'Update "hq".' });
    return levels;
  };
  /** The outermost place around the path that is closed to writing without a gap down to it; undefined where the path itself is open. */
  const closedAt = async (path: Path): Promise<Path | undefined> => {
    const upwards = selfAndAncestors(path).filter((place) => place !== root);
    const levels = await levelsOf(upwards.at(-1) ?? path, upwards);
    const open = levels.findIndex((level) => allows(level, 'write'));
    return open === 0 ? undefined : upwards.at(open < 0 ? -1 : open - 1);
  };
  const leaseFor = (path: Path, access: Access) => () => sessions.lease(path, access);

  /** Sends; when storage refuses a session that should do, the rules have changed: once more with what the API mints now. */
  const send = async (request: StorageRequest): Promise<WireResponse> => {
    refuseFolder(request.path);
    const lease = leaseFor(request.path, request.access);
    try {
      return await storage.send(request, lease);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'AccessDenied') throw error;
      // Storage also says so of a file that isn't there, to a session that may not list.
      if (request.access === 'read' && !(await ports.exists(request.path))) throw new Refusal(404, 'NoSuchKey', error.message);
      const closed = request.access === 'write' ? await closedAt(request.path) : undefined;
      if (closed !== undefined) {
        // No new session opens it, and the ones at hand are still good for all around it.
        sessions.close(closed, 'write');
        refuse(request.path, 'write');
      }
      sessions.dropAll();
      return storage.send(request, lease);
    }
  };

  const readable: Remote['readable'] = async (cone, paths) => {
    const levels: Level[] = [];
    for (let from = 0; from < paths.length; from += maxAccessPaths) levels.push(...(await levelsOf(cone, paths.slice(from, from + maxAccessPaths))));
    return new Set(paths.filter((_, index) => allows(levels[index] ?? 'none', 'read')));
  };

  const stat: Remote['stat'] = async (path) => {
    try {
      const response = await send({ method: 'HEAD', path, access: 'read' });
      await response.discard();
      return factsOf(path, response);
    } catch (error) {
      const gone = error instanceof HqError ? error.code === 'NOT_FOUND' : error instanceof Refusal && error.status === 404;
      if (gone) return undefined;
      throw error;
    }
  };

  const get: Remote['get'] = async (path, expecting) => {
    const condition = expecting === undefined ? {} : { 'if-match': `"${expecting.etag}"` };
    const response = await send({ method: 'GET', path, access: 'read', headers: { ...condition, 'x-amz-checksum-mode': 'ENABLED' } });
    const facts = factsOf(path, response);
    // Called after the door below was passed.
    const resume = (from: number): Promise<WireResponse> => {
      const headers = { 'if-match': `"${facts.etag}"`, range: `bytes=${from}-` };
      return send({ method: 'GET', path, access: 'read', headers }).catch((error: unknown) => explain(error, path));
    };
    return { ...facts, body: verifiedBody({ path, size: facts.size, first: response, claimedSha256: facts.metadata['sha256'], resume }, hashing) };
  };

  /** A conditional write whose first answer was lost finds its own work when it is repeated, and must not take it for someone else's. */
  const mine = async (path: Path, size: number, metadata: RemoteMetadata): Promise<string | undefined> => {
    const there = await stat(path);
    const same = there !== undefined && there.size === size && metadata['sha256'] !== undefined && there.metadata['sha256'] === metadata['sha256'];
    return same ? there.etag : undefined;
  };

  const putWhole = async (path: Path, content: Content, headers: Record<string, string>, metadata: RemoteMetadata): Promise<string> => {
    const release = await budget.take(content.size);
    try {
      const body = content.whole?.bytes ?? (await collect(content.open(), content.size, path));
      const payloadHash = content.whole?.sha256 ?? hashing.sha256(body);
      if (metadata['sha256'] !== undefined && metadata['sha256'] !== payloadHash) throw changedMeanwhile(path);
      const response = await send({ method: 'PUT', path, access: 'write', headers, body, payloadHash });
      await response.discard();
      return (response.header('etag') ?? '').replaceAll('"', '');
    } finally {
      release();
    }
  };

  const put: VaultRemote['put'] = async (path, content, expecting, metadata, options = {}) => {
    refuseFolder(path);
    const condition = conditionOf(expecting);
    const headers = { 'content-type': options.contentType ?? 'application/octet-stream', ...metadataHeaders(metadata) };
    try {
      if (content.size <= partBytes) return { etag: await putWhole(path, content, { ...headers, ...condition }, metadata) };
      // Better to hear it now than after a gigabyte.
      const there = await stat(path);
      if ((there?.etag ?? null) !== expecting.etag) throw new Refusal(412, 'PreconditionFailed', 'another version is there');
      const { onProgress } = options;
      const request = { path, content, headers, condition, expectedSha256: metadata['sha256'], ...(onProgress === undefined ? {} : { onProgress }) };
      const etag = await uploadInParts(request, { storage: { send }, hashing, budget, lease: leaseFor(path, 'write') });
      return { etag };
    } catch (error) {
      if (error instanceof Refusal && error.repeated && (error.status === 412 || error.code === 'NoSuchUpload')) {
        const etag = await mine(path, content.size, metadata);
        if (etag !== undefined) return { etag };
      }
      // The version to be replaced was removed: storage says 404, or 403 to a session that may not list.
      if (error instanceof Refusal && expecting.etag !== null && (error.status === 404 || (error.status === 403 && !(await ports.exists(path))))) {
        throw new Refusal(412, 'PreconditionFailed', 'nothing is there');
      }
      throw error;
    }
  };

  const remove: Remote['remove'] = async (path, expecting) => {
    try {
      const response = await send({ method: 'DELETE', path, access: 'write', headers: { 'if-match': `"${expecting.etag}"` } });
      await response.discard();
    } catch (error) {
      // What has to go may be gone: by an earlier attempt whose answer was lost, or by somebody else's.
      if (error instanceof Refusal && (error.status === 404 || error.status === 412) && (await stat(path)) === undefined) return;
      throw error;
    }
  };

  const list: Remote['list'] = (cone) =>
    listFiles(cone, {
      storage,
      leaseListing: (folder) => sessions.leaseListing(folder),
      listPage: (folder, token) => ports.listPage(folder, token),
      onUnusable,
    });

  // Whatever storage refuses on the way in, nobody outside hears of it in storage's words.
  return {
    stat: (path) => stat(path).catch((error: unknown) => explain(error, path)),
    get: (path, expecting) => get(path, expecting).catch((error: unknown) => explain(error, path)),
    put: (path, ...wishes) => put(path, ...wishes).catch((error: unknown) => explain(error, path)),
    remove: (path, expecting) => remove(path, expecting).catch((error: unknown) => explain(error, path)),
    readable: (cone, paths) => readable(cone, paths).catch((error: unknown) => explain(error, cone)),
    list: (cone) => explainEach(list(cone), cone),
  };
}
