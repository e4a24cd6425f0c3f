/**
 * Access control lists, as on a bucket whose owner is enforced (AWS's default): the owner has full control, lists grant nothing to anybody else, and a request that
 * would say otherwise is refused. https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
 */
import { createHash } from 'node:crypto';
import { AwsError } from '../../../http/aws-error.ts';
import { authorizeBucket, authorizeObject, existingTagContext, versionContext } from '../access.ts';
import type { Handler, S3Request } from '../core.ts';
import { readBody } from '../wire/read-body.ts';
import { child, childrenNamed, childText, malformedXml, parseXml, type XmlElement } from '../wire/read-xml.ts';
import { branch, leaf, sendEmpty, sendXml, xmlDocument } from '../wire/xml.ts';
import { lookUp, mustHaveBody, readVersionId, versionHeader } from './find.ts';

const HARMLESS = new Set(['private', 'bucket-owner-full-control', 'bucket-owner-read']);

const GRANTS = ['full-control', 'read', 'read-acp', 'write', 'write-acp'].map((right) => `x-amz-grant-${right}`);

/** The canonical user id of the account: 64 hexadecimal digits. */
function ownerId(accountId: string): string {
  return createHash('sha256').update(`account ${accountId}`).digest('hex');
}

/** An `Owner` element. */
export function ownerXml(accountId: string, name = 'Owner'): string {
  return branch(name, leaf('ID', ownerId(accountId)), leaf('DisplayName', accountId));
}

/** Refuses ACL headers that would grant anything to anybody. */
export function refuseAcl({ call }: S3Request): void {
  const canned = call.header('x-amz-acl');
  const grants = GRANTS.some((name) => call.header(name) !== undefined);
  if (grants || (canned !== undefined && !HARMLESS.has(canned))) throw aclNotSupported();
}

function aclNotSupported(): AwsError {
  return new AwsError(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs');
}

export const getBucketAcl: Handler = (request, response) => {
  authorizeBucket(request, 's3:GetBucketAcl');
  sendXml(response, 200, aclXml(request.core.accountId));
};

export const putBucketAcl: Handler = async (request, response) => {
  authorizeBucket(request, 's3:PutBucketAcl');
  await acceptOwnersAcl(request);
  sendEmpty(response, 200);
};

export const getObjectAcl: Handler = (request, response) => {
  const version = authorizedVersion(request, 'Get');
  response.setHeaders(new Map(Object.entries(version.headers)));
  sendXml(response, 200, aclXml(request.core.accountId));
};

export const putObjectAcl: Handler = async (request, response) => {
  const version = authorizedVersion(request, 'Put');
  await acceptOwnersAcl(request);
  sendEmpty(response, 200, version.headers);
};

function authorizedVersion(request: S3Request, verb: 'Get' | 'Put'): { headers: Record<string, string> } {
  const versionId = readVersionId(request.call.query.get('versionId'));
  const known = request.core.buckets.get(request.bucket);
  const version = known && lookUp(request, known, request.key, versionId);
  const action = versionId === undefined ? `s3:${verb}ObjectAcl` : `s3:${verb}ObjectVersionAcl`;
  const bucket = authorizeObject(request, action, { ...existingTagContext(version?.detail?.tags), ...versionContext(versionId) });
  return { headers: versionHeader(bucket, mustHaveBody(request, version, versionId)) };
}

/** Accepts what is true anyway: a canned ACL without effect, or a list that grants the owner full control and nothing else. */
async function acceptOwnersAcl(request: S3Request): Promise<void> {
  refuseAcl(request);
  const body = await readBody(request.call);
  if (body.byteLength === 0) {
    if (request.call.header('x-amz-acl') === undefined) throw new AwsError(400, 'MissingSecurityHeader', 'Your request was missing a required header');
    return;
  }
  const policy = parseXml(body.toString('utf8'), 'AccessControlPolicy');
  const list = child(policy, 'AccessControlList');
  if (list === undefined) throw malformedXml();
  if (!childrenNamed(list, 'Grant').every((grant) => isOwners(grant, ownerId(request.core.accountId)))) throw aclNotSupported();
}

function isOwners(grant: XmlElement, owner: string): boolean {
  const grantee = child(grant, 'Grantee');
  return grantee !== undefined && childText(grantee, 'ID') === owner && childText(grant, 'Permission') === 'FULL_CONTROL';
}

function aclXml(accountId: string): string {
  const id = leaf('ID', ownerId(accountId)) + leaf('DisplayName', accountId);
  const grantee = `<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">${id}</Grantee>`;
  return xmlDocument('AccessControlPolicy', ownerXml(accountId), branch('AccessControlList', branch('Grant', grantee, leaf('Permission', 'FULL_CONTROL'))));
}
