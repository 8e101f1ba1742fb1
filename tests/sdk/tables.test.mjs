// The JavaScript SDK manages tables: creates, waits, updates each setting, reads limits, deletes, waits.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeLimitsCommand,
  DescribeTableCommand,
  LimitExceededException,
  PutItemCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateTableCommand,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import { configuredBy, startDev } from '../support/server.mjs';
import { dynamodbClient } from '../support/clients.mjs';

const servers = {};
before(async () => {
  servers.fast = await startDev({ inMemory: true });
  servers.slow = await startDev({ inMemory: true, flags: configuredBy('[compat]\nprofile = "aws"\n') });
});
after(() => Promise.all(Object.values(servers).map((server) => server.stop())));

const wait = (client) => ({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 });
const definition = {
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
};

for (const speed of ['fast', 'slow']) {
  test(`waiters see a table come and go (${speed} states)`, async () => {
    const client = dynamodbClient(servers[speed]);
    const TableName = `waited-${speed}`;
    await assert.rejects(client.send(new DescribeTableCommand({ TableName })), ResourceNotFoundException);
    await client.send(new CreateTableCommand({ TableName, ...definition, BillingMode: 'PAY_PER_REQUEST' }));
    assert.equal((await waitUntilTableExists(wait(client), { TableName })).state, 'SUCCESS');
    await client.send(new PutItemCommand({ TableName, Item: { pk: { S: 'x' } } }));
    await client.send(new DeleteTableCommand({ TableName }));
    assert.equal((await waitUntilTableNotExists(wait(client), { TableName })).state, 'SUCCESS');
    await assert.rejects(client.send(new PutItemCommand({ TableName, Item: { pk: { S: 'x' } } })), ResourceNotFoundException);
  });
}

test('every setting of a table is updated and read back', async () => {
  const client = dynamodbClient(servers.fast);
  const TableName = 'settings';
  const settled = async () => (await waitUntilTableExists(wait(client), { TableName })).reason.Table;
  const update = (settings) => client.send(new UpdateTableCommand({ TableName, ...settings }));
  await client.send(
    new CreateTableCommand({
      TableName,
      ...definition,
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
      SSESpecification: { Enabled: false },
      StreamSpecification: { StreamEnabled: false },
      WarmThroughput: { ReadUnitsPerSecond: 100 },
    }),
  );
  const created = await settled();
  assert.deepEqual(created.WarmThroughput, { ReadUnitsPerSecond: 100, WriteUnitsPerSecond: 5, Status: 'ACTIVE' });
  assert.equal(created.SSEDescription, undefined);
  assert.equal(created.StreamSpecification, undefined);

  await update({ ProvisionedThroughput: { ReadCapacityUnits: 6, WriteCapacityUnits: 4 } });
  const resized = await settled();
  assert.equal(resized.ProvisionedThroughput.ReadCapacityUnits, 6);
  assert.ok(resized.ProvisionedThroughput.LastIncreaseDateTime instanceof Date);
  assert.ok(resized.ProvisionedThroughput.LastDecreaseDateTime instanceof Date);

  await update({ BillingMode: 'PAY_PER_REQUEST', OnDemandThroughput: { MaxReadRequestUnits: 50 } });
  const onDemand = await settled();
  assert.equal(onDemand.BillingModeSummary.BillingMode, 'PAY_PER_REQUEST');
  assert.ok(onDemand.BillingModeSummary.LastUpdateToPayPerRequestDateTime instanceof Date);
  assert.deepEqual(onDemand.OnDemandThroughput, { MaxReadRequestUnits: 50 });

  await update({ OnDemandThroughput: { MaxReadRequestUnits: -1, MaxWriteRequestUnits: 60 } });
  assert.deepEqual((await settled()).OnDemandThroughput, { MaxWriteRequestUnits: 60 });

  await update({ WarmThroughput: { ReadUnitsPerSecond: 12_500 } });
  assert.equal((await settled()).WarmThroughput.ReadUnitsPerSecond, 12_500);

  await update({ TableClass: 'STANDARD_INFREQUENT_ACCESS' });
  const cooled = await settled();
  assert.equal(cooled.TableClassSummary.TableClass, 'STANDARD_INFREQUENT_ACCESS');
  assert.ok(cooled.TableClassSummary.LastUpdateDateTime instanceof Date);
  await update({ TableClass: 'STANDARD' });
  await settled();
  await assert.rejects(update({ TableClass: 'STANDARD_INFREQUENT_ACCESS' }), LimitExceededException);

  await update({ DeletionProtectionEnabled: true });
  assert.equal((await settled()).DeletionProtectionEnabled, true);
  await assert.rejects(client.send(new DeleteTableCommand({ TableName })), { name: 'ValidationException' });
  await assert.rejects(update({ DeletionProtectionEnabled: false }), { name: 'ThrottlingException' });
});

test('a table that is UPDATING is in use', async () => {
  const client = dynamodbClient(servers.slow);
  const TableName = 'in-use';
  const units = (n) => ({ TableName, ProvisionedThroughput: { ReadCapacityUnits: n, WriteCapacityUnits: n } });
  await client.send(new CreateTableCommand({ ...definition, ...units(1) }));
  await assert.rejects(client.send(new UpdateTableCommand(units(2))), ResourceInUseException);
  await waitUntilTableExists(wait(client), { TableName });
  const { TableDescription } = await client.send(new UpdateTableCommand(units(2)));
  assert.equal(TableDescription.TableStatus, 'UPDATING');
  await assert.rejects(client.send(new UpdateTableCommand(units(3))), ResourceInUseException);
  await assert.rejects(client.send(new DeleteTableCommand({ TableName })), ResourceInUseException);
  await waitUntilTableExists(wait(client), { TableName });
});

test('DescribeLimits answers numbers', async () => {
  const { $metadata, ...limits } = await dynamodbClient(servers.fast).send(new DescribeLimitsCommand({}));
  assert.equal($metadata.httpStatusCode, 200);
  assert.deepEqual(limits, {
    AccountMaxReadCapacityUnits: 80_000,
    AccountMaxWriteCapacityUnits: 80_000,
    TableMaxReadCapacityUnits: 40_000,
    TableMaxWriteCapacityUnits: 40_000,
  });
});
