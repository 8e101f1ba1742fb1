// The JavaScript SDK meets tables that are out of units: what it is told, and that trying again succeeds.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  GetItemCommand,
  ProvisionedThroughputExceededException,
  PutItemCommand,
  ScanCommand,
  ThrottlingException,
} from '@aws-sdk/client-dynamodb';
import { sleep, startDev } from '../support/server.mjs';
import { dynamodbClient } from '../support/clients.mjs';
import { createTable } from '../support/tables.mjs';

let server;
before(async () => {
  server = await startDev({ inMemory: true });
});
after(() => server.stop());

const arn = (resource) => `arn:aws:dynamodb:us-east-1:111111111111:table/${resource}`;
const numbered = (n) => ({ pk: { S: `item ${n}` } });

test('a provisioned table says which of its units are used up', async () => {
  const client = dynamodbClient(server);
  await createTable(server, 'provisioned', {
    BillingMode: 'PROVISIONED',
    ProvisionedThroughput: { ReadCapacityUnits: 100, WriteCapacityUnits: 1 },
  });
  // 391 units of 300.
  await client.send(new PutItemCommand({ TableName: 'provisioned', Item: { ...numbered(0), v: { S: 'x'.repeat(400_000) } } }));
  await assert.rejects(client.send(new PutItemCommand({ TableName: 'provisioned', Item: numbered(1) })), (error) => {
    assert.ok(error instanceof ProvisionedThroughputExceededException);
    assert.equal(
      error.message,
      'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
    );
    assert.deepEqual(error.ThrottlingReasons, [{ reason: 'TableWriteProvisionedThroughputExceeded', resource: arn('provisioned') }]);
    return true;
  });
  assert.equal((await client.send(new ScanCommand({ TableName: 'provisioned' }))).Count, 1);
});

test('what an on-demand maximum refuses is done when it is tried again', async () => {
  await createTable(server, 'limited', { OnDemandThroughput: { MaxReadRequestUnits: 10, MaxWriteRequestUnits: 10 } });
  const impatient = dynamodbClient(server);
  const patient = dynamodbClient(server, { maxAttempts: 20 });
  // Calls that come all at once may all be let in, before any has taken its units: those after them are not.
  const wave = () =>
    Promise.allSettled(
      Array.from({ length: 40 }, (_, n) => impatient.send(new PutItemCommand({ TableName: 'limited', Item: numbered(n) }))),
    );
  const refusals = [...(await wave()), ...(await wave())];
  const refused = refusals.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
  assert.ok(refused.length > 0 && refused.length < 80, `${refused.length} of 80 refused`);
  for (const error of refused) {
    assert.ok(error instanceof ThrottlingException);
    assert.equal(error.message, 'Throughput exceeds the maximum OnDemandThroughput configured on table or index');
    assert.deepEqual(error.throttlingReasons, [{ reason: 'TableWriteMaxOnDemandThroughputExceeded', resource: arn('limited') }]);
  }
  const written = await Promise.all(
    Array.from({ length: 12 }, (_, n) => patient.send(new PutItemCommand({ TableName: 'limited', Item: numbered(n) }))),
  );
  assert.ok(written.some(({ $metadata }) => $metadata.attempts > 1));
  const read = await Promise.all(
    Array.from({ length: 12 }, (_, n) =>
      patient.send(new GetItemCommand({ TableName: 'limited', Key: numbered(n), ConsistentRead: true })),
    ),
  );
  assert.deepEqual(
    read.map(({ Item }) => Item),
    Array.from({ length: 12 }, (_, n) => numbered(n)),
  );
});

test('batches come to their end when what is left over is sent again', async () => {
  await createTable(server, 'batches', { OnDemandThroughput: { MaxReadRequestUnits: 5, MaxWriteRequestUnits: 5 } });
  const client = dynamodbClient(server, { maxAttempts: 20 });
  let writes = { batches: Array.from({ length: 12 }, (_, n) => ({ PutRequest: { Item: numbered(n) } })) };
  let calls = 0;
  for (; writes.batches; calls++) {
    if (calls) await sleep(300);
    const { UnprocessedItems } = await client.send(new BatchWriteItemCommand({ RequestItems: writes }));
    assert.ok((UnprocessedItems.batches?.length ?? 0) < writes.batches.length);
    writes = UnprocessedItems;
  }
  assert.ok(calls > 1);
  let reads = { batches: { ConsistentRead: true, Keys: Array.from({ length: 12 }, (_, n) => numbered(n)) } };
  const found = [];
  for (let again = false; reads.batches; again = true) {
    if (again) await sleep(300);
    const { Responses, UnprocessedKeys } = await client.send(new BatchGetItemCommand({ RequestItems: reads }));
    found.push(...Responses.batches.map(({ pk }) => pk.S));
    reads = UnprocessedKeys;
  }
  assert.deepEqual(found.sort(), Array.from({ length: 12 }, (_, n) => numbered(n).pk.S).sort());
});
