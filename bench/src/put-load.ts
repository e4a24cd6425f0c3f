/** A load of small PUTs, signed, over keep-alive connections: the same bytes to each server, by the same client. */
import { Agent, request } from 'node:http';
import { createHash } from 'node:crypto';
import { nodeHashing } from '@hq/sdk/node/hashing';
import { createSigner, type SigningCredentials } from '@hq/sdk/transfer/sigv4';

export interface PutLoad {
  readonly endpoint: string;
  readonly bucket: string;
  readonly credentials: SigningCredentials;
  readonly count: number;
  readonly bytes: number;
  readonly inFlight: number;
  /** Before every key, so that rounds don't overwrite each other. */
  readonly prefix: string;
}

/** Sends the load and resolves when the last answer is there. Fails on the first answer that isn't 200. */
export async function putMany({ endpoint, bucket, credentials, count, bytes, inFlight, prefix }: PutLoad): Promise<void> {
  const { hostname, port, host } = new URL(endpoint);
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  const signer = createSigner('us-east-1', nodeHashing);
  const body = Buffer.alloc(bytes, 'hq');
  const payloadHash = createHash('sha256').update(body).digest('hex');
  const one = (index: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const path = `/${bucket}/${prefix}/${index}.bin`;
      const headers: Record<string, string> = { host, 'content-length': String(bytes) };
      signer.sign({ method: 'PUT', path, query: '', headers, payloadHash }, credentials, Math.floor(Date.now() / 1000));
      const call = request({ agent, hostname, port, method: 'PUT', path, headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`PUT answered ${answer.statusCode}: ${text}`))));
      });
      call.on('error', reject);
      call.end(body);
    });

  const lane = async (_: unknown, first: number): Promise<void> => {
    for (let index = first + 1; index < count; index += inFlight) await one(index);
  };
  try {
    // The first alone: rclone answers 500 to PUTs that race to make one folder.
    await one(0);
    await Promise.all(Array.from({ length: inFlight }, lane));
  } finally {
    agent.destroy();
  }
}
