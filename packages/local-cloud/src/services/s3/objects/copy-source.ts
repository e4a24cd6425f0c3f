/** The source of a copy: named in a header, authorised on its own, judged by its own conditions. */
import { AwsError } from '../../../http/aws-error.ts';
import { authorizeObject, existingTagContext, versionContext } from '../access.ts';
import type { S3Request } from '../core.ts';
import { readBody } from '../store/body-reader.ts';
import type { ObjectVersion } from '../store/records.ts';
import { checkKey } from '../wire/address.ts';
import { invalidArgument, invalidRequest } from '../wire/refusals.ts';
import { checkReadConditions } from './conditions.ts';
import { objectName, openDataKey } from './encryption.ts';
import { hasBody, lookUp, mustHaveBody, readVersionId, versionHeader } from './find.ts';

export interface CopySource {
  readonly bucket: string;
  readonly key: string;
  /** As the header names it. */
  readonly versionId: string | undefined;
  readonly version: ObjectVersion;
  /** `x-amz-copy-source-version-id`, where the source bucket has versions. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Finds and authorises the source. @throws AwsError 403, 404, 412 or 400. */
export function findCopySource(request: S3Request): CopySource {
  const { bucket: name, key, versionId } = readHeader(request);
  const at = { ...request, bucket: name, key };
  const known = request.core.buckets.get(name);
  const found = known && lookUp(request, known, key, versionId);
  const action = versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
  const bucket = authorizeObject(request, action, { ...existingTagContext(found?.detail?.tags), ...versionContext(versionId) }, at);
  if (found !== undefined && !hasBody(found) && versionId !== undefined) {
    throw invalidRequest('The source of a copy request may not specifically refer to a delete marker by version id.');
  }
  const version = mustHaveBody(request, found, versionId, at);
  checkReadConditions(request.call, version, true);
  const shown = versionHeader(bucket, version)['x-amz-version-id'];
  return { bucket: name, key, versionId, version, headers: shown === undefined ? {} : { 'x-amz-copy-source-version-id': shown } };
}

/** The source's bytes from `start` to `end`. The caller must hold `kms:Decrypt` where the source is under SSE-KMS. */
export function readSource(request: S3Request, { bucket, key, version }: CopySource, start: number, end: number): AsyncGenerator<Uint8Array, void, undefined> {
  const dataKey = openDataKey(request, { bucket, key }, version.detail.encryption);
  return readBody(request.core.blobs, { segments: version.detail.segments, dataKey, objectName: objectName(bucket, key) }, start, end);
}

function readHeader({ call }: S3Request): { bucket: string; key: string; versionId: string | undefined } {
  const header = call.header('x-amz-copy-source') ?? '';
  const query = header.indexOf('?versionId=');
  const path = (query < 0 ? header : header.slice(0, query)).replace(/^\//, '');
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    throw invalidArgument('Invalid copy source encoding.', 'x-amz-copy-source', header);
  }
  const slash = decoded.indexOf('/');
  const [bucket, key] = [decoded.slice(0, Math.max(slash, 0)), decoded.slice(slash + 1)];
  if (slash < 1 || key === '' || bucket.startsWith('arn:')) {
    throw new AwsError(400, 'InvalidArgument', 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey', {
      ArgumentName: 'x-amz-copy-source',
      ArgumentValue: header,
    });
  }
  checkKey(key);
  return { bucket, key, versionId: query < 0 ? undefined : readVersionId(header.slice(query + '?versionId='.length)) };
}
