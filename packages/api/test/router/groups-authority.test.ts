/** A right that is lost after a request came in, and before its change is made, is not used any more. */
import { expect, it } from 'vitest';
import { createStores } from '../../src/stores/stores.ts';
import { idOf, startApi, type ApiUnderTest } from '../../test-support/api-under-test.ts';
import { openMemoryPlace } from '../../test-support/memory-place.ts';
import { refusalOf } from '../../test-support/refusal.ts';

type Groups = ReturnType<ApiUnderTest['as']>['groups'];
type Change = (groups: Groups, vault: string, group: string) => Promise<unknown>;
type Loss = (api: ApiUnderTest, vault: string) => Promise<unknown>;

const changes: [string, Change][] = [
  ['create', (groups, vault) => groups.create({ vault, name: 'new' })],
  ['add', (groups, vault, group) => groups.add({ vault, group, member: idOf('bob') })],
  ['drop', (groups, vault, group) => groups.drop({ vault, group, member: idOf('eve') })],
  ['remove', (groups, vault, group) => groups.remove({ vault, group })],
];
const demotion: Loss = (api, vault) => api.as('ada').members.setRole({ vault, personId: idOf('bob'), role: 'contributor' });
const removal: Loss = (api, vault) => api.as('ada').members.remove({ vault, personId: idOf('bob') });

it.each(
  changes.flatMap(([name, change]) => [
    { name, change, loss: demotion, code: 'FORBIDDEN' },
    { name, change, loss: removal, code: 'NOT_FOUND' },
  ]),
)('$name: $code', async ({ change, loss, code }) => {
  const place = openMemoryPlace();
  const api = await startApi({ on: place });
  const { id: vault } = await api.organization('acme', { bob: 'admin', eve: 'contributor' });
  const { id: group } = await api.as('ada').groups.create({ vault, name: 'crew' });
  await api.as('ada').groups.add({ vault, group, member: idOf('eve') });
  // Bob is looked up when his request comes in; the change begins with the revision.
  let lost = false;
  const table: typeof place.table = {
    ...place.table,
    async get(key) {
      if (key.sk === 'revision' && !lost) {
        lost = true;
        await loss(api, vault);
      }
      return place.table.get(key);
    },
  };
  const late = await startApi({ on: { ...place, table, stores: createStores({ ...place, table, region: 'us-east-1' }) } });
  expect(await refusalOf(change(late.as('bob').groups, vault, group))).toBe(code);
  expect(lost).toBe(true);
  const { groups } = await api.as('ada').groups.list({ vault });
  expect(groups).toMatchObject([{ name: 'crew', version: 2, reach: 1 }]);
});
