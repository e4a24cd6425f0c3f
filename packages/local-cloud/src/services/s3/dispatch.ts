/** Finds the verb of a request in the table of routes. */
import type { Handler } from './core.ts';
import { ROUTES } from './routes.ts';
import type { Address } from './wire/address.ts';
import { invalidArgument, invalidRequest, methodNotAllowed, notImplemented } from './wire/refusals.ts';

/** Parameters that select another verb. Those that the table does not name are refused as not implemented. */
const SUBRESOURCES = new Set(
  [
    'accelerate acl analytics append attributes cors delete encryption intelligent-tiering inventory legal-hold lifecycle list-type location logging',
    'metadataConfiguration metadataInventoryTable metadataJournalTable metadataTable metrics notification object-lock ownershipControls policy policyStatus publicAccessBlock renameObject replication',
    'abac encryption-configuration object-encryption requestPayment restore retention select session tagging torrent uploadId uploads versioning versions website',
  ]
    .join(' ')
    .split(' '),
);

/** Parameters of some verb; one that comes with a verb that does not know it is refused. */
const PARAMETERS = new Set(Object.values(ROUTES).flatMap((route) => route.parameters));

/** The handler for a request. @throws AwsError 501, 405 or 400 where there is none. */
export function findHandler(method: string, address: Address, query: ReadonlyMap<string, string>, copy: boolean): Handler {
  const scope = address.bucket === undefined ? 'service' : address.key === undefined ? 'bucket' : 'object';
  const named = [...query.keys()].filter((name) => SUBRESOURCES.has(name));
  const subresource = named[0];
  if (named.length > 1) throw invalidRequest(`Conflicting query string parameters: ${named.join(', ')}`);
  const plain = subresource === undefined ? `${method} ${scope}` : `${method} ${scope} ?${subresource}`;
  const route = ROUTES[copy && method === 'PUT' && scope === 'object' ? `${plain} copy` : plain];
  if (route === undefined) throw subresource === undefined ? methodNotAllowed(method, scope.toUpperCase()) : notImplemented(`${method} ?${subresource}`);
  for (const [name, value] of query) checkParameter(name, value, route.parameters, subresource);
  if (subresource === 'list-type' && query.get('list-type') !== '2')
    throw invalidArgument('Invalid List Type specified in Request', 'list-type', query.get('list-type'));
  return route.handler;
}

/** Unknown parameters with a value are ignored, as on AWS (SDKs add their own); one without a value looks like a subresource of another day and is refused. */
function checkParameter(name: string, value: string, known: readonly string[], subresource: string | undefined): void {
  if (name === subresource || known.includes(name) || name.toLowerCase().startsWith('x-')) return;
  if (PARAMETERS.has(name)) throw invalidArgument(`This operation does not accept the query parameter ${name}.`, name, value);
  if (value === '') throw notImplemented(`?${name}`);
}
