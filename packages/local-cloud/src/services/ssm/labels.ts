/** Labels: names for versions. One label stands for one version of a parameter; setting it elsewhere moves it. */
import * as z from 'zod';
import { AwsError } from '../../http/aws-error.ts';
import { operation, type Operations } from '../json-protocol.ts';
import { existing, type Room } from './room.ts';

const maxLabels = 10;
const input = z.object({
  Name: z.string().min(1).max(2048),
  ParameterVersion: z.int().min(1).optional(),
  Labels: z.array(z.string().min(1).max(100)).min(1).max(maxLabels),
});

/** LabelParameterVersion, UnlabelParameterVersion. */
export function labelling(room: Room): Operations {
  const target = (name: string, version: number) => {
    const found = room.store.version(name, version);
    if (found === undefined) throw new AwsError(400, 'ParameterVersionNotFound', `Systems Manager could not find version ${version} of ${name}.`);
    return found;
  };
  return {
    LabelParameterVersion: operation(input, (call, { Name, ParameterVersion, Labels }) => {
      const found = existing(room, call, 'LabelParameterVersion', room.names.nameOf(Name));
      const version = target(found.name, ParameterVersion ?? found.current.version);
      const good = Labels.filter((label) => /^[a-zA-Z0-9_.-]+$/.test(label) && !/^(\d|aws|ssm)/i.test(label));
      const labels = [...new Set([...version.labels, ...good])];
      if (labels.length > maxLabels) throw new AwsError(400, 'ParameterVersionLabelLimitExceeded', `A version has at most ${maxLabels} labels.`);
      const changes = new Map<number, readonly string[]>();
      for (const other of room.store.versions(found.name, 0, 1000)) {
        if (other.labels.some((label) => good.includes(label)))
          changes.set(
            other.version,
            other.labels.filter((label) => !good.includes(label)),
          );
      }
      room.store.setLabels(found.name, changes.set(version.version, labels));
      return { InvalidLabels: Labels.filter((label) => !good.includes(label)), ParameterVersion: version.version };
    }),
    UnlabelParameterVersion: operation(input.required({ ParameterVersion: true }), (call, { Name, ParameterVersion, Labels }) => {
      const found = existing(room, call, 'UnlabelParameterVersion', room.names.nameOf(Name));
      const version = target(found.name, ParameterVersion);
      const removed = Labels.filter((label) => version.labels.includes(label));
      room.store.setLabels(found.name, new Map([[version.version, version.labels.filter((label) => !removed.includes(label))]]));
      return { RemovedLabels: removed, InvalidLabels: Labels.filter((label) => !removed.includes(label)) };
    }),
  };
}
