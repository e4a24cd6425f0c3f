/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html */
import * as z from 'zod';
import { AwsError } from '../../http/aws-error.ts';
import { operation, type Operations, validation } from '../json-protocol.ts';
import type { Call } from '../service.ts';
import { type Parameter, type ParameterType, parameterTypes, type Tier } from './parameter.ts';
import { assertNewName } from './parameter-name.ts';
import { asTags, tag, tagContext } from './parameter-tags.ts';
import { ask, type Room } from './room.ts';

const bytesOf: Readonly<Record<Tier, number>> = { Standard: 4096, Advanced: 8192 };

const putInput = z.object({
  Name: z.string().min(1).max(2048),
  Value: z.string().min(1),
  Type: z.enum(parameterTypes).optional(),
  Description: z.string().max(1024).optional(),
  KeyId: z.string().min(1).max(256).optional(),
  Overwrite: z.boolean().default(false),
  Tags: z.array(tag).max(50).default([]),
  Tier: z.enum(['Standard', 'Advanced', 'Intelligent-Tiering']).optional(),
  DataType: z.literal('text').default('text'),
  // A pattern of the caller's would be a regular expression that runs in this process for as long as it likes.
  AllowedPattern: z.literal('', 'AllowedPattern is not offered here').optional(),
  Policies: z.literal('', 'parameter policies are not offered here').optional(),
});

/** PutParameter. */
export function putting(room: Room): Operations {
  return { PutParameter: operation(putInput, (call, input) => put(room, call, input)) };
}

function put(room: Room, call: Call, input: z.output<typeof putInput>): object {
  const name = room.names.nameOf(input.Name);
  assertNewName(name, room.region, room.accountId);
  const tags = asTags(input.Tags);
  if (input.Overwrite && tags.size > 0) throw validation('Tags and Overwrite cannot be used together: tag an existing parameter with AddTagsToResource.');
  const found = room.store.find(name);
  const asked = tagContext(tags);
  ask(room, call, 'PutParameter', name, found, { ...asked, 'ssm:Overwrite': String(input.Overwrite) });
  if (tags.size > 0) ask(room, call, 'AddTagsToResource', name, found, asked);
  if (found !== undefined && !input.Overwrite) {
    throw new AwsError(
      400,
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  }
  const type = typeFor(input.Type, found);
  if (input.KeyId !== undefined && type !== 'SecureString') throw validation('KeyId is only for the type SecureString.');
  const tier = tierFor(input.Tier, input.Value, found);
  const keyId = type === 'SecureString' ? (input.KeyId ?? 'alias/aws/ssm') : undefined;
  const value = keyId === undefined ? Buffer.from(input.Value) : room.secure.seal(call, keyId, room.names.arnOf(name), tier, input.Value);
  const version = (found?.current.version ?? 0) + 1;
  const modifiedBy = call.principal.kind === 'anonymous' ? 'anonymous' : call.principal.arn;
  const description = input.Description ?? found?.current.description ?? '';
  const stored = room.store.put(name, { version, type, tier, description, keyId, value, labels: [], modifiedAt: call.now, modifiedBy }, tags);
  if (!stored) throw new AwsError(400, 'ParameterMaxVersionLimitExceeded', 'All 100 versions have labels: take one away before you add a version.');
  return { Version: version, Tier: tier };
}

function typeFor(asked: ParameterType | undefined, found: Parameter | undefined): ParameterType {
  const type = asked ?? found?.current.type;
  if (type === undefined) throw validation('A parameter type is required when you create a parameter.');
  if (found !== undefined && type !== found.current.type) {
    throw new AwsError(400, 'HierarchyTypeMismatchException', `The parameter is a ${found.current.type}: its type cannot be changed.`);
  }
  return type;
}

function tierFor(asked: z.output<typeof putInput>['Tier'], value: string, found: Parameter | undefined): Tier {
  const size = Buffer.byteLength(value);
  const before = found?.current.tier;
  const chosen = asked === 'Intelligent-Tiering' ? (size > bytesOf.Standard ? 'Advanced' : (before ?? 'Standard')) : (asked ?? before ?? 'Standard');
  if (before === 'Advanced' && chosen === 'Standard') throw validation('An advanced parameter cannot become a standard one.');
  if (size > bytesOf[chosen]) {
    const hint = chosen === 'Standard' ? ` ${bytesOf.Advanced} with the tier Advanced.` : '';
    throw validation(`${chosen} tier parameters support a maximum parameter value of ${bytesOf[chosen]} bytes.${hint}`);
  }
  return chosen;
}
