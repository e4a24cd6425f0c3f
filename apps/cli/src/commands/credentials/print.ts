/** `hq credentials`: short-lived, narrowed credentials for tools that speak S3 themselves: the AWS CLI, rclone, any SDK. */
import { HqError } from '@hq/shared/errors';
import { canonicalPath } from '@hq/shared/path';
import { toIso } from '@hq/shared/time';
import { readDuration } from '../../durations.ts';
import { oneOf } from '../../one-of.ts';
import { defineVerb, vaultOptions } from '../../verb.ts';

const formats = ['env', 'json', 'process'] as const;

/** Quoted for a POSIX shell, whatever is in it. */
function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

export default defineVerb({
  summary: 'Print short-lived credentials for S3 tools',
  details: [
    'env      lines for a shell:  eval "$(hq credentials --format env --access write)"',
    'process  for ~/.aws/config:  credential_process = hq credentials --format process --access write',
    'json     everything, also where the rules need several sessions',
    'rclone needs RCLONE_S3_SERVER_SIDE_ENCRYPTION=aws:kms beside these: the ETag of an encrypted object is not its MD5, and it has to know.',
  ].join('\n'),
  options: {
    ...vaultOptions,
    vault: { type: 'string', value: 'NAME', help: 'The same as --org' },
    format: { type: 'string', value: 'FORMAT', help: 'env, json or process (default: env)' },
    path: { type: 'string', value: 'PATH', help: 'Only this file or folder (it ends in "/"); the whole vault when absent' },
    access: { type: 'string', value: 'ACCESS', help: 'read or write (default: read)' },
    for: { type: 'string', value: 'TIME', help: 'How long, 15m to 1h (default: 15m)' },
  },
  run: async ({ hq, vault, out }, { options }) => {
    const format = oneOf('A format', formats, options.format ?? (out.json ? 'json' : 'env'));
    const access = oneOf('An access', ['read', 'write'], options.access ?? 'read');
    const cone = canonicalPath(options.path ?? '');
    const { selector } = await vault(options.org ?? options.vault);
    const duration = options.for === undefined ? {} : { durationSeconds: readDuration(options.for) };
    const grant = await (await hq()).api.credentials.issue.mutate({ vault: selector, cone, access, ...duration });
    if (format === 'json') return out.data(grant, () => JSON.stringify(grant, null, 2));

    const [session, another] = grant.sessions;
    if (session === undefined || another !== undefined) {
      throw new HqError('SCOPE_TOO_LARGE', `The rules there need ${grant.sessions.length} sessions, and this format holds one.`, {
        hint: 'Name a smaller --path, or use --format json.',
      });
    }
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = session.credentials;
    if (format === 'process') {
      const answer = { Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken, Expiration: toIso(expiration) };
      return out.data(answer, () => JSON.stringify(answer));
    }
    const variables: Record<string, string> = {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
      AWS_REGION: grant.region,
      AWS_DEFAULT_REGION: grant.region,
      ...(grant.endpoint === null ? {} : { AWS_ENDPOINT_URL: grant.endpoint }),
      HQ_BUCKET: grant.bucket,
      HQ_PREFIX: grant.keyPrefix,
    };
    return out.data(variables, () => Object.entries(variables).map(([name, value]) => `export ${name}=${shellQuoted(value)}`));
  },
});
