/**
 * Which verb a request is: the method, what it is addressed to, and its subresource. The table is closed: a subresource that is not here is refused,
 * never taken for the plain verb beside it.
 */
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from './buckets/buckets.ts';
import {
  deleteBucketTagging,
  deleteEncryption,
  deleteOwnership,
  deletePublicAccessBlock,
  getBucketTagging,
  getEncryption,
  getOwnership,
  getPublicAccessBlock,
  getVersioning,
  putBucketTagging,
  putEncryption,
  putOwnership,
  putPublicAccessBlock,
  putVersioning,
} from './buckets/configuration.ts';
import { listObjectsV1, listObjectsV2 } from './buckets/list-objects.ts';
import { listObjectVersions } from './buckets/list-versions.ts';
import { deletePolicy, getPolicy, getPolicyStatus, putPolicy } from './buckets/policy.ts';
import type { Handler } from './core.ts';
import { getBucketAcl, getObjectAcl, putBucketAcl, putObjectAcl } from './objects/acl.ts';
import { deleteObject, deleteObjects } from './objects/delete.ts';
import { getObject, headObject } from './objects/get.ts';
import { putObject } from './objects/put.ts';

interface Route {
  readonly handler: Handler;
  /** Query parameters beside the subresource that this verb understands. */
  readonly parameters: readonly string[];
}

const LISTING = ['prefix', 'delimiter', 'max-keys', 'encoding-type'];
const OVERRIDES = ['content-type', 'content-language', 'expires', 'cache-control', 'content-disposition', 'content-encoding'].map((name) => `response-${name}`);

function route(handler: Handler, ...parameters: readonly string[]): Route {
  return { handler, parameters };
}

/** `METHOD scope` or `METHOD scope ?subresource`. */
export const ROUTES: Readonly<Record<string, Route>> = {
  'GET service': route(listBuckets, 'max-buckets', 'prefix', 'continuation-token', 'bucket-region'),

  'PUT bucket': route(createBucket),
  'HEAD bucket': route(headBucket),
  'DELETE bucket': route(deleteBucket),
  'GET bucket': route(listObjectsV1, ...LISTING, 'marker'),
  'GET bucket ?list-type': route(listObjectsV2, ...LISTING, 'continuation-token', 'start-after', 'fetch-owner'),
  'GET bucket ?versions': route(listObjectVersions, ...LISTING, 'key-marker', 'version-id-marker'),
  'GET bucket ?location': route(getBucketLocation),
  'GET bucket ?versioning': route(getVersioning),
  'PUT bucket ?versioning': route(putVersioning),
  'GET bucket ?encryption': route(getEncryption),
  'PUT bucket ?encryption': route(putEncryption),
  'DELETE bucket ?encryption': route(deleteEncryption),
  'GET bucket ?publicAccessBlock': route(getPublicAccessBlock),
  'PUT bucket ?publicAccessBlock': route(putPublicAccessBlock),
  'DELETE bucket ?publicAccessBlock': route(deletePublicAccessBlock),
  'GET bucket ?ownershipControls': route(getOwnership),
  'PUT bucket ?ownershipControls': route(putOwnership),
  'DELETE bucket ?ownershipControls': route(deleteOwnership),
  'GET bucket ?tagging': route(getBucketTagging),
  'PUT bucket ?tagging': route(putBucketTagging),
  'DELETE bucket ?tagging': route(deleteBucketTagging),
  'GET bucket ?policy': route(getPolicy),
  'PUT bucket ?policy': route(putPolicy),
  'DELETE bucket ?policy': route(deletePolicy),
  'GET bucket ?policyStatus': route(getPolicyStatus),
  'GET bucket ?acl': route(getBucketAcl),
  'PUT bucket ?acl': route(putBucketAcl),
  'POST bucket ?delete': route(deleteObjects),

  'PUT object': route(putObject),
  'GET object': route(getObject, 'versionId', 'partNumber', ...OVERRIDES),
  'HEAD object': route(headObject, 'versionId', 'partNumber', ...OVERRIDES),
  'DELETE object': route(deleteObject, 'versionId'),
  'GET object ?acl': route(getObjectAcl, 'versionId'),
  'PUT object ?acl': route(putObjectAcl, 'versionId'),
};
