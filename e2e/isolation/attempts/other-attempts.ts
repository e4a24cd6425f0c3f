/** Attempts that are not at one object with good credentials: listings, a bucket's settings, and credentials that are not good, or no more. */
import type { Draw } from '../draw.ts';
import type { Credentials } from '../engine.ts';
import type { Answer } from '../signed-request.ts';
import type { Attempt } from './attempt.ts';
import type { Grant } from './grants.ts';
import { anyPath, objectAttempt } from './object-attempts.ts';
import { atLeast } from './rules-read-again.ts';
import type { VaultFacts, World } from './world.ts';

/** Names are data too: storage lists what a session says it lists, and no name in it that its person may not read. */
export function listAttempt(world: World, grant: Grant, other: VaultFacts, draw: Draw, at: number): Attempt {
  const goal = draw.chance(0.75) ? grant.vault : other;
  const session = draw.pick(grant.sessions);
  const path = anyPath(goal, draw);
  const folder = draw.chance(0.2) ? '' : path.slice(0, path.lastIndexOf('/', draw.chance(0.5) ? path.length : path.lastIndexOf('/') - 1) + 1);
  const prefix = draw.chance(0.2) ? undefined : goal.keyPrefix + (draw.chance(0.7) ? folder : folder.slice(0, -1));
  const versions = draw.chance(0.15);
  const wholeBucket = goal.keyPrefix === '' && session.list.includes('');
  const covered = goal === grant.vault && (wholeBucket || (prefix !== undefined && session.list.some((listed) => prefix.startsWith(goal.keyPrefix + listed))));
  const query: Record<string, string> = {
    ...(versions ? { versions: '' } : { 'list-type': '2' }),
    'encoding-type': 'url',
    ...(prefix === undefined ? {} : { prefix }),
    ...(draw.chance(0.3) ? { delimiter: '/' } : {}),
  };
  const check = ({ body }: Answer): string | undefined => {
    const keys = [...body.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => decodeURIComponent(key.replaceAll('+', ' ')));
    const hidden = keys.find((key) => !key.startsWith(goal.keyPrefix) || !atLeast(world.mayDo(grant.who, goal, key.slice(goal.keyPrefix.length), at), 'read'));
    return hidden === undefined ? undefined : `lists ${hidden}`;
  };
  const kind = covered && !versions ? 'listing what is open whole' : 'listing what is not';
  return { kind, request: { method: 'GET', bucket: goal.bucket, key: '', query }, credentials: session.credentials, allowed: covered && !versions, check };
}

const settings = ['policy', 'acl', 'versioning', 'encryption', 'cors', 'lifecycle', 'publicAccessBlock', 'tagging'] as const;

/** A bucket's own settings are nobody's, its own people's included. */
export function settingsAttempt(grant: Grant, other: VaultFacts, draw: Draw): Attempt {
  const { bucket } = draw.chance(0.5) ? grant.vault : other;
  const policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}]}';
  const reads = { method: 'GET', bucket, key: '', query: { [draw.pick(settings)]: '' } } as const;
  const changes = [
    { method: 'PUT', bucket, key: '', query: { policy: '' }, body: policy },
    { method: 'DELETE', bucket, key: '', query: { policy: '' } },
    { method: 'DELETE', bucket, key: '' },
  ] as const;
  const request = draw.chance(0.7) ? reads : draw.pick(changes);
  return { kind: 'a bucket’s settings', request, credentials: draw.pick(grant.sessions).credentials, allowed: false };
}

/** What would be allowed, under credentials that somebody has changed. */
export function tamperedAttempt(world: World, grant: Grant, elsewhere: Grant, draw: Draw, at: number): Attempt {
  const { request, credentials } = objectAttempt(world, grant, grant.vault, draw, at);
  const good = credentials ?? draw.pick(grant.sessions).credentials;
  const foreign = draw.pick(elsewhere.sessions).credentials;
  const { accessKeyId, secretAccessKey, sessionToken } = good;
  const versions: [kind: string, changed: Credentials | undefined][] = [
    // Not the last characters: their spare bits say nothing.
    ['a changed token', { ...good, sessionToken: flip(sessionToken, draw.upTo(sessionToken.length - 4)) }],
    ['a changed token', { ...good, sessionToken: sessionToken.slice(0, -1 - draw.upTo(40)) }],
    ['a changed token', { ...good, sessionToken: sessionToken + sessionToken.slice(-4) }],
    ['a changed secret', { ...good, secretAccessKey: flip(secretAccessKey, draw.upTo(secretAccessKey.length)) }],
    ['a made-up key', { ...good, accessKeyId: flip(accessKeyId, 4 + draw.upTo(accessKeyId.length - 4)) }],
    ['no signature', undefined],
  ];
  if (foreign.accessKeyId !== accessKeyId) {
    versions.push(
      ['another session’s token', { ...good, sessionToken: foreign.sessionToken }],
      ['another session’s token', { ...foreign, sessionToken }],
      ['another session’s secret', { ...good, secretAccessKey: foreign.secretAccessKey }],
    );
  }
  const [kind, changed] = draw.pick(versions);
  return { kind, request, credentials: changed, allowed: false };
}

function flip(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
}

/** What was allowed, under a session that has expired since. */
export function expiredAttempt(world: World, grant: Grant, draw: Draw, mintedAt: number): Attempt {
  const attempt = objectAttempt(world, grant, grant.vault, draw, mintedAt);
  return { kind: 'an expired session', request: attempt.request, credentials: attempt.credentials, allowed: false };
}
