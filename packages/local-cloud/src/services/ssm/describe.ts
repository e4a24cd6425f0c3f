/** Parameters and their versions in the shapes of AWS's answers. */
import type { Call } from '../service.ts';
import type { Parameter, ParameterVersion } from './parameter.ts';
import type { Room } from './room.ts';

/** A `Parameter`. A secure value is given as its ciphertext unless it is asked for opened, which the caller must be allowed in KMS. */
export function withValue(room: Room, call: Call, name: string, version: ParameterVersion, decrypt: boolean, selector?: string): object {
  return {
    Name: name,
    Type: version.type,
    Value: valueOf(room, call, name, version, decrypt),
    Version: version.version,
    LastModifiedDate: version.modifiedAt / 1000,
    ARN: room.names.arnOf(name),
    DataType: 'text',
    ...(selector === undefined ? {} : { Selector: `:${selector}` }),
  };
}

/** A `ParameterMetadata`. */
export function metadata(room: Room, { name, current }: Parameter): object {
  return { Name: name, ARN: room.names.arnOf(name), ...facts(current) };
}

/** A `ParameterHistory`. */
export function historical(room: Room, call: Call, name: string, version: ParameterVersion, decrypt: boolean): object {
  return { Name: name, ...facts(version), Value: valueOf(room, call, name, version, decrypt), Labels: version.labels };
}

function facts(version: ParameterVersion): object {
  return {
    Type: version.type,
    ...(version.keyId === undefined ? {} : { KeyId: version.keyId }),
    LastModifiedDate: version.modifiedAt / 1000,
    LastModifiedUser: version.modifiedBy,
    ...(version.description === '' ? {} : { Description: version.description }),
    Version: version.version,
    Tier: version.tier,
    Policies: [],
    DataType: 'text',
  };
}

function valueOf(room: Room, call: Call, name: string, version: ParameterVersion, decrypt: boolean): string {
  if (version.type !== 'SecureString') return Buffer.from(version.value).toString('utf8');
  return decrypt ? room.secure.open(call, room.names.arnOf(name), version.value) : Buffer.from(version.value).toString('base64');
}
