/** The condition keys that hold for a request whatever it asks for. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
import type { Principal } from '../principals/principal.ts';
import { parseAmzDate } from '../sigv4/amz-date.ts';
import type { Claim } from '../sigv4/claim.ts';

export interface RequestFacts {
  readonly service: string;
  readonly principal: Principal;
  /** Undefined for an unsigned request. */
  readonly claim: Claim | undefined;
  readonly region: string;
  readonly accountId: string;
  /** The socket's other end. */
  readonly remoteAddress: string | undefined;
  /** `TLSv1.3` and the like; undefined over plain HTTP. */
  readonly tls: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly header: (name: string) => string | undefined;
}

/** The value of a key, in lower case; undefined where this request has none. */
export function globalKey(facts: RequestFacts, key: string): string | undefined {
  if (key.startsWith('aws:principaltag/')) return tag(facts.principal, key.slice('aws:principaltag/'.length));
  if (key.startsWith('s3:')) return facts.service === 's3' ? s3Key(facts, key) : undefined;
  switch (key) {
    case 'aws:currenttime':
      return new Date(facts.now).toISOString();
    case 'aws:epochtime':
      return String(Math.floor(facts.now / 1000));
    case 'aws:securetransport':
      return String(facts.tls !== undefined);
    case 'aws:sourceip':
      return facts.remoteAddress?.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
    case 'aws:useragent':
      return facts.header('user-agent');
    case 'aws:referer':
      return facts.header('referer');
    case 'aws:requestedregion':
      return facts.region;
    case 'aws:resourceaccount':
      return facts.accountId;
    case 'aws:viaawsservice':
    case 'aws:principalisawsservice':
      return 'false';
    default:
      return principalKey(facts.principal, key);
  }
}

function principalKey(principal: Principal, key: string): string | undefined {
  if (principal.kind === 'anonymous') return key === 'aws:principaltype' ? 'Anonymous' : key === 'aws:userid' ? 'anonymous' : undefined;
  const session = principal.kind === 'session' ? principal : undefined;
  switch (key) {
    case 'aws:principalarn':
      return session ? session.roleArn : principal.arn;
    case 'aws:principalaccount':
    case 'kms:calleraccount':
      return principal.accountId;
    case 'aws:principaltype':
      return session ? 'AssumedRole' : 'User';
    case 'aws:userid':
      return principal.userId;
    case 'aws:username':
      return principal.kind === 'user' ? principal.name : undefined;
    case 'aws:sourceidentity':
      return session?.sourceIdentity;
    case 'aws:tokenissuetime':
      return session && new Date(session.issuedAt).toISOString();
    case 'aws:multifactorauthpresent':
      return session && 'false';
    default:
      return undefined;
  }
}

const AUTH_TYPES = { header: 'REST-HEADER', query: 'REST-QUERY-STRING', form: 'POST' } as const;

function s3Key(facts: RequestFacts, key: string): string | undefined {
  const { claim } = facts;
  switch (key) {
    case 's3:authtype':
      return claim && AUTH_TYPES[claim.carrier];
    case 's3:signatureversion':
      return claim && 'AWS4-HMAC-SHA256';
    case 's3:signatureage':
      return claim?.carrier === 'query' ? String(Math.max(0, facts.now - (parseAmzDate(claim.amzDate) ?? facts.now))) : undefined;
    case 's3:tlsversion':
      return /^TLSv(\d\.\d)$/.exec(facts.tls ?? '')?.[1];
    case 's3:resourceaccount':
      return facts.accountId;
    case 's3:x-amz-content-sha256':
      return facts.header('x-amz-content-sha256') ?? (claim?.carrier === 'query' ? 'UNSIGNED-PAYLOAD' : undefined);
    case 's3:if-match':
    case 's3:if-none-match':
      return facts.header(key.slice('s3:'.length));
    default:
      return key.startsWith('s3:x-amz-') ? facts.header(key.slice('s3:'.length)) : undefined;
  }
}

/** Names of tags are compared in any case, as AWS does with the names of condition keys. */
function tag(principal: Principal, name: string): string | undefined {
  if (principal.kind !== 'session') return undefined;
  return Object.entries(principal.tags).find(([key]) => key.toLowerCase() === name)?.[1];
}
