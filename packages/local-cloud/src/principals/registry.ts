/** From an access key to who holds it. */
import { AwsError } from '../http/aws-error.ts';
import { parsePolicy } from '../iam/parse-policy.ts';
import type { PolicyDocument } from '../iam/policy-document.ts';
import { stableId } from './ids.ts';
import type { SessionPrincipal, UserPrincipal } from './principal.ts';
import type { Principals } from './principals-file.ts';
import type { SessionTokens } from './session-token.ts';

/** A role that can be assumed. */
export interface Role {
  readonly name: string;
  readonly arn: string;
  /** `AROA…`. */
  readonly id: string;
  readonly trust: PolicyDocument;
  readonly policies: readonly PolicyDocument[];
}

/** A principal and the secret its signatures are made with. */
export interface Holder {
  readonly principal: UserPrincipal | SessionPrincipal;
  readonly secret: string;
}

const MAX_SESSIONS = 2000;

export class Registry {
  readonly #users: ReadonlyMap<string, Holder>;
  readonly #roles: ReadonlyMap<string, Role>;
  readonly #accountId: string;
  readonly #tokens: SessionTokens;
  /** Opened sessions by token; a session's policy is parsed once and not with each request. */
  readonly #sessions = new Map<string, { readonly accessKeyId: string; readonly holder: Holder & { principal: SessionPrincipal } }>();

  constructor(principals: Principals, tokens: SessionTokens, accountId: string) {
    this.#tokens = tokens;
    this.#accountId = accountId;
    this.#users = new Map(
      principals.users.map(({ name, accessKeyId, secretAccessKey, policies }) => {
        const arn = `arn:aws:iam::${accountId}:user/${name}`;
        const principal: UserPrincipal = { kind: 'user', arn, userId: stableId('AIDA', arn), accountId, name, accessKeyId, policies };
        return [accessKeyId, { principal, secret: secretAccessKey }];
      }),
    );
    this.#roles = new Map(
      principals.roles.map((role) => {
        const arn = `arn:aws:iam::${accountId}:role/${role.name}`;
        return [arn, { ...role, arn, id: stableId('AROA', arn) }];
      }),
    );
  }

  /** A role by its ARN. */
  role(arn: string): Role | undefined {
    return this.#roles.get(arn);
  }

  /**
   * Who holds a key.
   * @param now milliseconds since 1970
   * @throws AwsError in S3's words: 403 `InvalidAccessKeyId`, 400 `InvalidToken` or `ExpiredToken`.
   */
  find(accessKeyId: string, token: string | undefined, now: number): Holder {
    const user = this.#users.get(accessKeyId);
    if (user && token === undefined) return user;
    if (user) throw invalidToken();
    if (token === undefined || !accessKeyId.startsWith('ASIA')) {
      throw new AwsError(403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.', { AWSAccessKeyId: accessKeyId });
    }
    const session = this.#session(accessKeyId, token);
    if (now >= session.principal.expiresAt) throw new AwsError(400, 'ExpiredToken', 'The provided token has expired.');
    return session;
  }

  #session(accessKeyId: string, token: string): Holder & { principal: SessionPrincipal } {
    const known = this.#sessions.get(token);
    if (known?.accessKeyId === accessKeyId) return known.holder;
    const contents = this.#tokens.open(accessKeyId, token);
    const role = contents && this.#roles.get(contents.role);
    if (!contents || !role) throw invalidToken();
    const principal: SessionPrincipal = {
      kind: 'session',
      arn: `arn:aws:sts::${this.#accountId}:assumed-role/${role.name}/${contents.session}`,
      roleArn: role.arn,
      userId: `${role.id}:${contents.session}`,
      accountId: this.#accountId,
      accessKeyId,
      policies: role.policies,
      sessionPolicy: contents.policy === undefined ? undefined : parsePolicy(contents.policy, 'identity'),
      tags: contents.tags,
      transitiveTagKeys: contents.transitive,
      sourceIdentity: contents.sourceIdentity,
      issuedAt: contents.issuedAt,
      expiresAt: contents.expiresAt,
    };
    const holder = { principal, secret: this.#tokens.secret(accessKeyId) };
    if (this.#sessions.size >= MAX_SESSIONS) this.#sessions.delete(this.#sessions.keys().next().value ?? '');
    this.#sessions.set(token, { accessKeyId, holder });
    return holder;
  }
}

const invalidToken = (): AwsError => new AwsError(400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.');
