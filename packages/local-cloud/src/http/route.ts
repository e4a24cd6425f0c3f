/** Which service a request is for. All four live on one port, so the request itself must say it. */
import type { Service } from '../services/service.ts';
import type { WireRequest } from '../sigv4/wire-request.ts';

export type ServiceName = Service['name'];

const TARGETS: ReadonlyMap<string, ServiceName> = new Map([
  ['TrentService', 'kms'],
  ['AmazonSSM', 'ssm'],
]);

/** For a request that carries no readable signature: whose refusal it should get. A signed request goes where its signature's scope says and nowhere else. */
export function guessService(request: WireRequest): ServiceName {
  const target = request.headers.get('x-amz-target');
  if (target !== undefined) return TARGETS.get(target.split('.')[0] ?? '') ?? 's3';
  const isForm = request.headers.get('content-type')?.toLowerCase().startsWith('application/x-www-form-urlencoded') ?? false;
  const isAction = request.query.some(({ name }) => name === 'Action');
  return request.rawPath === '/' && ((request.method === 'POST' && isForm) || isAction) ? 'sts' : 's3';
}
