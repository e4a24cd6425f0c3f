/** The verbs of aliases. As on AWS they are asked for on the alias and on each key concerned. https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html */
import * as z from 'zod';
import { AwsError } from '../../http/aws-error.ts';
import { operation, type Operations } from '../json-protocol.ts';
import type { Call } from '../service.ts';
import { changeable } from './access.ts';
import type { Alias, AliasStore } from './alias-store.ts';
import { keyId, page, pageOf } from './fields.ts';
import type { Room } from './room.ts';

const aliasName = z
  .string()
  .max(256)
  .regex(/^alias\/[a-zA-Z0-9/_-]+$/, 'must be alias/ and then letters, digits, /, _ or -');

/** CreateAlias, UpdateAlias, DeleteAlias, ListAliases. */
export function aliasing(room: Room, aliases: AliasStore): Operations {
  const { access } = room;
  const askAlias = (call: Call, action: string, name: string): void => {
    call.authorize({ action: `kms:${action}`, resource: access.aliasArn(name) });
    if (name.startsWith('alias/aws/')) throw new AwsError(400, 'NotAuthorizedException', 'Aliases that start with alias/aws/ belong to services.');
  };
  const known = (name: string): Alias => {
    const alias = aliases.find(name);
    if (alias === undefined) throw new AwsError(400, 'NotFoundException', `Alias ${access.aliasArn(name)} is not found.`);
    return alias;
  };
  return {
    CreateAlias: operation(z.object({ AliasName: aliasName, TargetKeyId: keyId }), (call, input) => {
      askAlias(call, 'CreateAlias', input.AliasName);
      const key = changeable(access.authorized(call, input.TargetKeyId, 'CreateAlias'));
      if (aliases.find(input.AliasName) !== undefined) {
        throw new AwsError(400, 'AlreadyExistsException', `An alias with the name ${access.aliasArn(input.AliasName)} already exists.`);
      }
      aliases.add(input.AliasName, key.id, call.now);
      return {};
    }),
    UpdateAlias: operation(z.object({ AliasName: aliasName, TargetKeyId: keyId }), (call, input) => {
      askAlias(call, 'UpdateAlias', input.AliasName);
      const alias = known(input.AliasName);
      const former = access.authorized(call, alias.keyId, 'UpdateAlias');
      const key = changeable(access.authorized(call, input.TargetKeyId, 'UpdateAlias'));
      if (former.spec !== key.spec) throw new AwsError(400, 'ValidationException', 'An alias moves only between keys of one kind.');
      aliases.move(alias.name, key.id, call.now);
      return {};
    }),
    DeleteAlias: operation(z.object({ AliasName: aliasName }), (call, input) => {
      askAlias(call, 'DeleteAlias', input.AliasName);
      const alias = known(input.AliasName);
      access.authorized(call, alias.keyId, 'DeleteAlias');
      aliases.remove(alias.name);
      return {};
    }),
    ListAliases: operation(z.object({ ...page, KeyId: keyId.optional() }), (call, input) => {
      call.authorize({ action: 'kms:ListAliases', resource: '*' });
      const key = input.KeyId === undefined ? undefined : access.idOf(input.KeyId);
      if (input.KeyId !== undefined && (key === undefined || !access.exists(key, call.now))) {
        throw new AwsError(400, 'NotFoundException', `Key ${input.KeyId} does not exist.`);
      }
      const { rows, ...rest } = pageOf(aliases.list(input.Marker ?? '', input.Limit + 1, key), input.Limit, (alias) => alias.name);
      return { Aliases: rows.map((alias) => describe(room, alias)), ...rest };
    }),
  };
}

function describe(room: Room, alias: Alias): object {
  return {
    AliasName: alias.name,
    AliasArn: room.access.aliasArn(alias.name),
    TargetKeyId: alias.keyId,
    CreationDate: alias.createdAt / 1000,
    LastUpdatedDate: alias.updatedAt / 1000,
  };
}
