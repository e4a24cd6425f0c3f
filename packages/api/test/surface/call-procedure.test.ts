/** Our caller and tRPC's own: whatever is called, with whatever input and by whom, both answer and refuse alike. */
import { callTRPCProcedure } from '@trpc/server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callProcedure, procedureAt } from '../../src/call-procedure.ts';
import { toHqError } from '../../src/error-map.ts';
import { appRouter } from '../../src/index.ts';
import { startApi, type ApiUnderTest } from '../../test-support/api-under-test.ts';
import { surface } from './surface.ts';

let api: ApiUnderTest;
let vault: string;
beforeAll(async () => {
  api = await startApi();
  ({ id: vault } = await api.organization('acme', { bob: 'contributor' }));
});
afterAll(() => api.close());

async function outcome(answer: Promise<unknown>) {
  try {
    return { value: await answer };
  } catch (error) {
    const { code, message, hint, details } = toHqError(error);
    return { kind: (error as Error).constructor.name, code, message, hint, details };
  }
}

const inputs = (): unknown[] => [
  undefined,
  null,
  {},
  { vault },
  { vault: 'personal', path: 'a.md' },
  { vault, path: '../x' },
  { vault, path: '', prefix: '', cone: '' },
];

it.each(surface().filter(({ type }) => type === 'query'))('$name', async ({ name, type }) => {
  const procedure = procedureAt(appRouter, name);
  if (procedure === undefined) throw new Error('is not there');
  for (const token of ['ada', 'bob', 'eve', 'nobody', 'expired', undefined]) {
    for (const input of inputs()) {
      const getRawInput = async () => structuredClone(input);
      const ctx = api.contextOf(token);
      const ours = await outcome(callProcedure(procedure, { path: name, ctx, getRawInput }));
      expect(ours).toEqual(await outcome(callTRPCProcedure({ router: appRouter, path: name, type, ctx, batchIndex: 0, signal: undefined, getRawInput })));
    }
  }
});

it('of what is no procedure there is none', () => {
  for (const name of ['', 'files', 'files.', 'files.nothing', '__proto__', 'constructor', 'toString']) expect(procedureAt(appRouter, name)).toBeUndefined();
});

it('a defect is INTERNAL in both, and logged once by each', async () => {
  const procedure = procedureAt(appRouter, 'orgs.list');
  if (procedure === undefined) throw new Error('is not there');
  const { ports, request } = api.contextOf('ada');
  const ctx = { ports: { ...ports, stores: { ...ports.stores, people: undefined } as unknown as typeof ports.stores }, request };
  const getRawInput = async () => undefined;
  const ours = await outcome(callProcedure(procedure, { path: 'orgs.list', ctx, getRawInput }));
  const theirs = await outcome(callTRPCProcedure({ router: appRouter, path: 'orgs.list', type: 'query', ctx, batchIndex: 0, signal: undefined, getRawInput }));
  expect(ours).toMatchObject({ code: 'INTERNAL' });
  expect(ours).toEqual(theirs);
  expect(api.logged.splice(0)).toHaveLength(2);
});
