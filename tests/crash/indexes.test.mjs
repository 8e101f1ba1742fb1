// kill -9 under writes to a table with local and global indexes: after each start the entries of every index are what
// the table's items say, none missing and none left over, and its counters agree.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import { sleep, startDev, temporaryDirectory } from '../support/server.mjs';
import { call, succeed } from '../support/wire.mjs';
import { waitForTable } from '../support/tables.mjs';

const rounds = Number(process.env.CRASH_INDEX_ROUNDS ?? 3);
const TableName = 'indexed';
const directory = path.join(temporaryDirectory('crash-indexes'), 'data');

let server;
after(() => server?.stop());

const keys = (hash, range) => [{ AttributeName: hash, KeyType: 'HASH' }, ...(range ? [{ AttributeName: range, KeyType: 'RANGE' }] : [])];

async function allOf(IndexName) {
  const items = [];
  let ExclusiveStartKey;
  do {
    const page = await succeed(server, 'Scan', { TableName, IndexName, ExclusiveStartKey, Limit: 50 });
    items.push(...page.Items);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return items;
}

const sorted = (items) => items.map((item) => JSON.stringify(Object.entries(item).sort())).sort();
const only = (item, names) => Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));

async function write(number, index) {
  const Key = { pk: { S: `p${number % 5}` }, sk: { N: String(index % 7) } };
  const a = { S: `a${(number * 7 + index) % 4}` };
  const n = { N: String((number + index) % 9) };
  switch ((number + index) % 4) {
    case 0:
      return call(server, 'DeleteItem', { TableName, Key });
    case 1:
      return call(server, 'UpdateItem', {
        TableName,
        Key,
        UpdateExpression: 'SET n = :n REMOVE a',
        ExpressionAttributeValues: { ':n': n },
      });
    default:
      return call(server, 'PutItem', { TableName, Item: { ...Key, a, n, filler: { S: 'f'.repeat(200) } } });
  }
}

test('indexes and table agree after every kill -9', { timeout: 120_000 }, async () => {
  server = await startDev({ directory });
  await succeed(server, 'CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'N' },
      { AttributeName: 'a', AttributeType: 'S' },
      { AttributeName: 'n', AttributeType: 'N' },
    ],
    KeySchema: keys('pk', 'sk'),
    LocalSecondaryIndexes: [{ IndexName: 'local', KeySchema: keys('pk', 'n'), Projection: { ProjectionType: 'ALL' } }],
    GlobalSecondaryIndexes: [{ IndexName: 'global', KeySchema: keys('a', 'n'), Projection: { ProjectionType: 'KEYS_ONLY' } }],
  });
  await waitForTable(server, TableName);
  for (let round = 0; round < rounds; ++round) {
    let going = true;
    const writers = Array.from({ length: 12 }, async (_, number) => {
      for (let index = 0; going; ++index) {
        try {
          await write(number + round, index);
        } catch {
          return; // killed
        }
      }
    });
    await sleep(400);
    await server.kill();
    going = false;
    await Promise.all(writers);

    server = await startDev({ directory });
    const items = await allOf();
    assert.ok(items.length > 0);
    assert.deepEqual(sorted(await allOf('local')), sorted(items.filter((item) => item.n)));
    assert.deepEqual(
      sorted(await allOf('global')),
      sorted(items.filter((item) => item.a && item.n).map((item) => only(item, ['pk', 'sk', 'a', 'n']))),
    );
    const { Table } = await succeed(server, 'DescribeTable', { TableName });
    assert.equal(Table.ItemCount, items.length);
    assert.equal(Table.LocalSecondaryIndexes[0].ItemCount, items.filter((item) => item.n).length);
    assert.equal(Table.GlobalSecondaryIndexes[0].ItemCount, items.filter((item) => item.a && item.n).length);
  }
});
