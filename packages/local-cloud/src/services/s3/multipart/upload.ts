/** CreateMultipartUpload, AbortMultipartUpload, and how the others find an upload. */
import { AwsError } from '../../../http/aws-error.ts';
import { authorizeObject } from '../access.ts';
import { algorithmNamed, type ChecksumAlgorithm } from '../checksum/algorithms.ts';
import { combines } from '../checksum/combine.ts';
import type { Handler, S3Request } from '../core.ts';
import { readDescription } from '../objects/description.ts';
import { encryptionHeaders, newDataKey } from '../objects/encryption.ts';
import { authorizePut } from '../objects/put.ts';
import { DEFAULT_ALGORITHM } from '../objects/take-body.ts';
import type { Bucket } from '../store/buckets.ts';
import type { Upload, UploadDetail } from '../store/uploads.ts';
import { invalidRequest } from '../wire/refusals.ts';
import { leaf, sendEmpty, sendXml, xmlDocument } from '../wire/xml.ts';

export const createMultipartUpload: Handler = async (request, response) => {
  const { core, call, key } = request;
  const description = readDescription(request);
  const bucket = authorizePut(request, description.tags, { 's3:ObjectCreationOperation': 'false' });
  const checksum = readChecksum(request);
  const { encryption } = newDataKey(request, bucket);
  const initiator = call.principal.kind === 'anonymous' ? 'anonymous' : call.principal.arn;
  const detail: UploadDetail = { ...description, encryption, initiator, checksum: checksum.kept, checksumAsked: checksum.asked };
  const upload = await core.commits.run(() => {
    core.buckets.mustStand(bucket);
    return core.uploads.begin(bucket.id, key, call.now, detail);
  });
  const headers: Record<string, string> = { ...encryptionHeaders(encryption) };
  if (checksum.asked) Object.assign(headers, { 'x-amz-checksum-algorithm': checksum.kept.algorithm, 'x-amz-checksum-type': checksum.kept.type });
  response.setHeaders(new Map(Object.entries(headers)));
  sendXml(response, 200, xmlDocument('InitiateMultipartUploadResult', leaf('Bucket', bucket.name), leaf('Key', key), leaf('UploadId', upload.id)));
};

export const abortMultipartUpload: Handler = async (request, response) => {
  const { core } = request;
  const bucket = authorizeObject(request, 's3:AbortMultipartUpload');
  const cleanUp = await core.commits.run(() => {
    const upload = findUpload(request, bucket);
    const parts = core.uploads.parts(upload);
    core.uploads.end(upload);
    return core.blobs.remove(parts.map((part) => part.segment.blob));
  });
  cleanUp();
  sendEmpty(response, 204);
};

/** The upload that the request names. @throws AwsError 404 `NoSuchUpload`. */
export function findUpload({ core, call, key }: S3Request, bucket: Bucket): Upload {
  const id = call.query.get('uploadId') ?? '';
  const upload = core.uploads.find(bucket.id, key, id);
  if (upload === undefined) throw noSuchUpload(id);
  return upload;
}

/** The refusal where no such upload is under way. */
export function noSuchUpload(id: string): AwsError {
  const message = 'The specified multipart upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.';
  return new AwsError(404, 'NoSuchUpload', message, { UploadId: id });
}

function readChecksum({ call }: S3Request): { asked: boolean; kept: NonNullable<UploadDetail['checksum']> } {
  const name = call.header('x-amz-checksum-algorithm');
  const type = call.header('x-amz-checksum-type')?.toUpperCase();
  if (name === undefined) {
    if (type !== undefined) throw invalidRequest('The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.');
    return { asked: false, kept: { algorithm: DEFAULT_ALGORITHM, type: 'FULL_OBJECT' } };
  }
  const algorithm = algorithmNamed(name);
  if (algorithm === undefined)
    throw invalidRequest('Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]');
  return { asked: true, kept: { algorithm, type: checksumType(algorithm, type) } };
}

function checksumType(algorithm: ChecksumAlgorithm, asked: string | undefined): 'FULL_OBJECT' | 'COMPOSITE' {
  const type = asked ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  const allowed = (type === 'FULL_OBJECT' && combines(algorithm)) || (type === 'COMPOSITE' && algorithm !== 'CRC64NVME');
  if (!allowed) throw invalidRequest(`The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`);
  return type;
}
