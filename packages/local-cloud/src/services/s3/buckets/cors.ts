/** Cross-origin requests: the configuration, preflights, and the headers on actual answers. https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html */
import type { ServerResponse } from 'node:http';
import { AwsError } from '../../../http/aws-error.ts';
import { authorizeBucket } from '../access.ts';
import type { Handler, S3Request } from '../core.ts';
import type { CorsRule } from '../store/buckets.ts';
import { readXmlBody } from '../wire/read-body.ts';
import { childrenNamed, childText, malformedXml, type XmlElement } from '../wire/read-xml.ts';
import { invalidRequest } from '../wire/refusals.ts';
import { branch, leaf, sendEmpty, sendXml, xmlDocument } from '../wire/xml.ts';
import { configure, notConfigured } from './configuration.ts';

const METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'];
const MAX_RULES = 100;

export const getCors: Handler = (request, response) => {
  const bucket = authorizeBucket(request, 's3:GetBucketCORS');
  const { cors } = bucket.settings;
  if (cors === undefined) throw notConfigured('NoSuchCORSConfiguration', 'The CORS configuration does not exist', bucket);
  sendXml(response, 200, xmlDocument('CORSConfiguration', ...cors.map(ruleXml)));
};

export const putCors: Handler = async (request, response) => {
  const bucket = authorizeBucket(request, 's3:PutBucketCORS');
  const cors = childrenNamed(await readXmlBody(request.call, 'CORSConfiguration'), 'CORSRule').map(readRule);
  if (cors.length === 0 || cors.length > MAX_RULES) throw malformedXml();
  await configure(request, bucket, { cors });
  sendEmpty(response, 200);
};

export const deleteCors: Handler = async (request, response) => {
  const bucket = authorizeBucket(request, 's3:PutBucketCORS');
  await configure(request, bucket, { cors: undefined });
  sendEmpty(response, 204);
};

/** A preflight: unsigned, and answered from the bucket's rules alone. A bucket that is missing and one without rules look the same. */
export function answerPreflight({ core, call, bucket }: S3Request, response: ServerResponse): void {
  const origin = call.header('origin');
  const method = call.header('access-control-request-method');
  if (origin === undefined) throw new AwsError(400, 'BadRequest', 'Insufficient information. Origin request header needed.');
  if (method === undefined || !METHODS.includes(method)) throw new AwsError(400, 'BadRequest', `Invalid Access-Control-Request-Method: ${method ?? 'null'}`);
  const rules = core.buckets.get(bucket)?.settings.cors;
  const resource = { Method: method, ResourceType: bucket === '' ? 'SERVICE' : 'BUCKET' };
  if (rules === undefined) throw new AwsError(403, 'AccessForbidden', 'CORSResponse: CORS is not enabled for this bucket.', resource);
  const asked = splitList(call.header('access-control-request-headers')).map((name) => name.toLowerCase());
  const rule = rules.find(
    (candidate) => fits(candidate, origin, method) && asked.every((name) => candidate.allowHeaders.some((pattern) => matches(pattern.toLowerCase(), name))),
  );
  if (rule === undefined) {
    const message =
      'CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource’s CORS spec.';
    throw new AwsError(403, 'AccessForbidden', message, resource);
  }
  sendEmpty(response, 200, { ...corsHeaders(rule, origin), ...(asked.length > 0 ? { 'access-control-allow-headers': asked.join(', ') } : {}) });
}

/** Puts the headers of the first rule that fits on the answer to an actual request. */
export function addCorsHeaders({ core, call, bucket }: S3Request, response: ServerResponse): void {
  const origin = call.header('origin');
  const rule = origin === undefined ? undefined : core.buckets.get(bucket)?.settings.cors?.find((candidate) => fits(candidate, origin, call.method));
  if (rule !== undefined && origin !== undefined) response.setHeaders(new Map(Object.entries(corsHeaders(rule, origin))));
}

function corsHeaders(rule: CorsRule, origin: string): Record<string, string> {
  const anybody = rule.origins.includes('*');
  return {
    'access-control-allow-origin': anybody ? '*' : origin,
    'access-control-allow-methods': rule.methods.join(', '),
    ...(anybody ? {} : { 'access-control-allow-credentials': 'true' }),
    ...(rule.exposeHeaders.length > 0 ? { 'access-control-expose-headers': rule.exposeHeaders.join(', ') } : {}),
    ...(rule.maxAge === undefined ? {} : { 'access-control-max-age': String(rule.maxAge) }),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  };
}

function fits(rule: CorsRule, origin: string, method: string): boolean {
  return rule.methods.includes(method) && rule.origins.some((pattern) => matches(pattern, origin));
}

/** A pattern has at most one `*`. */
function matches(pattern: string, text: string): boolean {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === text;
  const [head, tail] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return text.length >= head.length + tail.length && text.startsWith(head) && text.endsWith(tail);
}

function readRule(element: XmlElement): CorsRule {
  const texts = (name: string): string[] => childrenNamed(element, name).map((item) => item.text.trim());
  const [origins, methods, allowHeaders, exposeHeaders] = [texts('AllowedOrigin'), texts('AllowedMethod'), texts('AllowedHeader'), texts('ExposeHeader')];
  if (origins.length === 0 || methods.length === 0) throw malformedXml();
  const wrong = methods.find((method) => !METHODS.includes(method));
  if (wrong !== undefined) throw invalidRequest(`Found unsupported HTTP method in CORS config. Unsupported method is ${wrong}`);
  for (const pattern of [...origins, ...allowHeaders]) {
    if (pattern.split('*').length > 2) throw invalidRequest(`"${pattern}" can not have more than one wildcard.`);
  }
  if (exposeHeaders.some((name) => !/^[\w!#$%&'*+.^`|~-]+$/.test(name) || name.includes('*')))
    throw invalidRequest('ExposeHeader contains a wildcard or is not a header name.');
  const age = childText(element, 'MaxAgeSeconds')?.trim();
  if (age !== undefined && !/^\d{1,9}$/.test(age)) throw malformedXml();
  return { id: childText(element, 'ID'), origins, methods, allowHeaders, exposeHeaders, maxAge: age === undefined ? undefined : Number(age) };
}

function ruleXml(rule: CorsRule): string {
  return branch(
    'CORSRule',
    leaf('ID', rule.id),
    ...rule.allowHeaders.map((name) => leaf('AllowedHeader', name)),
    ...rule.methods.map((name) => leaf('AllowedMethod', name)),
    ...rule.origins.map((name) => leaf('AllowedOrigin', name)),
    ...rule.exposeHeaders.map((name) => leaf('ExposeHeader', name)),
    leaf('MaxAgeSeconds', rule.maxAge),
  );
}

function splitList(header: string | undefined): string[] {
  return (header ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
