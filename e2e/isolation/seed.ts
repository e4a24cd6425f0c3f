/** Something worth taking: an object with versions, an upload in progress, put there by the vault's owner; and the owner's look at it afterwards. */
import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { Path } from '@hq/shared/path';
import { root } from '@hq/shared/path';
import type { Vault } from '@hq/shared/vault';
import { s3Client, sessionFor, type Engine } from './engine.ts';
import type { Target } from './s3-attempts.ts';

const body = 'the crown jewels';

/** Seeds `folder` of a vault and gives what attempts are aimed at. */
export async function seed(engine: Engine, vault: Vault, folder: Path): Promise<Omit<Target, 'own'>> {
  const client = s3Client(engine, await sessionFor(engine, vault, root, 'write'));
  const Bucket = vault.bucket;
  const place = vault.keyPrefix + folder;
  const key = `${place}secret.txt`;
  const uploadKey = `${place}upload.bin`;
  const { VersionId } = await client.send(new PutObjectCommand({ Bucket, Key: key, Body: 'an earlier version' }));
  await client.send(new PutObjectCommand({ Bucket, Key: key, Body: body }));
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: uploadKey }));
  if (VersionId === undefined || UploadId === undefined) throw new Error('The engine gave no version or upload.');
  await client.send(new UploadPartCommand({ Bucket, Key: uploadKey, UploadId, PartNumber: 1, Body: 'a part' }));
  return { bucket: Bucket, key, folder: place, versionId: VersionId, uploadId: UploadId, uploadKey };
}

/** What the owner finds: the keys, the content, and the parts of the upload. Equal before and after, or something got through. */
export async function stateOf(engine: Engine, vault: Vault, target: Omit<Target, 'own'>): Promise<unknown> {
  const client = s3Client(engine, await sessionFor(engine, vault, root, 'write'));
  const listed = await client.send(new ListObjectsV2Command({ Bucket: target.bucket, Prefix: vault.keyPrefix }));
  const object = await client.send(new GetObjectCommand({ Bucket: target.bucket, Key: target.key }));
  const parts = await client.send(new ListPartsCommand({ Bucket: target.bucket, Key: target.uploadKey, UploadId: target.uploadId }));
  return {
    keys: listed.Contents?.map(({ Key, ETag }) => `${Key} ${ETag}`),
    content: await object.Body?.transformToString(),
    version: object.VersionId,
    parts: parts.Parts?.map(({ PartNumber, ETag }) => `${PartNumber} ${ETag}`),
  };
}
