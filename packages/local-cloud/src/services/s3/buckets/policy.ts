/** The bucket policy. */
import { AwsError } from '../../../http/aws-error.ts';
import { parsePolicy } from '../../../iam/parse-policy.ts';
import { accessDenied, authorizeBucket, bucketArn } from '../access.ts';
import type { Handler } from '../core.ts';
import { readBody } from '../wire/read-body.ts';
import { leaf, sendEmpty, sendXml, xmlDocument } from '../wire/xml.ts';
import { configure, notConfigured } from './configuration.ts';
import { isPublicPolicy } from './public-policy.ts';

const MAX_POLICY_BYTES = 20 * 1024;

export const getPolicy: Handler = (request, response) => {
  const bucket = authorizeBucket(request, 's3:GetBucketPolicy');
  const { policy } = bucket.settings;
  if (policy === undefined) throw notConfigured('NoSuchBucketPolicy', 'The bucket policy does not exist', bucket);
  const body = Buffer.from(policy);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.byteLength });
  response.end(body);
};

export const putPolicy: Handler = async (request, response) => {
  const bucket = authorizeBucket(request, 's3:PutBucketPolicy');
  const body = await readBody(request.call);
  if (body.byteLength > MAX_POLICY_BYTES) throw new AwsError(400, 'PolicyTooLarge', 'The policy exceeds the maximum allowed document size.');
  const policy = body.toString('utf8');
  const document = parsePolicy(policy, 'resource', 'MalformedPolicy');
  for (const { actions, resources } of document.statements) {
    if (actions.patterns.some((pattern) => pattern !== '*' && !/^s3:/i.test(pattern))) throw new AwsError(400, 'MalformedPolicy', 'Policy has invalid action');
    if (resources?.patterns.some((pattern) => !isOf(bucket.name, pattern)) === true) throw new AwsError(400, 'MalformedPolicy', 'Policy has invalid resource');
  }
  if (bucket.settings.publicAccessBlock?.BlockPublicPolicy === true && isPublicPolicy(document)) throw accessDenied();
  await configure(request, bucket, { policy });
  sendEmpty(response, 204);
};

export const deletePolicy: Handler = async (request, response) => {
  const bucket = authorizeBucket(request, 's3:DeleteBucketPolicy');
  await configure(request, bucket, { policy: undefined });
  sendEmpty(response, 204);
};

export const getPolicyStatus: Handler = (request, response) => {
  const bucket = authorizeBucket(request, 's3:GetBucketPolicyStatus');
  if (bucket.policy === undefined) throw notConfigured('NoSuchBucketPolicy', 'The bucket policy does not exist', bucket);
  sendXml(response, 200, xmlDocument('PolicyStatus', leaf('IsPublic', isPublicPolicy(bucket.policy))));
};

/** A bucket policy speaks about its own bucket alone. */
function isOf(bucket: string, pattern: string): boolean {
  const arn = bucketArn(bucket);
  return pattern === arn || pattern === `${arn}*` || pattern.startsWith(`${arn}/`);
}
