/** What every procedure starts from: the ports of this deployment and the facts of this request. It fetches nothing. */
import type { RandomBytes } from '@hq/shared/ids';
import type { Clock } from '@hq/shared/time';
import type { AuditTrail } from './audit-trail.ts';
import type { PageTokens } from './operations/page-token.ts';
import type { Profiles } from './operations/profiles.ts';
import type { Identity } from './ports/identity.ts';
import type { Log } from './ports/log.ts';
import type { Mail } from './ports/mail.ts';
import type { Objects } from './ports/objects.ts';
import type { Sessions } from './ports/sessions.ts';
import type { RateLimiter } from './rate-limit.ts';
import type { Organization } from './stores/organizations.ts';
import type { Stores } from './stores/stores.ts';

/** Facts of a deployment that answers repeat. */
export interface Place {
  readonly region: string;
  /** Where clients reach storage; null on AWS, where they know. */
  readonly storageEndpoint: string | null;
  /** The bucket for a new organization. */
  readonly bucketFor: (organizationId: string) => string;
}

export interface Ports {
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly log: Log;
  readonly identity: Identity;
  readonly mail: Mail;
  readonly objects: Objects;
  readonly sessions: Sessions;
  readonly stores: Stores;
  readonly trail: AuditTrail;
  readonly pageTokens: PageTokens;
  readonly profiles: Profiles;
  /** Counts the calls of each person. */
  readonly limiter: RateLimiter;
  readonly place: Place;
  /** Makes bucket, key and policies of an organization, or finishes what a crash left; resolves when its storage is active. */
  readonly provision: (organization: Organization) => Promise<void>;
}

/** What one request brings. */
export interface RequestFacts {
  /** Names the request in the log and to the caller. */
  readonly id: string;
  /** The bearer token as it came; undefined without one. Not verified. */
  readonly token: string | undefined;
  readonly sourceIp: string | null;
  /** Not longer than what an audit entry can hold: the door cuts it. */
  readonly userAgent: string | null;
}

export interface Context {
  readonly ports: Ports;
  readonly request: RequestFacts;
}
