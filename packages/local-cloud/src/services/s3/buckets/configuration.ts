/** A bucket's settings: versioning, encryption, public access block, ownership, tags. */
import { AwsError } from '../../../http/aws-error.ts';
import { authorizeBucket } from '../access.ts';
import type { Handler, S3Request } from '../core.ts';
import { askKms } from '../objects/encryption.ts';
import { parseTagging, tagSetXml } from '../objects/tag-set.ts';
import type { Bucket, BucketSettings, PublicAccessBlock } from '../store/buckets.ts';
import { readXmlBody } from '../wire/read-body.ts';
import { child, childrenNamed, childText, malformedXml, type XmlElement } from '../wire/read-xml.ts';
import { notImplemented } from '../wire/refusals.ts';
import { branch, leaf, sendEmpty, sendXml, xmlDocument } from '../wire/xml.ts';

/** Stores a change of settings durably; `undefined` deletes one. */
export async function configure(
  request: S3Request,
  bucket: Bucket,
  change: { readonly [name in keyof BucketSettings]?: BucketSettings[name] | undefined },
): Promise<void> {
  const show = await request.core.commits.run(() => request.core.buckets.configure(bucket, change));
  show();
}

/** The refusal where a setting was never made. */
export function notConfigured(code: string, message: string, bucket: Bucket): AwsError {
  return new AwsError(404, code, message, { BucketName: bucket.name });
}

export const getVersioning: Handler = (request, response) => {
  const { versioning } = authorizeBucket(request, 's3:GetBucketVersioning').settings;
  sendXml(response, 200, xmlDocument('VersioningConfiguration', leaf('Status', versioning === 'Off' ? undefined : versioning)));
};

export const putVersioning: Handler = async (request, response) => {
  const bucket = authorizeBucket(request, 's3:PutBucketVersioning');
  const body = await readXmlBody(request.call, 'VersioningConfiguration');
  const status = childText(body, 'Status');
  if (childText(body, 'MfaDelete') === 'Enabled') throw notImplemented('MfaDelete');
  if (status !== undefined && status !== 'Enabled' && status !== 'Suspended') throw malformedXml();
  if (status === undefined) {
    throw new AwsError(400, 'IllegalVersioningConfigurationException', 'The Versioning element must be specified');
  }
  await configure(request, bucket, { versioning: status });
  sendEmpty(response, 200);
};

export const getEncryption: Handler = (request, response) => {
  const { encryption } = authorizeBucket(request, 's3:GetEncryptionConfiguration').settings;
  const byDefault = branch(
    'ApplyServerSideEncryptionByDefault',
    leaf('SSEAlgorithm', encryption?.algorithm ?? 'AES256'),
    leaf('KMSMasterKeyID', encryption?.keyArn),
  );
  const rule = branch('Rule', byDefault, leaf('BucketKeyEnabled', encryption?.bucketKey ?? false));
  sendXml(response, 200, xmlDocument('ServerSideEncryptionConfiguration', rule));
};

export const putEncryption: Handler = async (request, response) => {
  const bucket = authorizeBucket(request, 's3:PutEncryptionConfiguration');
  const [rule, ...others] = childrenNamed(await readXmlBody(request.call, 'ServerSideEncryptionConfiguration'), 'Rule');
  const byDefault = rule && child(rule, 'ApplyServerSideEncryptionByDefault');
  if (rule === undefined || byDefault === undefined || others.length > 0) throw malformedXml();
  const algorithm = childText(byDefault, 'SSEAlgorithm');
  const name = childText(byDefault, 'KMSMasterKeyID');
  const bucketKey = childText(rule, 'BucketKeyEnabled') === 'true';
  if (algorithm === 'aws:kms:dsse') throw notImplemented('aws:kms:dsse');
  if (algorithm !== 'AES256' && algorithm !== 'aws:kms') throw malformedXml();
  if (algorithm === 'AES256' && name !== undefined) {
    throw new AwsError(400, 'InvalidArgument', 'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse');
  }
  const keyArn = name === undefined ? undefined : askKms(() => request.core.keys.resolveKeyArn(name));
  await configure(request, bucket, { encryption: { algorithm, bucketKey, ...(keyArn === undefined ? {} : { keyArn }) } });
  sendEmpty(response, 200);
};

