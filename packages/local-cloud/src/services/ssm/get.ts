/** Reading single parameters. Every name is asked for before anything is looked up in earnest, and one refusal refuses the call, as on AWS. */
import * as z from 'zod';
import { AwsError } from '../../http/aws-error.ts';
import { operation, type Operations, validation } from '../json-protocol.ts';
import type { Call } from '../service.ts';
import { historical, withValue } from './describe.ts';
import { cursorOf, page, tokenOf } from './paging.ts';
import type { Parameter, ParameterVersion } from './parameter.ts';
import { splitSelector } from './parameter-name.ts';
import { ask, existing, notFound, type Room } from './room.ts';

const name = z.string().min(1).max(2048);

/** GetParameter, GetParameters, GetParameterHistory. */
export function getting(room: Room): Operations {
  return {
    GetParameter: operation(z.object({ Name: name, WithDecryption: z.boolean().default(false) }), (call, input) => {
      const wanted = splitSelector(input.Name);
      const found = existing(room, call, 'GetParameter', room.names.nameOf(wanted.name));
      const version = versionOf(room, found, wanted.selector);
      if (version === undefined)
        throw new AwsError(400, 'ParameterVersionNotFound', `Systems Manager could not find version ${wanted.selector} of ${found.name}.`);
      return { Parameter: withValue(room, call, found.name, version, input.WithDecryption, wanted.selector) };
    }),
    GetParameters: operation(z.object({ Names: z.array(name).min(1).max(10), WithDecryption: z.boolean().default(false) }), (call, input) =>
      getMany(room, call, input.Names, input.WithDecryption),
    ),
    GetParameterHistory: operation(z.object({ Name: name, WithDecryption: z.boolean().default(false), ...page(50, 50) }), (call, input) => {
      const found = existing(room, call, 'GetParameterHistory', room.names.nameOf(input.Name));
      const after = Number(cursorOf(input.NextToken) ?? 0);
      if (!Number.isSafeInteger(after)) throw new AwsError(400, 'InvalidNextToken', 'The specified token is not valid.');
      const rows = room.store.versions(found.name, after, input.MaxResults + 1);
      const shown = rows.slice(0, input.MaxResults);
      return {
        Parameters: shown.map((version) => historical(room, call, found.name, version, input.WithDecryption)),
        ...tokenOf(rows.length > shown.length ? String(shown.at(-1)?.version) : undefined),
      };
    }),
  };
}

function getMany(room: Room, call: Call, names: readonly string[], decrypt: boolean): object {
  const wanted = names.map((text) => ({ text, ...splitSelector(text) })).map((item) => ({ ...item, name: room.names.nameOf(item.name) }));
  if (new Set(wanted.map((item) => item.name)).size < wanted.length) throw validation('Duplicate parameter names are not supported.');
  const found = wanted.map((item) => ({ ...item, parameter: room.store.find(item.name) }));
  for (const item of found) ask(room, call, 'GetParameters', item.name, item.parameter);
  const Parameters: object[] = [];
  const InvalidParameters: string[] = [];
  for (const { text, selector, parameter } of found) {
    const version = parameter && versionOf(room, parameter, selector);
    if (parameter === undefined || version === undefined) InvalidParameters.push(text);
    else Parameters.push(withValue(room, call, parameter.name, version, decrypt, selector));
  }
  return { Parameters, InvalidParameters };
}

function versionOf(room: Room, parameter: Parameter, selector: string | undefined): ParameterVersion | undefined {
  if (selector === undefined) return parameter.current;
  if (selector === '') throw notFound(`${parameter.name}:`);
  return /^\d{1,15}$/.test(selector) ? room.store.version(parameter.name, Number(selector)) : room.store.versionByLabel(parameter.name, selector);
}
