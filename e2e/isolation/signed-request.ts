/**
 * Signed S3 requests by the ten thousand: Signature Version 4 and kept connections, and nothing of an SDK in between. Written for itself, so that a mistake in the
 * product's own signer can't cancel out here.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
import { createHash, createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { Credentials } from './engine.ts';

export interface SignedRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly bucket: string;
  /** Empty for the bucket itself. */
  readonly key: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What came back: enough to tell allowed from refused, and one object from another. */
export interface Answer {
  readonly status: number;
  /** The `Code` of an S3 error; empty where there is none (a success, or the refusal of a HEAD). */
  readonly code: string;
  readonly body: string;
  readonly versionId: string;
}

export interface Door {
  /** Sends under these credentials; undefined sends it unsigned. */
  send(sent: SignedRequest, credentials: Credentials | undefined): Promise<Answer>;
  close(): void;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const encode = (text: string): string => encodeURIComponent(text).replace(/[!'()*]/g, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`);
const encodeKey = (key: string): string => key.split('/').map(encode).join('/');

/** The value of `x-amz-copy-source`. */
export function copySource(bucket: string, key: string): string {
  return `${bucket}/${encodeKey(key)}`;
}

/** A door to one engine. `ahead`: milliseconds by which its clock is ahead of ours. */
export function openDoor(endpoint: string, ahead: () => number = () => 0): Door {
  const { hostname, port, host } = new URL(endpoint);
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const signingKeys = new Map<string, Buffer>();

  const signingKey = (secret: string, day: string): Buffer => {
    const name = day + secret;
    const known = signingKeys.get(name);
    if (known !== undefined) return known;
    const made = [day, 'us-east-1', 's3', 'aws4_request'].reduce((key, part) => createHmac('sha256', key).update(part).digest(), Buffer.from(`AWS4${secret}`));
    signingKeys.set(name, made);
    return made;
  };

  const sign = ({ method, headers = {}, body = '' }: SignedRequest, path: string, query: string, credentials: Credentials): Record<string, string> => {
    const date = new Date(Date.now() + ahead()).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
    const scope = `${date.slice(0, 8)}/us-east-1/s3/aws4_request`;
    const all: Record<string, string> = {
      ...headers,
      host,
      'x-amz-content-sha256': sha256(body),
      'x-amz-date': date,
      'x-amz-security-token': credentials.sessionToken,
    };
    const names = Object.keys(all).sort();
    const canonical = [method, path, query, ...names.map((name) => `${name}:${all[name]}`), '', names.join(';'), sha256(body)].join('\n');
    const text = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`;
    const signature = createHmac('sha256', signingKey(credentials.secretAccessKey, date.slice(0, 8)))
      .update(text)
      .digest('hex');
    return {
      ...all,
      authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
    };
  };

  return {
    send(sent, credentials) {
      const path = `/${sent.bucket}${sent.key === '' ? '' : `/${encodeKey(sent.key)}`}`;
      const query = Object.entries(sent.query ?? {})
        .map(([name, value]) => `${encode(name)}=${encode(value)}`)
        .sort()
        .join('&');
      const { method, body = '' } = sent;
      const headers: Record<string, string> = credentials === undefined ? { ...sent.headers } : sign(sent, path, query, credentials);
      if (method === 'PUT' || method === 'POST') headers['content-length'] = String(Buffer.byteLength(body));
      return new Promise((resolve, reject) => {
        const asked = request({ agent, hostname, port, method, path: query === '' ? path : `${path}?${query}`, headers }, (answer) => {
          let text = '';
          answer.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk));
          answer.on('error', reject).on('end', () => {
            const version = answer.headers['x-amz-version-id'];
            resolve({
              status: answer.statusCode ?? 0,
              code: /<Code>([^<]+)<\/Code>/.exec(text)?.[1] ?? '',
              body: text,
              versionId: typeof version === 'string' ? version : '',
            });
          });
        });
        asked.on('error', reject).end(body === '' ? undefined : body);
      });
    },
    close: () => agent.destroy(),
  };
}
