/** The shapes of what the index holds. */
import type { ChecksumAlgorithm } from '../checksum/algorithms.ts';

/** A stored checksum: base64, with `-N` behind it when it is composite over N parts. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
}

/** How a body is encrypted. `wrapped` is the data key, sealed by KMS or by the root key (base64). */
export interface Encryption {
  readonly algorithm: 'AES256' | 'aws:kms';
  readonly wrapped: string;
  /** `aws:kms` only. */
  readonly keyArn?: string;
  readonly bucketKey?: boolean;
}

/** One blob of a body, in order. An object from a single PUT has one; a multipart object has one a part. */
export interface Segment {
  readonly blob: number;
  readonly size: number;
  /** Base64; see `sealed-chunks.ts`. */
  readonly salt: string;
  /** The part's number, multipart only. */
  readonly part?: number;
  /** Base64 checksum of the part, where the upload has an algorithm. */
  readonly checksum?: string;
}

/** What a client gave beside the body, and gets back. */
export interface Description {
  /** `content-type`, `cache-control` and their like, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** User metadata without `x-amz-meta-`, by lower-case name. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly storageClass: string;
}

export interface ObjectDetail extends Description {
  /** The multipart upload that made it: a repeated CompleteMultipartUpload is answered again. */
  readonly uploadId?: string;
  readonly encryption: Encryption;
  readonly segments: readonly Segment[];
  readonly checksum?: Checksum;
}

/** One version of a key. A delete marker has no detail. */
export interface Version {
  readonly key: string;
  /** Grows with each version of a key. */
  readonly number: number;
  /** `null` for the version that was made without versioning. */
  readonly versionId: string;
  readonly latest: boolean;
  /** Bytes. */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** Undefined for a delete marker. */
  readonly detail: ObjectDetail | undefined;
}

/** A version that has a body. */
export type ObjectVersion = Version & { readonly detail: ObjectDetail };
