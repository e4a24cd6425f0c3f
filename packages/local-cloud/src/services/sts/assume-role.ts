/**
 * AssumeRole: a session whose rights are the role's, narrowed by an inline policy.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
import { deflateRawSync } from 'node:zlib';
import { AwsError } from '../../http/aws-error.ts';
import { parsePolicy } from '../../iam/parse-policy.ts';
import { sessionKeyId } from '../../principals/ids.ts';
import type { Registry, Role } from '../../principals/registry.ts';
import type { SessionTokens } from '../../principals/session-token.ts';
import type { Ask, Call } from '../service.ts';
import { type Form, validationError } from './form.ts';
import { readSessionTags, type SessionTags } from './session-tags.ts';
import type { Elements } from './xml.ts';

export interface AssumeRoleOptions {
  readonly registry: Registry;
  readonly tokens: SessionTokens;
}

/** In seconds. An hour is AWS's default for a role and its cap for a session that a session made. */
const [SHORTEST, LONGEST, LONGEST_ANYWHERE] = [900, 3600, 43_200];

/** AWS's limit on an inline policy's text is in characters; that on the packed policy and tags is unpublished, and this is ours, in bytes. */
const MAX_POLICY = 2048;
const MAX_PACKED = 4096;

const NAME = /^[\w+=,.@-]{2,}$/;
const POLICY_TEXT = /^[\t\n\r\u0020-\u00ff]+$/;

/** Makes a session. @throws AwsError in STS's words. */
export function assumeRole(call: Call, form: Form, { registry, tokens }: AssumeRoleOptions): Elements {
  const roleArn = form.required('RoleArn', /^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+$/, 2048);
  const sessionName = form.required('RoleSessionName', NAME, 64);
  const externalId = form.optional('ExternalId', /^[\w+=,.@:/-]{2,}$/, 1224);
  const duration = readDuration(form);
  const policy = readSessionPolicy(form);
  const tags = readSessionTags(form, call.principal);
  const sourceIdentity = form.optional('SourceIdentity', NAME, 64);
  if (form.has('SerialNumber') || form.has('TokenCode') || form.has('ProvidedContexts'))
    throw validationError('MFA devices and provided contexts are not supported.');

  const role = registry.role(roleArn);
  const context = {
    'sts:RoleSessionName': sessionName,
    'sts:DurationSeconds': String(duration),
    ...(externalId === undefined ? {} : { 'sts:ExternalId': externalId }),
    ...(sourceIdentity === undefined ? {} : { 'sts:SourceIdentity': sourceIdentity }),
    ...(tags.transitive.length === 0 ? {} : { 'sts:TransitiveTagKeys': tags.transitive }),
    ...requestTags(tags),
  };
  authorize(call, role, roleArn, ['sts:AssumeRole', ...tagAction(tags), ...(sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity'])], context);
  const carried = call.principal.kind === 'session' ? call.principal.sourceIdentity : undefined;
  if (carried !== undefined && sourceIdentity !== undefined && sourceIdentity !== carried) throw denied(call, 'sts:SetSourceIdentity', roleArn);

  const packed = packedSize(policy, tags);
  if (packed > MAX_PACKED) {
    throw new AwsError(400, 'PackedPolicyTooLarge', `Packed size of session tags consumes ${percent(packed)}% of allotted space.`);
  }
  const accessKeyId = sessionKeyId();
  const expiresAt = call.now + duration * 1000;
  const identity = sourceIdentity ?? carried;
  const sessionToken = tokens.seal(accessKeyId, {
    role: roleArn,
    session: sessionName,
    ...(policy === undefined ? {} : { policy }),
    tags: { ...tags.all },
    transitive: [...tags.transitive],
    ...(identity === undefined ? {} : { sourceIdentity: identity }),
    issuedAt: call.now,
    expiresAt,
  });
  return {
    AssumedRoleUser: {
      AssumedRoleId: `${role.id}:${sessionName}`,
      Arn: `arn:aws:sts::${roleArn.split(':')[4]}:assumed-role/${role.name}/${sessionName}`,
    },
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: tokens.secret(accessKeyId),
      SessionToken: sessionToken,
      Expiration: new Date(expiresAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    },
    SourceIdentity: identity,
    PackedPolicySize: packed === 0 ? undefined : String(percent(packed)),
  };
}

function readDuration(form: Form): number {
  const seconds = Number(form.optional('DurationSeconds', /^\d+$/, 6) ?? LONGEST);
  if (seconds < SHORTEST || seconds > LONGEST_ANYWHERE) {
    throw validationError(
      `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: between ${SHORTEST} and ${LONGEST_ANYWHERE}`,
    );
  }
  if (seconds > LONGEST) throw validationError('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  return seconds;
}

function readSessionPolicy(form: Form): string | undefined {
  if (form.has('PolicyArns')) throw validationError('PolicyArns are not supported: there are no managed policies here. Pass the policy inline.');
  const policy = form.optional('Policy', POLICY_TEXT, MAX_POLICY);
  if (policy !== undefined) parsePolicy(policy, 'identity');
  return policy;
}

function requestTags({ requested }: SessionTags): NonNullable<Ask['context']> {
  const entries = Object.entries(requested);
  if (entries.length === 0) return {};
  return { 'aws:TagKeys': Object.keys(requested), ...Object.fromEntries(entries.map(([key, value]) => [`aws:RequestTag/${key}`, value])) };
}

const tagAction = ({ requested }: SessionTags): string[] => (Object.keys(requested).length === 0 ? [] : ['sts:TagSession']);

/** A role that does not exist is refused in the same words as one that the caller may not assume. */
function authorize(call: Call, role: Role | undefined, arn: string, actions: readonly string[], context: NonNullable<Ask['context']>): asserts role is Role {
  for (const action of actions) {
    if (!role || !call.allows({ action, resource: arn, context, resourcePolicy: role.trust })) throw denied(call, action, arn);
  }
}

function denied({ principal }: Call, action: string, arn: string): AwsError {
  const who = principal.kind === 'anonymous' ? 'anonymous' : principal.arn;
  return new AwsError(403, 'AccessDenied', `User: ${who} is not authorized to perform: ${action} on resource: ${arn}`);
}

function packedSize(policy: string | undefined, tags: SessionTags): number {
  if (policy === undefined && Object.keys(tags.all).length === 0) return 0;
  return deflateRawSync(JSON.stringify([policy ?? '', tags.all])).length;
}

const percent = (packed: number): number => Math.ceil((100 * packed) / MAX_PACKED);
