/** A signer for tests, written from the specification and sharing nothing with the verifier, so that requests can be bent in any place after signing. */
import { createHash, createHmac } from 'node:crypto';
import { request as send } from 'node:http';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Draft {
  method: string;
  /** Percent-encoded. */
  path: string;
  /** In canonical spelling and order already. */
  query: string;
  headers: Record<string, string>;
  body: string;
}

export interface SignOptions {
  readonly credentials: Credentials;
  readonly now?: number;
  readonly region?: string;
  readonly service?: string;
  /** `x-amz-content-sha256`; the body's hash unless told. */
  readonly payload?: string;
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The chain of a request: what chunk signatures go on from. */
export interface Chain {
  readonly key: Buffer;
  readonly date: string;
  readonly scope: string;
  readonly signature: string;
}

/** Adds the headers that sign a request for a host such as `127.0.0.1:8788`. */
export function sign(draft: Draft, host: string, { credentials, now = Date.now(), region = 'us-east-1', service = 's3', payload }: SignOptions): Chain {
  const date = `${new Date(now).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;
  const hash = payload ?? sha256(draft.body);
  Object.assign(draft.headers, { host, 'x-amz-date': date, 'x-amz-content-sha256': hash });
  if (credentials.sessionToken !== undefined) draft.headers['x-amz-security-token'] = credentials.sessionToken;
  const names = Object.keys(draft.headers).sort();
  const lines = names.map((name) => `${name}:${draft.headers[name]}\n`).join('');
  const canonical = `${draft.method}\n${draft.path}\n${draft.query}\n${lines}\n${names.join(';')}\n${hash}`;
  const scope = `${date.slice(0, 8)}/${region}/${service}/aws4_request`;
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${credentials.secretAccessKey}`) as Buffer;
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`).toString('hex');
  draft.headers['authorization'] = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { key, date, scope, signature };
}

/** A body of signed chunks, with a signed trailer where one is given as `name:value`. */
export function signedChunks(chain: Chain, chunks: readonly string[], trailer?: string): string {
  let previous = chain.signature;
  const signChunk = (algorithm: string, ...hashes: string[]): string => {
    previous = hmac(chain.key, [algorithm, chain.date, chain.scope, previous, ...hashes].join('\n')).toString('hex');
    return previous;
  };
  const framed = [...chunks, ''].map((chunk) => {
    const signature = signChunk('AWS4-HMAC-SHA256-PAYLOAD', sha256(''), sha256(chunk));
    return `${Buffer.byteLength(chunk).toString(16)};chunk-signature=${signature}\r\n${chunk}${chunk === '' ? '' : '\r\n'}`;
  });
  if (trailer === undefined) return `${framed.join('')}\r\n`;
  return `${framed.join('')}${trailer}\r\nx-amz-trailer-signature:${signChunk('AWS4-HMAC-SHA256-TRAILER', sha256(`${trailer}\n`))}\r\n\r\n`;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The `Code` of an error, or undefined. */
  readonly code: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Sends what the draft says, byte by byte. */
export function deliver(port: number, draft: Draft): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method, query, headers } = draft;
    const path = query === '' ? draft.path : `${draft.path}?${query}`;
    const length = { 'content-length': String(Buffer.byteLength(draft.body)) };
    const request = send(
      { port, host: '127.0.0.1', method, path, headers: draft.body === '' ? headers : { ...length, ...headers }, agent: false },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(parts).toString();
          resolve({ status: response.statusCode ?? 0, text, code: /<Code>(\w+)<\/Code>/.exec(text)?.[1], headers: response.headers });
        });
      },
    );
    request.on('error', reject).end(draft.body);
  });
}
