/** Objects in S3, and in local-cloud, which speaks the same. Every client of a bucket is bound to the credentials of one session. */
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { HqError, isHqError } from '@hq/shared/errors';
import type { Clock } from '@hq/shared/time';
import type { ObjectFacts, Objects, OpenBucket, WriteCondition } from '../../ports/objects.ts';
import { awsCall } from './aws-errors.ts';
import type { AwsClientConfig } from './client-config.ts';
import { readBounded } from './s3-body.ts';
import { copySource, decodeKey, openMarker, sealMarker, seconds, toEntry, toFacts, toVersion, unquoted } from './s3-words.ts';

export interface S3ObjectsOptions {
  readonly config: Omit<AwsClientConfig, 'credentials'>;
  /** True where buckets are in the path and not in the host's name: any endpoint but AWS's own. */
  readonly forcePathStyle: boolean;
  readonly clock: Clock;
}

/** S3's limit for a copy in one request. */
const maxCopyBytes = 5 * 2 ** 30;

export function createS3Objects({ config, forcePathStyle, clock }: S3ObjectsOptions): Objects {
  return {
    open(bucket, { accessKeyId, secretAccessKey, sessionToken }) {
      // Never destroyed: it would take the shared connections with it, and holds nothing else.
      const client = new S3Client({ ...config, forcePathStyle, credentials: { accessKeyId, secretAccessKey, sessionToken } });
      return openBucket(client, bucket, clock);
    },
  };
}

function openBucket(client: S3Client, bucket: string, clock: Clock): OpenBucket {
  async function head(key: string, versionId?: string): Promise<ObjectFacts> {
    const command = new HeadObjectCommand({ Bucket: bucket, Key: key, ...version(versionId) });
    return reading(async () => toFacts(key, await client.send(command)));
  }

  return {
    head,
    async list({ prefix, delimiter, token, startAfter, limit }) {
      const command = new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        // Keys may hold what XML can't; so they come percent-encoded.
        EncodingType: 'url',
        MaxKeys: limit,
        ...(delimiter === undefined ? {} : { Delimiter: delimiter }),
        ...(token === undefined ? {} : { ContinuationToken: token }),
        ...(startAfter === undefined || token !== undefined ? {} : { StartAfter: startAfter }),
      });
      const page = await awsCall(() => client.send(command));
      return {
        entries: (page.Contents ?? []).map(toEntry),
        folders: (page.CommonPrefixes ?? []).map(({ Prefix = '' }) => decodeKey(Prefix)),
        token: page.IsTruncated === true ? (page.NextContinuationToken ?? null) : null,
      };
    },
    async get(key, { maxBytes, versionId }) {
      const command = new GetObjectCommand({ Bucket: bucket, Key: key, ...version(versionId) });
      return reading(async () => {
        const object = await client.send(command);
        return { ...toFacts(key, object), body: await readBounded(object.Body, object.ContentLength, maxBytes) };
      });
    },
    async put(key, body, { contentType, ...condition }) {
      const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType, ...conditions(condition) });
      const { ETag, VersionId } = await awsCall(() => client.send(command));
      // S3 does not say when; the moment of its answer is as near as its own second.
      return { key, size: body.length, lastModified: clock(), etag: unquoted(ETag), versionId: VersionId ?? null, contentType };
    },
    async remove(key, condition = {}) {
      const command = new DeleteObjectCommand({ Bucket: bucket, Key: key, ...conditions(condition) });
      const { VersionId } = await awsCall(() => client.send(command));
      return { versionId: VersionId ?? null };
    },
    async copy(from, to, condition = {}) {
      const source = await head(from.key, from.versionId);
      if (source.size > maxCopyBytes) {
        throw new HqError('TOO_LARGE', 'A file over 5 GB can not be copied in one step.', { hint: 'Download it and put it in its new place.' });
      }
      const command = new CopyObjectCommand({
        Bucket: bucket,
        Key: to,
        // What was looked at is what is copied, also where somebody writes a newer version meanwhile.
        CopySource: copySource(bucket, from.key, from.versionId ?? source.versionId ?? undefined),
        CopySourceIfMatch: `"${source.etag}"`,
        ...conditions(condition),
      });
      const { CopyObjectResult: result, VersionId } = await awsCall(() => client.send(command));
      const lastModified = result?.LastModified === undefined ? clock() : seconds(result.LastModified);
      return { key: to, size: source.size, lastModified, etag: unquoted(result?.ETag), versionId: VersionId ?? null, contentType: source.contentType };
    },
    async versions({ prefix, token, limit }) {
      const command = new ListObjectVersionsCommand({
        Bucket: bucket,
        Prefix: prefix,
        EncodingType: 'url',
        MaxKeys: limit,
        ...(token === undefined ? {} : openMarker(token)),
      });
      const page = await awsCall(() => client.send(command));
      const versions = [...(page.Versions ?? []).map((each) => toVersion(each, false)), ...(page.DeleteMarkers ?? []).map((each) => toVersion(each, true))];
      return {
        // S3 answers versions and deletions in two lists; together they are in the order of their keys, the newest first.
        versions: versions.toSorted(
          (a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)) || Number(b.current) - Number(a.current) || b.lastModified - a.lastModified,
        ),
        token: page.IsTruncated === true ? sealMarker(page.NextKeyMarker, page.NextVersionIdMarker) : null,
      };
    },
  };
}

/**
 * A session that may read an object and not list its bucket is told 403 where there is no such object, exactly as where it may not read it: to its holder both
 * are a file that isn't there.
 */
async function reading<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await awsCall(call);
  } catch (error) {
    if (!isHqError(error) || error.code !== 'FORBIDDEN') throw error;
    throw new HqError('NOT_FOUND', 'There is nothing here by that name.', { hint: 'Check the name, or list what is there.', cause: error });
  }
}

const version = (versionId: string | undefined) => (versionId === undefined ? {} : { VersionId: versionId });

const conditions = ({ ifMatch, ifNoneMatch }: WriteCondition) => ({
  ...(ifMatch === undefined ? {} : { IfMatch: `"${ifMatch}"` }),
  ...(ifNoneMatch === undefined ? {} : { IfNoneMatch: ifNoneMatch }),
});
