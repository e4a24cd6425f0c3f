/** The gate itself, for any engine: who must not get in tries every verb, nothing succeeds, each refusal is the expected one, and nothing has changed. */
import { DeleteObjectsCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Stranger } from './callers.ts';
import { outcomeOf, type Outcome } from './refusal.ts';
import { bucketAttempts, listAttempts, objectAttempts, type Attempt, type Target } from './s3-attempts.ts';

/** What came of one attempt, where it is not as it must be. */
export interface Breach {
  readonly who: string;
  readonly verb: string;
  readonly outcome: unknown;
}

export interface Tally {
  readonly attempts: number;
  readonly breaches: readonly Breach[];
}

/** Verbs that an engine answers in its own way although nothing gets through, each with why. */
export type Quirks = Readonly<Record<string, { readonly codes: readonly string[]; readonly why: string }>>;

const verbs: Readonly<Record<string, Attempt>> = { ...objectAttempts, ...listAttempts, ...bucketAttempts };

/** A HEAD's refusal has no body: the SDK then names it by its status. */
const bodiless = new Set(['Forbidden', '403', 'UnknownError', 'Unknown']);

function asExpected(outcome: Outcome, codes: readonly string[], quirk: readonly string[] = []): boolean {
  if ('succeeded' in outcome) return false;
  const { code, status } = outcome.refused;
  return ((status === 403 || status === 400) && (codes.includes(code) || bodiless.has(code))) || quirk.includes(code);
}

/** Every verb, by each stranger. */
export async function tryEverything(
  strangers: readonly Stranger[],
  target: Omit<Target, 'own'>,
  ownOf: (stranger: Stranger) => Target['own'],
  quirks: Quirks = {},
): Promise<Tally> {
  const breaches: Breach[] = [];
  let attempts = 0;
  for (const stranger of strangers) {
    const aim: Target = { ...target, own: ownOf(stranger) };
    for (const [verb, attempt] of Object.entries(verbs)) {
      attempts++;
      const outcome = await outcomeOf(() => attempt(stranger.client, aim));
      if (!asExpected(outcome, stranger.codes, quirks[verb]?.codes)) breaches.push({ who: stranger.name, verb, outcome });
    }
    // DeleteObjects answers 200 and refuses key by key.
    attempts++;
    const batch = await outcomeOf(async () => {
      const { Deleted, Errors } = await stranger.client.send(
        new DeleteObjectsCommand({ Bucket: aim.bucket, Delete: { Objects: [{ Key: aim.key }, { Key: aim.uploadKey }] } }),
      );
      const refused = Errors?.every(({ Code = '' }) => Code === 'AccessDenied' || stranger.codes.includes(Code)) === true && Errors.length === 2;
      if (refused && (Deleted ?? []).length === 0) throw Object.assign(new Error(), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
      return { Deleted, Errors };
    });
    if (!asExpected(batch, stranger.codes, quirks['DeleteObjects']?.codes)) breaches.push({ who: stranger.name, verb: 'DeleteObjects', outcome: batch });
  }
  return { attempts, breaches };
}

/** Presigned requests: the same refusals where the signature is in the query. */
export async function tryPresigned(strangers: readonly Stranger[], target: Omit<Target, 'own'>): Promise<Tally> {
  const { bucket: Bucket, key: Key, folder, uploadId: UploadId, uploadKey } = target;
  const links: Readonly<Record<string, (s: Stranger) => Promise<[string, RequestInit]>>> = {
    'presigned GetObject': async (s) => [await getSignedUrl(s.client, new GetObjectCommand({ Bucket, Key }), { expiresIn: 3600 }), {}],
    'presigned HeadObject': async (s) => [await getSignedUrl(s.client, new HeadObjectCommand({ Bucket, Key }), { expiresIn: 3600 }), { method: 'HEAD' }],
    'presigned PutObject': async (s) => [
      await getSignedUrl(s.client, new PutObjectCommand({ Bucket, Key }), { expiresIn: 3600 }),
      { method: 'PUT', body: 'taken' },
    ],
    'presigned UploadPart': async (s) => [
      await getSignedUrl(s.client, new UploadPartCommand({ Bucket, Key: uploadKey, UploadId, PartNumber: 1 }), { expiresIn: 3600 }),
      { method: 'PUT', body: 'taken' },
    ],
    'presigned ListObjectsV2': async (s) => [await getSignedUrl(s.client, new ListObjectsV2Command({ Bucket, Prefix: folder }), { expiresIn: 3600 }), {}],
  };
  const breaches: Breach[] = [];
  let attempts = 0;
  for (const stranger of strangers) {
    if (stranger.credentials === undefined) continue;
    for (const [verb, link] of Object.entries(links)) {
      attempts++;
      const [url, init] = await link(stranger);
      const answer = await fetch(url, init);
      const code = /<Code>([^<]+)<\/Code>/.exec(await answer.text())?.[1] ?? 'Forbidden';
      if (!asExpected({ refused: { code, status: answer.status } }, stranger.codes))
        breaches.push({ who: stranger.name, verb, outcome: { code, status: answer.status } });
    }
  }
  return { attempts, breaches };
}
