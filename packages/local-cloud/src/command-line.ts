/** The arguments of `hq-local-cloud`. */
import { parseArgs } from 'node:util';

export const USAGE = `hq-local-cloud: S3, STS, KMS and SSM on this machine, for people who have keys to it

  hq-local-cloud --port N --data DIR --principals FILE [--host ADDRESS] [--region NAME] [--tls-cert FILE --tls-key FILE]

  --port N            where to listen; 0 takes a free port
  --data DIR          where everything is kept; made with mode 0700, used by one process at a time
  --principals FILE   who may do what: {"users": [{"name", "accessKeyId", "secretAccessKey", "policies": [IAM policies]}],
                      "roles": [{"name", "trust", "policies"}]}
  --host ADDRESS      127.0.0.1 unless told
  --region NAME       us-east-1 unless told
  --tls-cert, --tls-key   PEM files; with both it speaks HTTPS
  --help              this text

SIGINT and SIGTERM finish what was begun and stop it.
`;

export interface Arguments {
  readonly port: number;
  readonly data: string;
  readonly principals: string;
  readonly host: string;
  readonly region: string;
  /** PEM files. */
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
}

/** The arguments cannot be understood; the message says what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Reads them; `help` where that was asked for. @throws UsageError */
export function readArguments(args: readonly string[]): Arguments | 'help' {
  const { values } = parse(args);
  if (values.help) return 'help';
  const { port, data, principals, host = '127.0.0.1', region = 'us-east-1', 'tls-cert': cert, 'tls-key': key } = values;
  if (port === undefined || data === undefined || principals === undefined) throw new UsageError('--port, --data and --principals are needed (see --help)');
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new UsageError(`--port must be a number from 0 to 65535, not ${port}`);
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) throw new UsageError(`--region must look like us-east-1, not ${region}`);
  if ((cert === undefined) !== (key === undefined)) throw new UsageError('--tls-cert and --tls-key belong together');
  return { port: Number(port), data, principals, host, region, tls: cert !== undefined && key !== undefined ? { cert, key } : undefined };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: { port: text, data: text, principals: text, host: text, region: text, 'tls-cert': text, 'tls-key': text, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : 'the arguments are wrong'} (see --help)`);
  }
}
