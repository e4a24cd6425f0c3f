/** What all AWS clients of one process share: one pool of connections, bounded patience, and the endpoint where it is not AWS itself. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { NodeHttpHandler } from '@smithy/node-http-handler';

export interface AwsIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface AwsOptions {
  readonly region: string;
  /** Of local-cloud; absent on AWS, where the SDK knows. */
  readonly endpoint?: string | undefined;
  /** The broker's own; absent on AWS, where the machine's role gives them. */
  readonly credentials?: AwsIdentity | undefined;
}

/** The part of a client's configuration that is the same for every service. */
export interface AwsClientConfig {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: AwsIdentity;
  readonly requestHandler: NodeHttpHandler;
  readonly maxAttempts: number;
}

const maxSockets = 64;

/** Make it once a process and hand it to every adapter. */
export function awsClientConfig({ region, endpoint, credentials }: AwsOptions): AwsClientConfig {
  return {
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 3000,
      requestTimeout: 60_000,
      throwOnRequestTimeout: true,
      httpAgent: new HttpAgent({ keepAlive: true, maxSockets }),
      httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets }),
    }),
    maxAttempts: 3,
  };
}
