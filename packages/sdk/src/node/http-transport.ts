/**
 * Storage over `node:http`. A fetch costs about three times as much CPU a request (Request, Headers, web streams), which for thousands of small files is most of
 * the work; here a request is a few headers on a connection that is open already.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Transport, WireRequest, WireResponse } from '../transfer/transport.ts';

/** How long (in milliseconds) a connection may stay silent while an answer is due. */
const silenceMs = 60_000;

/** Node works out a TLS name for every request, also where there is no TLS; an empty one spares it that. */
const noServerName = { servername: '' };

export interface NodeTransportOptions {
  /** The most connections to one origin at a time. */
  readonly connections?: number;
}

/** A transport over `node:http` and `node:https`. */
export function nodeTransport({ connections = 64 }: NodeTransportOptions = {}): Transport {
  const options = { keepAlive: true, maxSockets: connections, maxFreeSockets: connections, scheduling: 'lifo' } as const;
  const http = new HttpAgent(options);
  const https = new HttpsAgent(options);
  const origins = new Map<string, { secure: boolean; hostname: string; port: string }>();

  const locate = (origin: string) => {
    let place = origins.get(origin);
    if (place === undefined) {
      const url = new URL(origin);
      place = { secure: url.protocol === 'https:', hostname: url.hostname.replace(/^\[|\]$/g, ''), port: url.port };
      origins.set(origin, place);
    }
    return place;
  };

  const send = (wire: WireRequest): Promise<WireResponse> =>
    new Promise((resolve, reject) => {
      const { secure, hostname, port } = locate(wire.origin);
      const { method, target: path, headers, body, signal } = wire;
      const facts = { method, hostname, port, path, headers, ...(signal === undefined ? {} : { signal }) };
      const request = secure ? httpsRequest({ ...facts, agent: https }) : httpRequest({ ...facts, agent: http, ...noServerName });
      request.on('response', (message) => resolve(answer(message)));
      request.on('error', reject);
      request.setTimeout(silenceMs, () => request.destroy(Object.assign(new Error('storage was silent for too long'), { code: 'ETIMEDOUT' })));
      request.end(body);
    });

  return {
    send,
    close: () => {
      http.destroy();
      https.destroy();
    },
  };
}

function answer(message: IncomingMessage): WireResponse {
  return {
    status: message.statusCode ?? 0,
    header: (name) => {
      const value = message.headers[name];
      return Array.isArray(value) ? value.join(',') : value;
    },
    headersAfter: (prefix) => {
      const found: Record<string, string> = {};
      for (const [name, value] of Object.entries(message.headers)) {
        // Node reads header bytes as Latin-1; what S3 clients send beyond ASCII is UTF-8.
        if (name.startsWith(prefix) && typeof value === 'string') found[name.slice(prefix.length)] = Buffer.from(value, 'latin1').toString('utf8');
      }
      return found;
    },
    body: message,
    text: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of message) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString('utf8');
    },
    discard: () =>
      new Promise((resolve, reject) => {
        if (message.readableEnded) return resolve();
        message.on('end', resolve);
        message.on('error', reject);
        message.on('close', resolve);
        message.resume();
        return undefined;
      }),
  };
}
