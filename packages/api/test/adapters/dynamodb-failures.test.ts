/** What no local engine does and AWS does: conflicts, throttling, answers that get lost. Told by a client that answers as AWS would. */
import { ConditionalCheckFailedException, type DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { createDynamoTable } from '../../src/adapters/aws/dynamodb-table.ts';
import { absent, ConditionFailed } from '../../src/ports/table-condition.ts';
import { refused } from '../../test-support/refused.ts';

type Answer = Error | object;
interface Sent {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A table whose client gives these answers in turn, the last one again and again. */
function open(...answers: Answer[]) {
  const sent: Sent[] = [];
  const pauses: number[] = [];
  const client = {
    async send(command: { readonly input: Sent['input'] }) {
      const answer = answers[Math.min(sent.length, answers.length - 1)];
      sent.push({ name: command.constructor.name, input: command.input });
      if (answer instanceof Error) throw answer;
      return answer;
    },
    destroy() {},
  } as unknown as DynamoDBClient; // the two methods that the table uses
  let tokens = 0;
  const patience = { pause: async (milliseconds: number) => void pauses.push(milliseconds), random: () => 1 };
  const table = createDynamoTable({ client, name: 'hq', clock: () => 1000, newToken: () => `token-${tokens++}`, patience });
  return { table, sent, pauses };
}

const named = (name: string) => Object.assign(new Error(name), { name });
const metadata = { $metadata: {}, message: 'no' };
const canceled = (...reasons: { Code: string; Item?: Record<string, { S: string }> }[]) =>
  new TransactionCanceledException({ ...metadata, CancellationReasons: reasons });
const key = { pk: 'p', sk: 's' };
const put = { ...key, attributes: {} };
const stored = (token: string) => ({ pk: { S: 'p' }, sk: { S: 's' }, d: { M: {} }, v: { N: '4' }, w: { S: token } });
const storedAt = (sk: string) => ({ ...stored('x'), sk: { S: sk } });

test('a conflict with a rival transaction is tried again, with the same token and the same request', async () => {
  const { table, sent, pauses } = open(canceled({ Code: 'TransactionConflict' }), named('TransactionInProgressException'), {});
  await table.transact([{ put }]);
  expect(sent).toHaveLength(3);
  expect(new Set(sent.map(({ input }) => JSON.stringify(input))).size).toBe(1);
  expect(pauses).toEqual([10, 20]);
});

test('a conflict that does not end is given up as unavailable, after a bounded time', async () => {
  for (const error of [named('TransactionConflictException'), named('ProvisionedThroughputExceededException'), named('ThrottlingException')]) {
    const { table, sent, pauses } = open(error);
    await expect(table.put(put)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(sent).toHaveLength(8);
    expect(pauses.reduce((sum, each) => sum + each, 0)).toBeLessThan(2000);
  }
});

test('a condition that failed is no conflict: it is answered at once, with the item that was there', async () => {
  const { table, sent } = open(canceled({ Code: 'None' }, { Code: 'ConditionalCheckFailed' }, { Code: 'TransactionConflict' }));
  const error = await refused(table.transact([{ put }, { put: { ...put, sk: 't', condition: absent } }, { put: { ...put, sk: 'u' } }]), 'CONFLICT');
  expect(error instanceof ConditionFailed && [...error.failures.keys()]).toEqual([1]);
  expect(sent).toHaveLength(1);
});

test('a write whose first answer was lost finds its own token in the item, and has succeeded', async () => {
  const single = open(new ConditionalCheckFailedException({ ...metadata, Item: stored('token-0') }));
  expect(await single.table.put({ ...put, condition: absent })).toMatchObject({ ...key, version: 4 });
  const transaction = open(canceled({ Code: 'ConditionalCheckFailed', Item: { w: { S: 'token-0' } } }, { Code: 'None' }));
  await transaction.table.transact([{ put: { ...put, condition: absent } }, { put: { ...put, sk: 't' } }]);
});

test("an item with another write's token is somebody else's", async () => {
  const { table } = open(new ConditionalCheckFailedException({ ...metadata, Item: stored('token-7') }));
  const error = await refused(table.put({ ...put, condition: absent }), 'CONFLICT');
  expect(error instanceof ConditionFailed && error.failures.get(0)?.version).toBe(4);
});

test('every put and update refuses to be applied twice', async () => {
  const { table, sent } = open({ Attributes: stored('token-0') });
  await table.put(put);
  await table.update({ ...key, add: { n: 1 } });
  for (const { input } of sent) expect(String(input['ConditionExpression'])).toMatch(/attribute_not_exists\(#\d+\) OR #\d+ <> :\d+/);
});

test('keys that a batch left unprocessed are asked for again', async () => {
  const rest = { hq: { Keys: [{ pk: { S: 'p' }, sk: { S: 'b' } }] } };
  const { table, sent } = open({ Responses: { hq: [storedAt('a')] }, UnprocessedKeys: rest }, { Responses: { hq: [storedAt('b')] } });
  expect(
    (
      await table.getMany([
        { pk: 'p', sk: 'a' },
        { pk: 'p', sk: 'b' },
      ])
    ).map((each) => each?.sk),
  ).toEqual(['a', 'b']);
  expect(sent[1]?.input['RequestItems']).toMatchObject(rest);
});

test('a table that is not ours to read is a defect of ours, and what AWS says of accounts stays inside', async () => {
  const { table } = open(Object.assign(named('AccessDeniedException'), { message: 'User: arn:aws:iam::1:user/x is not authorized on table/hq' }));
  const error = await refused(table.get(key), 'INTERNAL');
  expect(`${error.message} ${error.hint}`).not.toMatch(/arn:|table\/|user\//);
});
