/** Buckets and their settings. Few and read on every request, so they are kept in memory; the data folder has one process. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { AwsError } from '../../../http/aws-error.ts';
import { parsePolicy } from '../../../iam/parse-policy.ts';
import type { PolicyDocument } from '../../../iam/policy-document.ts';
import type { Versioning } from './versions.ts';

export interface PublicAccessBlock {
  readonly BlockPublicAcls: boolean;
  readonly IgnorePublicAcls: boolean;
  readonly BlockPublicPolicy: boolean;
  readonly RestrictPublicBuckets: boolean;
}

export interface CorsRule {
  readonly id: string | undefined;
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  /** Seconds. */
  readonly maxAge: number | undefined;
}

/** What is configured on a bucket; an absent member was never set or was deleted. */
export interface BucketSettings {
  readonly versioning?: Versioning;
  readonly encryption?: { readonly algorithm: 'AES256' | 'aws:kms'; readonly keyArn?: string; readonly bucketKey: boolean };
  /** The policy as it was put. */
  readonly policy?: string;
  readonly publicAccessBlock?: PublicAccessBlock;
  readonly cors?: readonly CorsRule[];
  readonly ownership?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** As CreateBucket asked for it; empty in us-east-1. */
  readonly location?: string;
}

export interface Bucket {
  readonly id: number;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly settings: BucketSettings;
  /** `settings.policy`, parsed. */
  readonly policy: PolicyDocument | undefined;
}

export class Buckets {
  readonly #insert: StatementSync;
  readonly #delete: StatementSync;
  readonly #update: StatementSync;
  readonly #settings: StatementSync;
  readonly #named: StatementSync;
  readonly #byName = new Map<string, Bucket>();

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare('INSERT INTO buckets (name, created, settings) VALUES (?, ?, ?) RETURNING id');
    this.#delete = db.prepare('DELETE FROM buckets WHERE id = ?');
    this.#update = db.prepare('UPDATE buckets SET settings = ? WHERE id = ?');
    this.#named = db.prepare('SELECT 1 FROM buckets WHERE name = ?');
    this.#settings = db.prepare('SELECT settings FROM buckets WHERE id = ?');
    for (const row of db.prepare('SELECT * FROM buckets').all()) {
      const settings = JSON.parse(String(row['settings'])) as BucketSettings; // written by this class alone
      this.#remember(Number(row['id']), String(row['name']), Number(row['created']), settings);
    }
  }

  get(name: string): Bucket | undefined {
    return this.#byName.get(name);
  }

  /** Inside a commit: whether the name is taken. */
  exists(name: string): boolean {
    return this.#named.get(name) !== undefined;
  }

  /** By name, in byte order. */
  all(): Bucket[] {
    return [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1)); // bucket names are ASCII
  }

  /** Inside a commit. @returns what makes the bucket visible, to be called once it is committed. */
  create(name: string, created: number, settings: BucketSettings): () => void {
    const id = Number(this.#insert.get(name, created, JSON.stringify(settings))?.['id']);
    return () => this.#remember(id, name, created, settings);
  }

  /** Inside a commit. @returns what to call once it is committed. */
  remove(bucket: Bucket): () => void {
    this.#delete.run(bucket.id);
    return () => this.#byName.delete(bucket.name);
  }

  /** Inside a commit, before something is added to the bucket: it may have been deleted while the request waited. @throws AwsError 404 `NoSuchBucket`. */
  mustStand(bucket: Bucket): BucketSettings {
    const row = this.#settings.get(bucket.id);
    if (row === undefined) throw noSuchBucket(bucket.name);
    return JSON.parse(String(row['settings'])) as BucketSettings; // written by this class alone
  }

  /** Replaces settings, inside a commit; a member that is `undefined` is deleted. @returns what to call once it is committed. */
  configure(bucket: Bucket, change: { readonly [name in keyof BucketSettings]?: BucketSettings[name] | undefined }): () => void {
    const merged = { ...this.mustStand(bucket), ...change };
    const settings = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined)) as BucketSettings; // only absent members fell away
    this.#update.run(JSON.stringify(settings), bucket.id);
    return () => this.#remember(bucket.id, bucket.name, bucket.created, settings);
  }

  #remember(id: number, name: string, created: number, settings: BucketSettings): void {
    const policy = settings.policy === undefined ? undefined : parsePolicy(settings.policy, 'resource');
    this.#byName.set(name, { id, name, created, settings, policy });
  }
}

/** The refusal where no bucket has this name. */
export function noSuchBucket(name: string): AwsError {
  return new AwsError(404, 'NoSuchBucket', 'The specified bucket does not exist', { BucketName: name });
}
