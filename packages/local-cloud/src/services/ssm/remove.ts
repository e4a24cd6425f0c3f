/** Deleting parameters, with all their versions. */
import * as z from 'zod';
import { operation, type Operations } from '../json-protocol.ts';
import { ask, existing, type Room } from './room.ts';

const name = z.string().min(1).max(2048);

/** DeleteParameter, DeleteParameters. */
export function removing(room: Room): Operations {
  return {
    DeleteParameter: operation(z.object({ Name: name }), (call, input) => {
      room.store.remove(existing(room, call, 'DeleteParameter', room.names.nameOf(input.Name)).name);
      return {};
    }),
    DeleteParameters: operation(z.object({ Names: z.array(name).min(1).max(10) }), (call, input) => {
      const names = [...new Set(input.Names.map((text) => room.names.nameOf(text)))];
      for (const item of names) ask(room, call, 'DeleteParameters', item, room.store.find(item));
      const DeletedParameters = names.filter((item) => room.store.remove(item));
      return { DeletedParameters, InvalidParameters: names.filter((item) => !DeletedParameters.includes(item)) };
    }),
  };
}
