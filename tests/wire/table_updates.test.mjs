// UpdateTable against real servers: what clients see of a table that is UPDATING, as fast as can be and with the states
// of the service's length; items meanwhile; limits from the configuration.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { configuredBy, sleep, startDev } from '../support/server.mjs';
import { call, dynamodb, refuse, refuseInvalid, succeed } from '../support/wire.mjs';
import { createTable, waitForNoTable, waitForTable } from '../support/tables.mjs';
import { slowness } from '../support/paths.mjs';

const provisioned = (read, write) => ({
  BillingMode: 'PROVISIONED',
  ProvisionedThroughput: { ReadCapacityUnits: read, WriteCapacityUnits: write },
});
const inUse = (text) => dynamodb('ResourceInUseException', `Attempt to change a resource which is still in use: ${text}`);
const update = async (server, TableName, members) => (await succeed(server, 'UpdateTable', { TableName, ...members })).TableDescription;
const describe = async (server, TableName) => (await succeed(server, 'DescribeTable', { TableName })).Table;

let server;
let slow;
before(async () => {
  server = await startDev({ inMemory: true });
  slow = await startDev({ inMemory: true, flags: configuredBy('[compat]\nprofile = "aws"\n') });
});
after(() => Promise.all([server?.stop(), slow?.stop()]));

test('a change of throughput is answered UPDATING and shown when the table is ACTIVE again', async () => {
  await createTable(server, 'units', provisioned(5, 5));
  const answered = await update(server, 'units', provisioned(10, 3));
  assert.equal(answered.TableStatus, 'UPDATING');
  assert.equal(answered.ProvisionedThroughput.ReadCapacityUnits, 5);
  const { ProvisionedThroughput } = await waitForTable(server, 'units');
  assert.deepEqual(
    [ProvisionedThroughput.ReadCapacityUnits, ProvisionedThroughput.WriteCapacityUnits, ProvisionedThroughput.NumberOfDecreasesToday],
    [10, 3, 1],
  );
  for (const date of ['LastIncreaseDateTime', 'LastDecreaseDateTime']) {
    assert.ok(Math.abs(ProvisionedThroughput[date] - Date.now() / 1000) < 60, date);
  }
});

test('billing goes to demand and back', async () => {
  await createTable(server, 'billing', provisioned(5, 5));
  assert.deepEqual((await update(server, 'billing', { BillingMode: 'PAY_PER_REQUEST' })).BillingModeSummary, {
    BillingMode: 'PAY_PER_REQUEST',
  });
  const onDemand = await waitForTable(server, 'billing');
  assert.equal(onDemand.BillingModeSummary.BillingMode, 'PAY_PER_REQUEST');
  assert.ok(onDemand.BillingModeSummary.LastUpdateToPayPerRequestDateTime > 0);
  assert.equal(onDemand.ProvisionedThroughput.ReadCapacityUnits, 0);
  await update(server, 'billing', provisioned(2, 2));
  const back = await waitForTable(server, 'billing');
  assert.equal(back.BillingModeSummary.BillingMode, 'PROVISIONED');
  assert.equal(back.ProvisionedThroughput.ReadCapacityUnits, 2);
});

test('an update that is refused changes nothing, also where it holds several parts', async () => {
  await createTable(server, 'refused', provisioned(5, 5));
  const before = await describe(server, 'refused');
  await refuseInvalid(
    server,
    'UpdateTable',
    { TableName: 'refused', DeletionProtectionEnabled: true, TableClass: 'STANDARD' },
    'One or more parameter values were invalid: TableClass modification must be the only operation in the request',
  );
  await refuse(
    server,
    'UpdateTable',
    { TableName: 'refused', ...provisioned(40_001, 4) },
    dynamodb(
      'LimitExceededException',
      'The requested ReadCapacityUnits, 40001, is above the per table maximum for the account in us-east-1. Per table maximum: 40000. ' +
        'Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.',
    ),
  );
  assert.deepEqual(await describe(server, 'refused'), before);
});

test('deletion protection is throttled, and keeps the table', async () => {
  await createTable(server, 'kept');
  assert.equal((await update(server, 'kept', { DeletionProtectionEnabled: true })).DeletionProtectionEnabled, true);
  const response = await call(server, 'UpdateTable', { TableName: 'kept', DeletionProtectionEnabled: false });
  assert.equal(response.status, 400);
  assert.equal(response.json.__type, 'com.amazon.coral.availability#ThrottlingException');
  const [, until] =
    /^Deletion protection setting for table kept modified within the previous 15000 milliseconds\. Please try again after (\S+Z)$/.exec(
      response.json.message,
    ) ?? [];
  assert.match(until, /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/, response.json.message);
  const left_ms = Date.parse(until) - Date.now();
  assert.ok(left_ms > 0 && left_ms <= 15_000, until);
});

test('the wait between changes of deletion protection is configurable', async () => {
  const eager = await startDev({ inMemory: true, flags: configuredBy('[compat]\ndeletion_protection_cooldown_ms = 0\n') });
  try {
    await createTable(eager, 'kept');
    for (const protection of [true, false, true, false]) {
      assert.equal((await update(eager, 'kept', { DeletionProtectionEnabled: protection })).DeletionProtectionEnabled, protection);
    }
  } finally {
    await eager.stop();
  }
});

