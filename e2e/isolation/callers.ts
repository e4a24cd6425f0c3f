/** Everyone who must not get in: sessions that are good elsewhere, and sessions that are not good. */
import type { S3Client } from '@aws-sdk/client-s3';
import { canonicalPath, root } from '@hq/shared/path';
import type { Vault } from '@hq/shared/vault';
import { s3Client, sessionFor, type Credentials, type Engine } from './engine.ts';

export interface Stranger {
  readonly name: string;
  readonly client: S3Client;
  readonly credentials: Credentials | undefined;
  /** What the refusal must be, by code; `AccessDenied` unless the credentials themselves are bad. */
  readonly codes: readonly string[];
}

const denied = ['AccessDenied'];

/** Changes one character of a text, so that it stays in its alphabet. */
function flip(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
}

/** Sessions that are good, in another place than the target's `team/`. */
export async function strangersElsewhere(engine: Engine, vault: Vault, others: Readonly<Record<string, Vault>>): Promise<Stranger[]> {
  const strangers: Stranger[] = [];
  const add = async (name: string, place: Vault, cone: string): Promise<void> => {
    const credentials = await sessionFor(engine, place, canonicalPath(cone), 'write');
    strangers.push({ name, client: s3Client(engine, credentials), credentials, codes: denied });
  };
  for (const [name, other] of Object.entries(others)) await add(name, other, '');
  await add('a session for a folder beside it', vault, 'other/');
  await add('a session for a folder whose name begins alike', vault, 'team-secret/');
  await add('a session for a folder with a shorter name', vault, 'tea/');
  await add('a session for a folder below it', vault, 'team/public/');
  await add('a session for one file beside it', vault, 'team/secret.txt.bak');
  return strangers;
}

/** Credentials that aren't good anywhere, made from one that is good for the target itself. */
export async function strangersWithBadCredentials(engine: Engine, vault: Vault, elsewhere: Vault): Promise<Stranger[]> {
  const good = await sessionFor(engine, vault, root, 'write');
  const foreign = await sessionFor(engine, elsewhere, root, 'write');
  const tokens = ['InvalidToken', 'InvalidTokenId', 'InvalidAccessKeyId', 'InvalidClientTokenId', 'SignatureDoesNotMatch', 'AccessDenied'];
  const bad = (name: string, credentials: Credentials, codes: readonly string[]): Stranger => ({
    name,
    client: s3Client(engine, credentials),
    credentials,
    codes,
  });
  const { sessionToken } = good;
  return [
    bad('a forged signature', { ...good, secretAccessKey: flip(good.secretAccessKey, 3) }, ['SignatureDoesNotMatch']),
    bad('a good key with another session’s token', { ...good, sessionToken: foreign.sessionToken }, tokens),
    ...(engine.sealsTokens
      ? [0.1, 0.5, 0.9].map((at) =>
          bad(`a token with a changed character at ${at}`, { ...good, sessionToken: flip(sessionToken, Math.floor(sessionToken.length * at)) }, tokens),
        )
      : []),
    bad('a token cut short', { ...good, sessionToken: sessionToken.slice(0, -8) }, tokens),
    bad('a made-up key', { accessKeyId: 'ASIAAAAAAAAAAAAAAAAA', secretAccessKey: good.secretAccessKey, sessionToken }, tokens),
    {
      name: 'nobody: an unsigned request',
      client: s3Client(engine, good, { signer: { sign: async (request) => request } }),
      credentials: undefined,
      codes: denied,
    },
  ];
}
