/** PostObject: uploads from an HTML form, where the signature covers a policy and the policy covers the fields. An SDK sends none, so the gate's verbs don't. */
import { createHmac } from 'node:crypto';
import type { Stranger } from './callers.ts';
import type { Credentials, Engine } from './engine.ts';
import type { Breach, Tally } from './gate.ts';
import type { Target } from './s3-attempts.ts';

interface Form {
  /** Where it is sent. */
  readonly bucket: string;
  /** The field `key`. */
  readonly key: string;
  /** What the policy says of bucket and key. */
  readonly conditions: readonly unknown[];
  readonly fileName?: string;
  /** Seconds for which the policy holds. */
  readonly lives?: number;
  /** What its holder changes after it was signed. */
  readonly change?: (fields: Record<string, string>) => void;
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** Sends a form, signed by these credentials or by nobody, and gives the status and the error's code. */
export async function sendForm(
  engine: Engine,
  { bucket, key, conditions, fileName = 'file.txt', lives = 60, change }: Form,
  credentials: Credentials | undefined,
) {
  const now = Date.now() + engine.ahead();
  const fields: Record<string, string> = { key };
  if (credentials !== undefined) {
    const date = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const scope = `${date.slice(0, 8)}/us-east-1/s3/aws4_request`;
    Object.assign(fields, {
      'x-amz-algorithm': 'AWS4-HMAC-SHA256',
      'x-amz-credential': `${credentials.accessKeyId}/${scope}`,
      'x-amz-date': date,
      'x-amz-security-token': credentials.sessionToken,
    });
    const exact = Object.entries(fields).filter(([name]) => name !== 'key');
    const policy = {
      expiration: new Date(now + lives * 1000).toISOString(),
      conditions: [...conditions, ...exact.map(([name, value]) => ({ [name]: value }))],
    };
    const signed = Buffer.from(JSON.stringify(policy)).toString('base64');
    const signingKey = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${credentials.secretAccessKey}`);
    Object.assign(fields, { policy: signed, 'x-amz-signature': hmac(signingKey, signed).toString('hex') });
  }
  change?.(fields);
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append('file', new Blob(['taken']), fileName);
  const answer = await fetch(`${engine.endpoint}/${bucket}`, { method: 'POST', body, redirect: 'manual' });
  return { status: answer.status, code: /<Code>([^<]+)<\/Code>/.exec(await answer.text())?.[1] ?? '' };
}

/** Forms by which each stranger could put something into the target. */
export async function tryForms(engine: Engine, strangers: readonly Stranger[], target: Omit<Target, 'own'>, own: Target['own']): Promise<Tally> {
  const { bucket, key, folder } = target;
  const anyKey = ['starts-with', '$key', ''];
  const forms: Readonly<Record<string, Form>> = {
    'a form for the object': { bucket, key, conditions: [{ bucket }, { key }] },
    'a form for any key': { bucket, key: `${folder}planted.txt`, conditions: [{ bucket }, anyKey] },
    'a form that the file’s name leads there': { bucket, key: '${filename}', conditions: [{ bucket }, anyKey], fileName: 'planted.txt' },
    'a form for a folder of one’s own, and a key elsewhere': { bucket, key, conditions: [{ bucket }, ['starts-with', '$key', own.key]] },
    'a form for one’s own bucket, sent to another': { bucket, key, conditions: [{ bucket: own.bucket }, anyKey] },
  };
  const breaches: Breach[] = [];
  let attempts = 0;
  for (const stranger of strangers) {
    for (const [verb, form] of Object.entries(forms)) {
      attempts++;
      const outcome = await sendForm(engine, form, stranger.credentials);
      const refused = (outcome.status === 403 || outcome.status === 400) && [...stranger.codes, 'AccessDenied'].includes(outcome.code);
      if (!refused) breaches.push({ who: stranger.name, verb, outcome });
    }
  }
  return { attempts, breaches };
}

/** What the holder of a form could make of it: it was signed by someone who may write all of `folder`, for uploads to the `inbox/` in it. */
export async function misuseForm(engine: Engine, signer: Credentials, { bucket, folder, key }: Pick<Target, 'bucket' | 'folder' | 'key'>): Promise<Tally> {
  const inbox = `${folder}inbox/`;
  const conditions = [{ bucket }, ['starts-with', '$key', inbox], ['content-length-range', 1, 100]];
  const form: Form = { bucket, key: `${inbox}file.txt`, conditions };
  const widened = (fields: Record<string, string>): void => {
    const policy = JSON.parse(Buffer.from(fields['policy'] ?? '', 'base64').toString()) as { conditions: unknown[] };
    policy.conditions[1] = ['starts-with', '$key', ''];
    fields['policy'] = Buffer.from(JSON.stringify(policy)).toString('base64');
    fields['key'] = key;
  };
  const misuses: Readonly<Record<string, Form>> = {
    'another key': { ...form, key },
    'the inbox without its slash': { ...form, key: inbox.slice(0, -1) },
    'a file’s name instead of the key': { ...form, key: '${filename}', fileName: key },
    'a policy that was widened': { ...form, change: widened },
    'a policy that has ended': { ...form, lives: -1 },
    'a field that the policy does not name': { ...form, change: (fields) => void (fields['success_action_redirect'] = 'http://127.0.0.1/') },
    'more than the policy takes': { ...form, conditions: [...conditions, ['content-length-range', 1, 2]] },
    'the form without its policy': { ...form, change: (fields) => void delete fields['policy'] },
  };
  const breaches: Breach[] = [];
  for (const [verb, misuse] of Object.entries(misuses)) {
    const outcome = await sendForm(engine, misuse, signer);
    if (outcome.status !== 403 && outcome.status !== 400) breaches.push({ who: 'the holder of a form', verb, outcome });
  }
  return { attempts: Object.keys(misuses).length, breaches };
}