test('quotas come from the configuration', async () => {
  const text = [
    '[limits]',
    'table_read_units_max = 10',
    'table_write_units_max = 11',
    'account_read_units_max = 12',
    'account_write_units_max = 13',
    'tables_max = 2',
  ].join('\n');
  const small = await startDev({ inMemory: true, flags: configuredBy(text) });
  try {
    assert.deepEqual(await succeed(small, 'DescribeLimits', {}), {
      AccountMaxReadCapacityUnits: 12,
      AccountMaxWriteCapacityUnits: 13,
      TableMaxReadCapacityUnits: 10,
      TableMaxWriteCapacityUnits: 11,
    });
    await createTable(small, 'first', provisioned(10, 11));
    const definition = {
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    };
    await refuse(
      small,
      'CreateTable',
      { TableName: 'second', ...definition, ...provisioned(3, 1) },
      dynamodb(
        'LimitExceededException',
        'This request would have caused the ReadCapacityUnits limit to be exceeded for the account in us-east-1. Current ReadCapacityUnits ' +
          'reserved by the account: 10. Limit: 12. Requested: 3. Refer to the Amazon DynamoDB Developer Guide for current limits and how to ' +
          'request higher limits.',
      ),
    );
    await createTable(small, 'second', provisioned(2, 2));
    await refuse(
      small,
      'CreateTable',
      { TableName: 'third', ...definition, BillingMode: 'PAY_PER_REQUEST' },
      dynamodb('LimitExceededException', 'Subscriber limit exceeded: There is a limit of 2 tables per subscriber'),
    );
  } finally {
    await small.stop();
  }
});

test('two updates that race: one wins, the other finds the table in use or the same', async () => {
  await createTable(server, 'race', provisioned(5, 5));
  for (let round = 0; round < 10; round++) {
    const wanted = 6 + round;
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => call(server, 'UpdateTable', { TableName: 'race', ...provisioned(wanted, 5) })),
    );
    const accepted = answers.filter(({ status }) => status === 200);
    assert.equal(accepted.length, 1, answers.map(({ text }) => text).join('\n'));
    for (const { status, json } of answers) {
      if (status !== 200) {
        assert.match(
          json.message,
          /^(Attempt to change a resource which is still in use: Table IOPS are currently being updated\. Table: race$|The provisioned throughput for the table will not change\.)/,
        );
      }
    }
    assert.equal((await waitForTable(server, 'race')).ProvisionedThroughput.ReadCapacityUnits, wanted);
  }
});

test('items are read and written while a table is UPDATING', async () => {
  const name = 'busy';
  await createTable(slow, name, provisioned(5, 5));
  let writing = true;
  const states = new Set();
  const counts = await Promise.all([
    (async () => {
      assert.equal((await update(slow, name, provisioned(6, 6))).TableStatus, 'UPDATING');
      await refuse(slow, 'DeleteTable', { TableName: name }, inUse(`Table: ${name} is in the process of being updated.`));
      await refuse(
        slow,
        'UpdateTable',
        { TableName: name, ...provisioned(7, 7) },
        inUse(`Table IOPS are currently being updated. Table: ${name}`),
      );
      await waitForTable(slow, name);
      writing = false;
      return 0;
    })(),
    ...Array.from({ length: 4 }, async (_, worker) => {
      let count = 0;
      for (; writing || count === 0; count++) {
        const Key = { pk: { S: `${worker}` } };
        states.add((await describe(slow, name)).TableStatus);
        await succeed(slow, 'UpdateItem', {
          TableName: name,
          Key,
          UpdateExpression: 'ADD n :one',
          ExpressionAttributeValues: { ':one': { N: '1' } },
        });
        const { Item } = await succeed(slow, 'GetItem', { TableName: name, Key, ConsistentRead: true });
        assert.equal(Item.n.N, String(count + 1));
        await sleep(5);
      }
      return count;
    }),
  ]);
  assert.ok(states.has('UPDATING'), [...states].join());
  for (const [i, count] of counts.slice(1).entries()) {
    const { Item } = await succeed(slow, 'GetItem', { TableName: name, Key: { pk: { S: `${i}` } }, ConsistentRead: true });
    assert.equal(Item.n.N, String(count));
  }
});

test("with the service's states a table is CREATING and DELETING for seconds, and a stop does not wait for it", async () => {
  const begun = Date.now();
  await createTable(slow, 'long');
  assert.ok(Date.now() - begun >= 3_000, 'created too soon');
  const { TableDescription } = await succeed(slow, 'DeleteTable', { TableName: 'long' });
  assert.equal(TableDescription.TableStatus, 'DELETING');
  const deleted = Date.now();
  await refuse(slow, 'DeleteTable', { TableName: 'long' }, inUse('Table is being deleted: long'));
  await waitForNoTable(slow, 'long');
  assert.ok(Date.now() - deleted >= 3_900, 'deleted too soon');

  const other = await startDev({ inMemory: true, flags: configuredBy('[compat]\nprofile = "aws"\n') });
  await succeed(other, 'CreateTable', {
    TableName: 'unfinished',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
  const stopping = Date.now();
  await other.stop();
  assert.ok(Date.now() - stopping < 2_000 * slowness, 'the stop waited');
});