export const deleteEncryption: Handler = async (request, response) => {
  const bucket = authorizeBucket(request, 's3:PutEncryptionConfiguration');
  await configure(request, bucket, { encryption: undefined });
  sendEmpty(response, 204);
};

const BLOCKS = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const;

export const getPublicAccessBlock: Handler = (request, response) => {
  const bucket = authorizeBucket(request, 's3:GetBucketPublicAccessBlock');
  const block = bucket.settings.publicAccessBlock;
  if (block === undefined) throw notConfigured('NoSuchPublicAccessBlockConfiguration', 'The public access block configuration was not found', bucket);
  sendXml(response, 200, xmlDocument('PublicAccessBlockConfiguration', ...BLOCKS.map((name) => leaf(name, block[name]))));
};

export const putPublicAccessBlock: Handler = async (request, response) => {
  const bucket = authorizeBucket(request, 's3:PutBucketPublicAccessBlock');
  const body = await readXmlBody(request.call, 'PublicAccessBlockConfiguration');
  const publicAccessBlock: PublicAccessBlock = {
    BlockPublicAcls: readFlag(body, 'BlockPublicAcls'),
    IgnorePublicAcls: readFlag(body, 'IgnorePublicAcls'),
    BlockPublicPolicy: readFlag(body, 'BlockPublicPolicy'),
    RestrictPublicBuckets: readFlag(body, 'RestrictPublicBuckets'),
  };
  await configure(request, bucket, { publicAccessBlock });
  sendEmpty(response, 200);
};

export const deletePublicAccessBlock: Handler = async (request, response) => {
  const bucket = authorizeBucket(request, 's3:PutBucketPublicAccessBlock');
  await configure(request, bucket, { publicAccessBlock: undefined });
  sendEmpty(response, 204);
};

function readFlag(body: XmlElement, name: string): boolean {
  const text = childText(body, name)?.trim().toLowerCase() ?? 'false';
  if (text !== 'true' && text !== 'false') throw malformedXml();
  return text === 'true';
}

export const getOwnership: Handler = (request, response) => {
  const bucket = authorizeBucket(request, 's3:GetBucketOwnershipControls');
  const { ownership } = bucket.settings;
  if (ownership === undefined) throw notConfigured('OwnershipControlsNotFoundError', 'The bucket ownership controls were not found', bucket);
  sendXml(response, 200, xmlDocument('OwnershipControls', branch('Rule', leaf('ObjectOwnership', ownership))));
};

export const putOwnership: Handler = async (request, response) => {
  const bucket = authorizeBucket(request, 's3:PutBucketOwnershipControls');
  const [rule, ...others] = childrenNamed(await readXmlBody(request.call, 'OwnershipControls'), 'Rule');
  const ownership = rule && childText(rule, 'ObjectOwnership');
  if (others.length > 0 || !['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'].includes(ownership ?? '')) throw malformedXml();
  if (ownership !== 'BucketOwnerEnforced') throw notImplemented(`ObjectOwnership ${ownership}: ACLs are disabled here`);
  await configure(request, bucket, { ownership });
  sendEmpty(response, 200);
};

export const deleteOwnership: Handler = async (request, response) => {
  const bucket = authorizeBucket(request, 's3:PutBucketOwnershipControls');
  await configure(request, bucket, { ownership: undefined });
  sendEmpty(response, 204);
};

const MAX_BUCKET_TAGS = 50;

export const getBucketTagging: Handler = (request, response) => {
  const bucket = authorizeBucket(request, 's3:GetBucketTagging');
  const { tags } = bucket.settings;
  if (tags === undefined) throw notConfigured('NoSuchTagSet', 'The TagSet does not exist', bucket);
  sendXml(response, 200, xmlDocument('Tagging', tagSetXml(tags)));
};

export const putBucketTagging: Handler = async (request, response) => {
  const bucket = authorizeBucket(request, 's3:PutBucketTagging');
  const tags = parseTagging(await readXmlBody(request.call, 'Tagging'), MAX_BUCKET_TAGS);
  await configure(request, bucket, { tags });
  sendEmpty(response, 204);
};

export const deleteBucketTagging: Handler = async (request, response) => {
  const bucket = authorizeBucket(request, 's3:PutBucketTagging');
  await configure(request, bucket, { tags: undefined });
  sendEmpty(response, 204);
};
