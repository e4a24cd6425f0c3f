/** What the verbs of this service stand on, and how they ask. */
import { AwsError } from '../../http/aws-error.ts';
import type { Call } from '../service.ts';
import type { Parameter } from './parameter.ts';
import type { ParameterNames } from './parameter-name.ts';
import type { ParameterStore } from './parameter-store.ts';
import type { SecureValues } from './secure-value.ts';

export interface Room {
  readonly store: ParameterStore;
  readonly names: ParameterNames;
  readonly secure: SecureValues;
  readonly region: string;
  readonly accountId: string;
}

export type AskContext = Readonly<Record<string, string | readonly string[]>>;

/** Asks whether the caller may do this to the parameter, which need not exist: then it has no tags. @throws AwsError `AccessDenied`. */
export function ask(room: Room, call: Call, action: string, name: string, found: Parameter | undefined, extra: AskContext = {}): void {
  const context: Record<string, string | readonly string[]> = { ...extra };
  for (const [tag, value] of found?.tags ?? []) {
    context[`aws:ResourceTag/${tag}`] = value;
    context[`ssm:resourceTag/${tag}`] = value;
  }
  call.authorize({ action: `ssm:${action}`, resource: room.names.arnOf(name), context });
}

/** The parameter, once the caller is known to be allowed this on its name. @throws AwsError `AccessDenied`, or `ParameterNotFound` for those who may know. */
export function existing(room: Room, call: Call, action: string, name: string, extra: AskContext = {}): Parameter {
  const found = room.store.find(name);
  ask(room, call, action, name, found, extra);
  if (found === undefined) throw notFound(name);
  return found;
}

/** `ParameterNotFound`. */
export function notFound(name: string): AwsError {
  return new AwsError(400, 'ParameterNotFound', `Parameter ${name} not found.`);
}
