// Time to live through the SDK and the test clock: items are there until their time is over and gone then, from every
// index too; one whose time is put off stays, whoever comes first; a sweep comes by itself.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, PutCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { documentClient, dynamodbClient } from '../support/clients.mjs';
import { advanceClock } from '../support/clock.mjs';
import { configuredBy, startDev } from '../support/server.mjs';

let server;
let client;
let documents;
let now; // of the server, in milliseconds
before(async () => {
  server = await startDev({ flags: ['--test-clock', ...configuredBy('[limits]\ntime_to_live_cooldown_ms = 0\n')] });
  client = dynamodbClient(server);
  documents = documentClient(server);
  now = await advanceClock(server, '1ms');
});
after(async () => {
  client?.destroy();
  documents?.destroy();
  await server?.stop();
});

async function advance(duration) {
  now = await advanceClock(server, duration);
}
const inSeconds = (seconds) => Math.floor(now / 1000) + seconds;

async function makeTable(TableName) {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'owner', AttributeType: 'S' },
      ],
      GlobalSecondaryIndexes: [
        { IndexName: 'by-owner', KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }], Projection: { ProjectionType: 'KEYS_ONLY' } },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { TableName });
}
const setTimeToLive = (TableName, Enabled, AttributeName = 'due') =>
  client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { Enabled, AttributeName } }));
async function putAll(TableName, items) {
  for (let n = 0; n < items.length; n += 25)
    await documents.send(
      new BatchWriteCommand({ RequestItems: { [TableName]: items.slice(n, n + 25).map((Item) => ({ PutRequest: { Item } })) } }),
    );
}
async function keysOf(TableName, IndexName) {
  const keys = [];
  let ExclusiveStartKey;
  do {
    const page = await documents.send(new ScanCommand({ TableName, IndexName, ExclusiveStartKey }));
    keys.push(...page.Items.map(({ pk }) => pk));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return keys.sort();
}

test('items from before and after it is switched on expire in their time, and leave the index', async () => {
  const TableName = 'sessions';
  await makeTable(TableName);
  const item = (n) => ({ pk: `k${String(n).padStart(4, '0')}`, owner: `o${n % 5}`, due: inSeconds(n < 400 ? 60 : 6000) });
  const items = Array.from({ length: 800 }, (_, n) => item(n));
  await putAll(
    TableName,
    items.filter((_, n) => n % 2 === 0),
  );
  assert.deepEqual((await setTimeToLive(TableName, true)).TimeToLiveSpecification, { Enabled: true, AttributeName: 'due' });
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  assert.deepEqual(TimeToLiveDescription, { TimeToLiveStatus: 'ENABLED', AttributeName: 'due' });
  await putAll(
    TableName,
    items.filter((_, n) => n % 2 === 1),
  );

  await advance('30s');
  assert.equal((await keysOf(TableName)).length, 800);
  await advance('35s');
  const late = items.slice(400).map(({ pk }) => pk);
  assert.deepEqual(await keysOf(TableName), late);
  assert.deepEqual(await keysOf(TableName, 'by-owner'), late);
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  assert.equal(Table.ItemCount, 400);
  assert.equal(Table.GlobalSecondaryIndexes.length, 1);
  assert.equal(Table.GlobalSecondaryIndexes[0].ItemCount, 400);
  await advance('2h');
  assert.deepEqual(await keysOf(TableName), []);
  assert.deepEqual(await keysOf(TableName, 'by-owner'), []);
});

test('a rescue that was acknowledged holds, one that came too late finds no item', async () => {
  const TableName = 'rescued';
  await makeTable(TableName);
  await setTimeToLive(TableName, true);
  const count = 600;
  const items = Array.from({ length: count }, (_, n) => ({ pk: `k${n}`, owner: 'o', due: inSeconds(60) }));
  await putAll(TableName, items);
  const later = inSeconds(7200);
  const rescue = async ({ pk }) => {
    try {
      await documents.send(
        new UpdateCommand({
          TableName,
          Key: { pk },
          UpdateExpression: 'SET due = :later',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':later': later },
        }),
      );
      return pk;
    } catch (error) {
      assert.equal(error.name, 'ConditionalCheckFailedException');
      return null;
    }
  };
  // Rescuers run through the items from the end while the sweep does from the beginning, more or less; others write
  // to items of their own, so that there is load.
  let sweeping = true;
  const load = Array.from({ length: 4 }, async (_, n) => {
    for (let i = 0; sweeping; i++) await documents.send(new PutCommand({ TableName, Item: { pk: `load${n}-${i % 50}`, owner: 'load' } }));
  });
  const rescuers = Array.from({ length: 4 }, async (_, n) => {
    const rescued = [];
    for (let i = count - 1 - n; i >= 0; i -= 4) rescued.push(await rescue(items[i]));
    return rescued.filter((pk) => pk);
  });
  await advance('65s');
  const rescued = (await Promise.all(rescuers)).flat().sort();
  sweeping = false;
  await Promise.all(load);
  await advance('1s');
  const left = async (index) => (await keysOf(TableName, index)).filter((pk) => !pk.startsWith('load'));
  assert.deepEqual(await left(), rescued);
  assert.deepEqual(await left('by-owner'), rescued);
  await advance('3h');
  assert.deepEqual(await left(), []);
  assert.equal((await keysOf(TableName)).length, 200);
});

test('requests go on with the real time while the clock of the service is years ahead', async () => {
  await advance('3650d');
  assert.ok(now - Date.now() > 9 * 365 * 86_400_000);
  const TableName = 'ahead';
  await makeTable(TableName);
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  assert.ok(Table.CreationDateTime.getTime() >= now);
  await setTimeToLive(TableName, true);
  // By its clock today was more than five years ago.
  await putAll(TableName, [
    { pk: 'today', due: Math.floor(Date.now() / 1000) },
    { pk: 'then', due: inSeconds(-5) },
  ]);
  await advance('1s');
  assert.deepEqual(await keysOf(TableName), ['today']);
});

test('switched off and on again with another attribute, that one counts', async () => {
  const TableName = 'switched';
  await makeTable(TableName);
  await setTimeToLive(TableName, true);
  await putAll(TableName, [
    { pk: 'due', due: inSeconds(10) },
    { pk: 'end', end: inSeconds(10) },
  ]);
  await setTimeToLive(TableName, false);
  await advance('1m');
  assert.deepEqual(await keysOf(TableName), ['due', 'end']);
  await setTimeToLive(TableName, true, 'end');
  await advance('1s');
  assert.deepEqual(await keysOf(TableName), ['due']);
});
