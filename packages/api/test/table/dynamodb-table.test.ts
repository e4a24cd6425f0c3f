/** DynamoDB keeps the table's contract: on moto in CI, on Amazon's own DynamoDB Local where its address is given. */
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createDynamoTable } from '../../src/adapters/aws/dynamodb-table.ts';
import { tableContract } from './table-contract.ts';
import { tableQueryContract } from './table-query-contract.ts';
import { tableRaceContract } from './table-race-contract.ts';
import type { OpenTable, TableUnderTest } from '../../test-support/table-under-test.ts';

const engines = [
  // moto undoes a failed transaction by putting back a copy of everything, other requests' writes included: it gets one request at a time.
  { name: 'DynamoDB on moto', variable: 'HQ_MOTO_URL', required: process.env['HQ_ENGINES_REQUIRED'] === '1', connections: 1, elements: 5000 },
  { name: 'DynamoDB Local', variable: 'HQ_DYNAMODB_LOCAL_URL', required: false, connections: 50, elements: 131_067 },
];

const opener =
  (endpoint: string, maxSockets: number): OpenTable =>
  async () => {
    const client = new DynamoDBClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      requestHandler: { httpAgent: { maxSockets } },
    });
    const name = `hq-${randomUUID()}`;
    await client.send(
      new CreateTableCommand({
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
    const patience = { pause: (milliseconds: number) => setTimeout(milliseconds), random: Math.random };
    const opened: TableUnderTest = {
      now: 1_800_000_000,
      table: createDynamoTable({ client, name, clock: () => opened.now, newToken: randomUUID, patience }),
      close: () => opened.table.close(),
    };
    return opened;
  };

for (const { name, variable, required, connections, elements } of engines) {
  const url = process.env[variable];
  if (url === undefined) leftOut(name, variable, required);
  else {
    tableContract(name, opener(url, connections));
    tableQueryContract(name, opener(url, connections), { runs: 15, elements });
    tableRaceContract(name, opener(url, connections));
  }
}

/** Named in the run, and a failure where the engine has to be there. */
function leftOut(name: string, variable: string, required: boolean): void {
  describe(`left out: ${name} (${variable} is not set)`, () => {
    test('is not required here', () => expect(required).toBe(false));
  });
}
