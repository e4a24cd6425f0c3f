/** AWS Systems Manager's Parameter Store on one machine. https://docs.aws.amazon.com/systems-manager/latest/APIReference/Welcome.html */
import { jsonProtocol } from '../json-protocol.ts';
import type { KeyUse, RootKey, Service } from '../service.ts';
import { getting } from './get.ts';
import { labelling } from './labels.ts';
import { listing } from './list.ts';
import { parameterNames } from './parameter-name.ts';
import { openParameterStore } from './parameter-store.ts';
import { tagging } from './parameter-tags.ts';
import { putting } from './put.ts';
import { removing } from './remove.ts';
import type { Room } from './room.ts';
import { secureValues } from './secure-value.ts';

export interface SsmOptions {
  /** local-cloud's data folder; the parameters lie in `ssm/` in it. */
  readonly data: string;
  readonly rootKey: RootKey;
  readonly keys: KeyUse;
  readonly region: string;
  readonly accountId: string;
}

/** The service. */
export function createSsm({ data, rootKey, keys, region, accountId }: SsmOptions): Service {
  const store = openParameterStore(data, rootKey);
  const room: Room = { store, names: parameterNames(region, accountId), secure: secureValues(keys), region, accountId };
  const operations = { ...putting(room), ...getting(room), ...listing(room), ...removing(room), ...tagging(room), ...labelling(room) };
  return {
    name: 'ssm',
    ...jsonProtocol({ name: 'ssm', target: 'AmazonSSM', internalError: 'InternalServerError', operations, maxBody: 256 * 1024 }),
    close: async () => store.close(),
  };
}
