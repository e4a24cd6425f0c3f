/** GetObjectTagging, PutObjectTagging, DeleteObjectTagging. */
import { authorizeObject, existingTagContext, requestTagContext, versionContext } from '../access.ts';
import type { Handler, S3Request } from '../core.ts';
import type { Bucket } from '../store/buckets.ts';
import type { ObjectVersion } from '../store/records.ts';
import { readXmlBody } from '../wire/read-body.ts';
import { sendEmpty, sendXml, xmlDocument } from '../wire/xml.ts';
import { hasBody, lookUp, mustHaveBody, readVersionId, versionHeader } from './find.ts';
import { parseTagging, type Tags, tagSetXml } from './tag-set.ts';

const MAX_TAGS = 10;

export const getObjectTagging: Handler = (request, response) => {
  const { bucket, version } = authorized(request, 'Get', {});
  response.setHeaders(new Map(Object.entries(versionHeader(bucket, version))));
  sendXml(response, 200, xmlDocument('Tagging', tagSetXml(version.detail.tags)));
};

export const putObjectTagging: Handler = async (request, response) => {
  const tags = parseTagging(await readXmlBody(request.call, 'Tagging'), MAX_TAGS);
  const { bucket, version } = authorized(request, 'Put', requestTagContext(tags));
  await retag(request, bucket, version, tags);
  sendEmpty(response, 200, versionHeader(bucket, version));
};

export const deleteObjectTagging: Handler = async (request, response) => {
  const { bucket, version } = authorized(request, 'Delete', {});
  await retag(request, bucket, version, {});
  sendEmpty(response, 204, versionHeader(bucket, version));
};

function authorized(
  request: S3Request,
  verb: 'Get' | 'Put' | 'Delete',
  context: Readonly<Record<string, string | readonly string[]>>,
): { bucket: Bucket; version: ObjectVersion } {
  const versionId = readVersionId(request.call.query.get('versionId'));
  const known = request.core.buckets.get(request.bucket);
  const found = known && lookUp(request, known, request.key, versionId);
  const action = versionId === undefined ? `s3:${verb}ObjectTagging` : `s3:${verb}ObjectVersionTagging`;
  const bucket = authorizeObject(request, action, { ...existingTagContext(found?.detail?.tags), ...versionContext(versionId), ...context });
  return { bucket, version: mustHaveBody(request, found, versionId) };
}

/** Changes the tags of the very version that was authorised, as it is now. */
async function retag(request: S3Request, bucket: Bucket, version: ObjectVersion, tags: Tags): Promise<void> {
  await request.core.commits.run(() => {
    const now = request.core.versions.find(bucket.id, version.key, version.versionId);
    if (!hasBody(now) || now.number !== version.number) throw mustHaveBody(request, undefined, version.versionId);
    request.core.versions.redescribe(bucket.id, now, { ...now.detail, tags });
  });
}
