/** What the front hands to a service, and what a service is. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Form } from '../http/form-body.ts';
import type { PolicyDocument } from '../iam/policy-document.ts';
import type { Principal } from '../principals/principal.ts';

/** One question to the evaluator. */
export interface Ask {
  /** For example `s3:GetObject`. */
  readonly action: string;
  /** The ARN; `*` for actions that name no resource. */
  readonly resource: string;
  /** Condition keys of this request that only the service knows, for example `s3:prefix` or `kms:EncryptionContext:…`. The front adds the global `aws:…` keys. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  /** The policy on the resource (a bucket policy, a key policy), where there is one. */
  readonly resourcePolicy?: PolicyDocument | undefined;
}

/** A request whose signature has been verified. */
export interface Call {
  /** `x-amz-request-id`. */
  readonly id: string;
  /** The raw request, for headers; its body must be read through `body`. */
  readonly message: IncomingMessage;
  readonly method: string;
  /** The path as it came on the wire: percent-encoded, never normalised, without the query. */
  readonly rawPath: string;
  /** Query parameters in order, decoded; the signature's own of a presigned request are left out. */
  readonly query: ReadonlyMap<string, string>;
  /** The value of a header, trimmed; undefined when it is absent. */
  header(name: string): string | undefined;
  /** The same, without those that a presigned URL carries in its query. */
  ownHeader(name: string): string | undefined;
  /** Names of all headers, lower case. */
  headerNames(): readonly string[];
  /** What was uploaded with an HTML form, whose fields stand among the headers and whose file is the body. Its signature is verified; what its policy says is not. */
  readonly form: Form | undefined;
  readonly principal: Principal;
  /**
   * The body, with `aws-chunked` framing removed. It throws an `AwsError` at the latest at its end if the length, the signed hash, a chunk's signature or a
   * trailing checksum does not hold: whoever stores it must not make it visible before it has ended well.
   */
  readonly body: AsyncIterable<Uint8Array>;
  /** The body's decoded length in bytes (`x-amz-decoded-content-length` or `content-length`); undefined when the client sent none. */
  readonly bodyLength: number | undefined;
  /** Trailing headers of an `aws-chunked` body, complete once `body` has ended. */
  readonly trailers: ReadonlyMap<string, string>;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** True over TLS. */
  readonly secure: boolean;
  /** @throws AwsError 403 `AccessDenied` unless the evaluator says Allow. */
  authorize(ask: Ask): void;
  /** The evaluator's answer, for batch operations that refuse entry by entry. */
  allows(ask: Ask): boolean;
}

export interface Service {
  /** The name in a SigV4 credential scope. */
  readonly name: 's3' | 'sts' | 'kms' | 'ssm';
  handle(call: Call, response: ServerResponse): Promise<void>;
  /**
   * Writes an error in the service's wire format. The front calls it for all that goes wrong before and in `handle`, unless headers were sent already. The front speaks
   * S3's words (`SignatureDoesNotMatch`, `AccessDenied`, `ExpiredToken`…); a service with other words for them translates here.
   */
  fail(
    error: { status: number; code: string; message: string; fields: Readonly<Record<string, string>> },
    requestId: string,
    response: ServerResponse,
    message: IncomingMessage,
  ): void;
  /** Flushes and closes files. */
  close(): Promise<void>;
}

/** What KMS offers to S3 and SSM inside the process: the same authorisation as over the wire, with `kms:ViaService` set. */
export interface KeyUse {
  /**
   * A fresh 256-bit data key. Authorises `kms:GenerateDataKey` for the caller on that key.
   * @throws AwsError where the caller may not, or the key is unknown, disabled or pending deletion.
   */
  generateDataKey(
    call: Call,
    keyArn: string,
    encryptionContext: Readonly<Record<string, string>>,
    viaService: 's3' | 'ssm',
  ): { plaintext: Uint8Array; ciphertext: Uint8Array };
  /** The data key back. Authorises `kms:Decrypt` on the key that wrapped it. */
  decryptDataKey(call: Call, ciphertext: Uint8Array, encryptionContext: Readonly<Record<string, string>>, viaService: 's3' | 'ssm'): Uint8Array;
  /** Encrypts up to 4 KiB under the key. Authorises `kms:Encrypt`. */
  encrypt(call: Call, keyArn: string, plaintext: Uint8Array, encryptionContext: Readonly<Record<string, string>>, viaService: 's3' | 'ssm'): Uint8Array;
  /** Authorises `kms:Decrypt`. */
  decrypt(call: Call, ciphertext: Uint8Array, encryptionContext: Readonly<Record<string, string>>, viaService: 's3' | 'ssm'): Uint8Array;
  /** A key id, key ARN or alias as the key's full ARN; an unknown one throws `NotFoundException`. */
  resolveKeyArn(nameOrArn: string): string;
}

/** Seals data that the service itself holds at rest and that belongs to no customer key (the default `AES256` of a bucket, for example). */
export interface RootKey {
  seal(plaintext: Uint8Array, associatedData: string): Uint8Array;
  open(sealed: Uint8Array, associatedData: string): Uint8Array;
}
