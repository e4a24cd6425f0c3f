/** Errors in S3's XML. HEAD and 304 have no body; the code then travels in the status alone, as on AWS. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hostId } from './request-ids.ts';
import { escapeXml, leaf } from './xml.ts';

/** Writes the refusal; see `Service.fail`. */
export function sendError(
  error: { readonly status: number; readonly code: string; readonly message: string; readonly fields: Readonly<Record<string, string>> },
  requestId: string,
  response: ServerResponse,
  message: IncomingMessage,
): void {
  response.setHeader('x-amz-request-id', requestId);
  response.setHeader('x-amz-id-2', hostId(requestId));
  if (message.method === 'HEAD' || error.status === 304) {
    response.writeHead(error.status);
    response.end();
    return;
  }
  const fields = Object.entries(error.fields).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
  const resource = (message.url ?? '/').split('?', 1)[0];
  const parts = [leaf('Code', error.code), leaf('Message', error.message), ...fields, leaf('Resource', resource)];
  const ids = leaf('RequestId', requestId) + leaf('HostId', hostId(requestId));
  const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n<Error>${parts.join('')}${ids}</Error>`);
  response.writeHead(error.status, { 'content-type': 'application/xml', 'content-length': body.byteLength });
  response.end(body);
}
