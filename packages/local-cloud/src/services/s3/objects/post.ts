/** PostObject: an upload from an HTML form. Its fields stand where a PUT has headers; the policy that was signed says what they may be. */
import type { ServerResponse } from 'node:http';
import { AwsError } from '../../../http/aws-error.ts';
import type { Handler, S3Request } from '../core.ts';
import { checkKey } from '../wire/address.ts';
import { invalidArgument } from '../wire/refusals.ts';
import { parseXml } from '../wire/read-xml.ts';
import { leaf, sendEmpty, xmlDocument } from '../wire/xml.ts';
import { readDescription } from './description.ts';
import { encryptionHeaders, newDataKey } from './encryption.ts';
import { writtenVersionHeader } from './find.ts';
import { checkPostPolicy, type SizeRange } from './post-policy.ts';
import { authorizedConditions, authorizePut } from './put.ts';
import { storeVersion } from './store-version.ts';
import { parseTagging, type Tags } from './tag-set.ts';
import { checksumHeaders, takeRequestBody } from './take-body.ts';

const MAX_TAGS = 10;

/** What a field may be once the file's name stands in it: as much as all fields of a form may be before. */
const MAX_FIELD_LENGTH = 20_480;
const FILE_NAME = '${filename}';

/** The name is put in as it is: as a replacement text, `$'` in it would stand for a part of the field. */
function withFileName(value: string, fileName: string): string {
  const pieces = value.split(FILE_NAME);
  if (value.length + (pieces.length - 1) * fileName.length > MAX_FIELD_LENGTH) {
    throw new AwsError(400, 'MaxPostPreDataLengthExceeded', 'Your POST request fields preceding the upload file were too large.');
  }
  return pieces.join(fileName);
}

export const postObject: Handler = async (at, response) => {
  const { form } = at.call;
  if (form === undefined) {
    const message = 'Bucket POST must be of the enclosure-type multipart/form-data';
    throw new AwsError(412, 'PreconditionFailed', message, { Condition: message });
  }
  const fields = new Map([...form.fields].map(([name, value]) => [name, withFileName(value, form.fileName)]));
  const request = { ...at, key: readKey(fields) };
  const policy = form.fields.get('policy');
  const size = policy === undefined ? undefined : checkPostPolicy(policy, new Map(fields).set('bucket', at.bucket), at.call.now);
  const description = { ...readDescription(request), tags: readTags(fields) };
  const bucket = authorizePut(request, description.tags);
  const conditions = authorizedConditions(request);
  const key = newDataKey(request, bucket);
  const taken = await takeRequestBody(request, key, { body: size === undefined ? at.call.body : within(at.call.body, size) });
  const added = await storeVersion(request, bucket, conditions, taken, { ...description, encryption: key.encryption });
  const headers = { etag: `"${taken.etag}"`, ...checksumHeaders(taken.checksum), ...encryptionHeaders(key.encryption), ...writtenVersionHeader(added) };
  answer(request, response, fields, headers);
};

function readKey(fields: ReadonlyMap<string, string>): string {
  const key = fields.get('key') ?? '';
  if (key === '') {
    throw invalidArgument("Bucket POST must contain a field named 'key'. If it is specified, please check the order of the fields.", 'key', undefined);
  }
  checkKey(key);
  return key;
}

/** A form brings its tags as XML. */
function readTags(fields: ReadonlyMap<string, string>): Tags {
  const xml = fields.get('tagging');
  return xml === undefined ? {} : parseTagging(parseXml(xml, 'Tagging'), MAX_TAGS);
}

/** Passes a body on that keeps to a policy's `content-length-range`. @throws AwsError 400 `EntityTooLarge` or `EntityTooSmall` */
async function* within(body: AsyncIterable<Uint8Array>, { least, most }: SizeRange): AsyncGenerator<Uint8Array, void, undefined> {
  let length = 0;
  for await (const piece of body) {
    length += piece.byteLength;
    if (length > most) throw new AwsError(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', { MaxSizeAllowed: String(most) });
    yield piece;
  }
  if (length < least) {
    const allowed = { ProposedSize: String(length), MinSizeAllowed: String(least) };
    throw new AwsError(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', allowed);
  }
}

/** A redirect where the form asks for one that can be followed; else the status it asks for; else 204. */
function answer({ call, bucket, key }: S3Request, response: ServerResponse, fields: ReadonlyMap<string, string>, stored: Record<string, string>): void {
  const location = `${call.secure ? 'https' : 'http'}://${call.header('host') ?? ''}/${bucket}/${encodeURIComponent(key)}`;
  const etag = stored['etag'] ?? '';
  const redirect = readRedirect(fields.get('success_action_redirect') ?? fields.get('redirect'));
  if (redirect !== undefined) {
    for (const [name, value] of Object.entries({ bucket, key, etag })) redirect.searchParams.append(name, value);
    return sendEmpty(response, 303, { ...stored, location: redirect.href });
  }
  const status = fields.get('success_action_status');
  const headers = { ...stored, location };
  if (status !== '201') return sendEmpty(response, status === '200' ? 200 : 204, headers);
  const body = Buffer.from(xmlDocument('PostResponse', leaf('Location', location), leaf('Bucket', bucket), leaf('Key', key), leaf('ETag', etag)));
  response.writeHead(201, { ...headers, 'content-type': 'application/xml', 'content-length': body.byteLength });
  response.end(body);
}

function readRedirect(address: string | undefined): URL | undefined {
  const url = address === undefined ? null : URL.parse(address);
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') ? url : undefined;
}
