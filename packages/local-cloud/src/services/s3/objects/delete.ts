/** DeleteObject and DeleteObjects. */
import { AwsError } from '../../../http/aws-error.ts';
import { accessDenied, authorizeObject, existingBucket, existingTagContext, objectArn, question, versionContext } from '../access.ts';
import type { Handler, S3Request } from '../core.ts';
import type { Bucket } from '../store/buckets.ts';
import { checkKey } from '../wire/address.ts';
import { readXmlBody } from '../wire/read-body.ts';
import { childrenNamed, childText, malformedXml, type XmlElement } from '../wire/read-xml.ts';
import { invalidRequest, notImplemented, preconditionFailed } from '../wire/refusals.ts';
import { branch, leaf, sendEmpty, sendXml, xmlDocument } from '../wire/xml.ts';
import { etagListed } from './conditions.ts';
import { lookUp, readVersionId } from './find.ts';

const MAX_KEYS = 1000;

export const deleteObject: Handler = async (request, response) => {
  const { call } = request;
  const versionId = readVersionId(call.query.get('versionId'));
  const bucket = authorizeObject(request, deleteAction(versionId), deleteContext(request, request.key, versionId));
  if (call.header('if-match') !== undefined) authorizeObject(request, 's3:GetObject', deleteContext(request, request.key, versionId));
  for (const name of ['x-amz-if-match-last-modified-time', 'x-amz-if-match-size']) if (call.header(name) !== undefined) throw notImplemented(name);
  const { outcome, cleanUp } = await request.core.commits.run(() => remove(request, bucket, { key: request.key, versionId, match: call.header('if-match') }));
  cleanUp();
  sendEmpty(response, 204, outcomeHeaders(outcome));
};

export const deleteObjects: Handler = async (request, response) => {
  if (request.call.header('content-md5') === undefined && !hasChecksum(request)) {
    throw invalidRequest('Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  }
  const body = await readXmlBody(request.call, 'Delete');
  const entries = childrenNamed(body, 'Object').map(readEntry);
  if (entries.length === 0 || entries.length > MAX_KEYS) throw malformedXml();
  const quiet = childText(body, 'Quiet')?.trim().toLowerCase() === 'true';
  // Comparing an ETag reads something of the object, so a condition asks for s3:GetObject too.
  const allowed = entries.map(({ key, versionId, match }) => {
    const actions = match === undefined ? [deleteAction(versionId)] : [deleteAction(versionId), 's3:GetObject'];
    const [arn, context] = [objectArn(request.bucket, key), deleteContext(request, key, versionId)];
    return actions.every((action) => request.call.allows(question(request, action, arn, context)));
  });
  // Nobody learns from a batch that a bucket is missing who may not delete anything in it.
  const bucket = allowed.includes(true) ? existingBucket(request, request.bucket) : undefined;
  // One transaction for all of them; each is refused or done on its own.
  const { results, cleanUps } = await request.core.commits.run(() => {
    const cleanUps: (() => void)[] = [];
    const results = entries.map((entry, index): Result => {
      try {
        if (bucket === undefined || allowed[index] !== true) throw accessDenied();
        checkKey(entry.key);
        const { outcome, cleanUp } = remove(request, bucket, { ...entry, versionId: readVersionId(entry.versionId) });
        cleanUps.push(cleanUp);
        return { entry, outcome };
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        return { entry, error };
      }
    });
    return { results, cleanUps };
  });
  for (const cleanUp of cleanUps) cleanUp();
  sendXml(response, 200, xmlDocument('DeleteResult', ...results.map((result) => resultXml(result, quiet))));
};

interface Entry {
  readonly key: string;
  readonly versionId: string | undefined;
  readonly match: string | undefined;
}

/** What became of a key. */
interface Outcome {
  /** The version that was removed, or the marker that was made. */
  readonly versionId: string | undefined;
  /** A delete marker was made, or removed. */
  readonly marker: boolean;
}

type Result = { readonly entry: Entry; readonly outcome: Outcome } | { readonly entry: Entry; readonly error: AwsError };

function hasChecksum({ call }: S3Request): boolean {
  return call.headerNames().some((name) => name.startsWith('x-amz-checksum-')) || call.header('x-amz-trailer') !== undefined;
}

function readEntry(element: XmlElement): Entry {
  const key = childText(element, 'Key');
  if (key === undefined || key === '') throw malformedXml();
  for (const name of ['LastModifiedTime', 'Size']) if (childText(element, name) !== undefined) throw notImplemented(name);
  return { key, versionId: childText(element, 'VersionId') || undefined, match: childText(element, 'ETag') };
}

function deleteAction(versionId: string | undefined): string {
  return versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
}

function deleteContext(request: S3Request, key: string, versionId: string | undefined): Record<string, string | readonly string[]> {
  const bucket = request.core.buckets.get(request.bucket);
  const version = bucket === undefined ? undefined : lookUp(request, bucket, key, versionId);
  return { ...existingTagContext(version?.detail?.tags), ...versionContext(versionId) };
}

/** Removes one version for good, or hides the key behind a delete marker. Inside a commit. */
function remove(request: S3Request, bucket: Bucket, { key, versionId, match }: Entry): { outcome: Outcome; cleanUp: () => void } {
  const { core, call } = request;
  const versioning = core.buckets.mustStand(bucket).versioning ?? 'Off';
  const version = lookUp(request, bucket, key, versionId);
  if (match !== undefined && (version?.detail === undefined || !etagListed(match, version.etag))) throw preconditionFailed('If-Match');
  if (versionId !== undefined) {
    const dropped = version === undefined ? [] : core.versions.remove(bucket.id, version);
    return { outcome: { versionId, marker: version !== undefined && version.detail === undefined }, cleanUp: core.blobs.remove(dropped) };
  }
  if (versioning === 'Off') {
    const dropped = version === undefined ? [] : core.versions.remove(bucket.id, version);
    return { outcome: { versionId: undefined, marker: false }, cleanUp: core.blobs.remove(dropped) };
  }
  const { added, dropped } = core.versions.add(bucket.id, key, versioning, { size: 0, etag: '', modified: call.now, detail: undefined });
  return { outcome: { versionId: added.versionId, marker: true }, cleanUp: core.blobs.remove(dropped) };
}

function outcomeHeaders({ versionId, marker }: Outcome): Record<string, string> {
  return { ...(versionId === undefined ? {} : { 'x-amz-version-id': versionId }), ...(marker ? { 'x-amz-delete-marker': 'true' } : {}) };
}

function resultXml(result: Result, quiet: boolean): string {
  const { entry } = result;
  if ('error' in result) {
    const { code, message } = result.error;
    return branch('Error', leaf('Key', entry.key), leaf('VersionId', entry.versionId), leaf('Code', code), leaf('Message', message));
  }
  if (quiet) return '';
  const { versionId, marker } = result.outcome;
  const markerId = marker ? leaf('DeleteMarker', true) + leaf('DeleteMarkerVersionId', versionId) : '';
  return branch('Deleted', leaf('Key', entry.key), leaf('VersionId', entry.versionId), markerId);
}
