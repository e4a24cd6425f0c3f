/** CreateBucket, HeadBucket, DeleteBucket, ListBuckets, GetBucketLocation. */
import { AwsError } from '../../../http/aws-error.ts';
import { authorizeBucket, bucketArn, question } from '../access.ts';
import type { Handler, S3Request } from '../core.ts';
import { ownerXml, refuseAcl } from '../objects/acl.ts';
import { readBody } from '../wire/read-body.ts';
import { childText, parseXml } from '../wire/read-xml.ts';
import { invalidArgument, notImplemented } from '../wire/refusals.ts';
import { branch, leaf, sendEmpty, sendXml, xmlDocument, xmlTime } from '../wire/xml.ts';
import { checkBucketName } from './bucket-name.ts';

export const createBucket: Handler = async (request, response) => {
  const { call, core, bucket: name } = request;
  const location = await readLocation(request);
  call.authorize(question(request, 's3:CreateBucket', bucketArn(name), location === '' ? {} : { 's3:locationconstraint': location }));
  checkBucketName(name);
  refuseAcl(request);
  if (call.header('x-amz-bucket-object-lock-enabled')?.toLowerCase() === 'true') throw notImplemented('x-amz-bucket-object-lock-enabled');
  const ownership = call.header('x-amz-object-ownership') ?? 'BucketOwnerEnforced';
  if (ownership !== 'BucketOwnerEnforced') throw notImplemented(`x-amz-object-ownership: ${ownership}`);
  const show = await core.commits.run(() => {
    // In us-east-1, and only there, the creation of an own bucket succeeds again and changes nothing.
    if (core.buckets.exists(name)) {
      if (core.region !== 'us-east-1') throw alreadyOwned(name);
      return () => undefined;
    }
    return core.buckets.create(name, call.now, { ownership, ...(location === '' ? {} : { location }) });
  });
  show();
  sendEmpty(response, 200, { location: `/${name}` });
};

export const headBucket: Handler = (request, response) => {
  authorizeBucket(request, 's3:ListBucket');
  sendEmpty(response, 200, { 'x-amz-bucket-region': request.core.region, 'x-amz-access-point-alias': 'false' });
};

export const deleteBucket: Handler = async (request, response) => {
  const bucket = authorizeBucket(request, 's3:DeleteBucket');
  const { core } = request;
  const forget = await core.commits.run(() => {
    core.buckets.mustStand(bucket);
    if (core.versions.any(bucket.id)) {
      throw new AwsError(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty. You must delete all versions in the bucket.', {
        BucketName: bucket.name,
      });
    }
    const cleanUp = core.blobs.remove(core.uploads.endAll(bucket.id));
    const forget = core.buckets.remove(bucket);
    return () => {
      forget();
      cleanUp();
    };
  });
  forget();
  sendEmpty(response, 204);
};

export const listBuckets: Handler = (request, response) => {
  const { call, core } = request;
  call.authorize(question(request, 's3:ListAllMyBuckets', '*'));
  const limit = readMaxBuckets(call.query.get('max-buckets'));
  const prefix = call.query.get('prefix') ?? '';
  const after = Buffer.from(call.query.get('continuation-token') ?? '', 'base64').toString('utf8');
  const here = (call.query.get('bucket-region') ?? core.region) === core.region;
  const found = here ? core.buckets.all().filter((bucket) => bucket.name.startsWith(prefix) && bucket.name > after) : [];
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const next = found.length > page.length && last !== undefined ? Buffer.from(last.name).toString('base64') : undefined;
  const buckets = page.map((bucket) =>
    branch('Bucket', leaf('Name', bucket.name), leaf('CreationDate', xmlTime(bucket.created)), leaf('BucketRegion', core.region)),
  );
  const prefixXml = call.query.has('prefix') ? leaf('Prefix', prefix) : '';
  sendXml(
    response,
    200,
    xmlDocument('ListAllMyBucketsResult', ownerXml(core.accountId), branch('Buckets', ...buckets), leaf('ContinuationToken', next), prefixXml),
  );
};

export const getBucketLocation: Handler = (request, response) => {
  const bucket = authorizeBucket(request, 's3:GetBucketLocation');
  const { location } = bucket.settings;
  sendXml(response, 200, xmlDocument('LocationConstraint', location ?? ''));
};

function readMaxBuckets(text: string | undefined): number {
  if (text === undefined) return 10_000;
  const count = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > 10_000) throw invalidArgument('Argument max-buckets must be an integer between 1 and 10000', 'max-buckets', text);
  return count;
}

async function readLocation(request: S3Request): Promise<string> {
  const body = await readBody(request.call);
  if (body.toString('utf8').trim() === '') return '';
  const location = childText(parseXml(body.toString('utf8'), 'CreateBucketConfiguration'), 'LocationConstraint') ?? '';
  if (location === '' || location === request.core.region) return location === 'us-east-1' ? '' : location;
  throw new AwsError(400, 'InvalidLocationConstraint', 'The specified location-constraint is not valid', { LocationConstraint: location });
}

function alreadyOwned(name: string): AwsError {
  const message = 'Your previous request to create the named bucket succeeded and you already own it.';
  return new AwsError(409, 'BucketAlreadyOwnedByYou', message, { BucketName: name });
}
