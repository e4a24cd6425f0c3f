/** The ways in which `x-amz-content-sha256` can speak about a body. https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
import { AwsError } from '../http/aws-error.ts';

export type Payload =
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'hashed'; readonly sha256: string }
  | { readonly kind: 'chunked'; readonly signed: boolean; readonly trailer: boolean };

const MODES: ReadonlyMap<string, Payload> = new Map<string, Payload>([
  ['UNSIGNED-PAYLOAD', { kind: 'unsigned' }],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', { kind: 'chunked', signed: true, trailer: false }],
  ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', { kind: 'chunked', signed: true, trailer: true }],
  ['STREAMING-UNSIGNED-PAYLOAD-TRAILER', { kind: 'chunked', signed: false, trailer: true }],
]);

/** Reads the header. @throws AwsError 400 `InvalidArgument` for anything else. */
export function readPayload(header: string): Payload {
  const mode = MODES.get(header);
  if (mode) return mode;
  if (/^[0-9a-f]{64}$/i.test(header)) return { kind: 'hashed', sha256: header.toLowerCase() };
  throw new AwsError(
    400,
    'InvalidArgument',
    'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, a STREAMING-… mode of AWS4-HMAC-SHA256, or a valid sha256 value.',
    {
      ArgumentName: 'x-amz-content-sha256',
      ArgumentValue: header.slice(0, 128),
    },
  );
}
