/** Bodies and headers of the REST routes as inputs of procedures. What fits no schema is refused by the procedure's own. */
import { HqError } from '@hq/shared/errors';
import type { RestRequest } from './route.ts';

function objectIn(body: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body ?? '');
    // An object from JSON.parse: its keys are strings, its values are whatever they are.
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  } catch {
    // Told below, together with everything else that is no object.
  }
  throw new HqError('BAD_REQUEST', 'The body has to be a JSON object.', { hint: 'Send {…} with the header "Content-Type: application/json".' });
}

/** `{content, contentType?}`. */
export function filePut(body: string | undefined): { content: string; contentType?: string } {
  const { content, contentType } = objectIn(body);
  if (typeof content !== 'string')
    throw new HqError('BAD_REQUEST', '"content" has to be the file in base64.', { hint: 'Encode it as RFC 4648 section 4 says, with padding.' });
  if (contentType !== undefined && typeof contentType !== 'string')
    throw new HqError('BAD_REQUEST', '"contentType" has to be a text.', { hint: 'For example "text/plain"; leave it out for bytes of any kind.' });
  return { content, ...(contentType === undefined ? {} : { contentType }) };
}

/** `{refreshToken}`. */
export function refreshBody(body: string | undefined): { refreshToken: string } {
  const { refreshToken } = objectIn(body);
  if (typeof refreshToken !== 'string')
    throw new HqError('BAD_REQUEST', '"refreshToken" has to be the token from the last sign-in or refresh.', { hint: 'Sign in again if it is lost.' });
  return { refreshToken };
}

/** `If-Match: "etag"` and `If-None-Match: *` (RFC 9110 section 13.1). Other forms are refused: ignoring a condition would overwrite. */
export function conditionOf(headers: RestRequest['headers']): { ifMatch?: string; ifNoneMatch?: '*' } {
  const ifMatch = headers['if-match'];
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*')
    throw new HqError('BAD_REQUEST', 'If-None-Match takes "*" only.', { hint: 'Send it to write only where nothing is.' });
  const etag = typeof ifMatch === 'string' ? /^"([^"]+)"$/.exec(ifMatch.trim())?.[1] : undefined;
  if (ifMatch !== undefined && etag === undefined)
    throw new HqError('BAD_REQUEST', 'If-Match takes one ETag in quotes.', { hint: 'Send the ETag as it was answered.' });
  return { ...(etag === undefined ? {} : { ifMatch: etag }), ...(ifNoneMatch === '*' ? { ifNoneMatch: '*' as const } : {}) };
}
