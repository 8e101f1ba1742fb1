// kill -9 while all of it goes on at once: transactions over two tables, an index that is added or deleted beside them,
// and items that expire. After each start transactions are whole, every index says what the items say, counters agree,
// what was due is gone and nothing else is.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import { advanceClock } from '../support/clock.mjs';
import { FastClient } from '../support/fast.mjs';
import { run, sleep, startDev, temporaryDirectory } from '../support/server.mjs';
import { slowness } from '../support/paths.mjs';
import { waitForTable } from '../support/tables.mjs';

const rounds = Number(process.env.CRASH_TOGETHER_ROUNDS ?? 6);
const tables = ['left', 'right'];
const writers = 8;
const directory = path.join(temporaryDirectory('crash-together'), 'data');
const flags = ['--test-clock'];

let server;
let client;
after(async () => {
  client?.close();
  await server?.stop();
});

async function start() {
  server = await startDev({ directory, flags });
  client = new FastClient(server, { connections: 32 });
}

async function allOf(TableName, IndexName) {
  const items = [];
  let ExclusiveStartKey;
  do {
    const page = await client.succeed('Scan', { TableName, IndexName, ExclusiveStartKey });
    items.push(...page.Items);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return items;
}
const sorted = (items) => items.map((item) => JSON.stringify(Object.entries(item).sort())).sort();
const keys = (hash, range) => [{ AttributeName: hash, KeyType: 'HASH' }, ...(range ? [{ AttributeName: range, KeyType: 'RANGE' }] : [])];

const untilKilled = (work) => work().catch(() => null);

// Both tables get the writer's item in one step, or lose it.
const stepOf = (writer, step) => ({
  TransactItems: tables.map((TableName) => {
    const Key = { pk: { S: `writer ${writer}` }, sk: { N: '0' } };
    if (step % 4 === 3) return { Delete: { TableName, Key } };
    return { Put: { TableName, Item: { ...Key, n: { N: String(step) }, group: { S: `g${step % 5}` } } } };
  }),
});

test('transactions, indexes and expiry agree after every kill -9', { timeout: 240_000 * slowness }, async () => {
  await start();
  for (const TableName of tables) {
    await client.succeed('CreateTable', {
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'N' },
        { AttributeName: 'n', AttributeType: 'N' },
      ],
      KeySchema: keys('pk', 'sk'),
      LocalSecondaryIndexes: [{ IndexName: 'local', KeySchema: keys('pk', 'n'), Projection: { ProjectionType: 'ALL' } }],
    });
    await waitForTable(server, TableName);
    await client.succeed('UpdateTimeToLive', { TableName, TimeToLiveSpecification: { Enabled: true, AttributeName: 'due' } });
  }
  const indexOf = async (TableName) => (await client.succeed('DescribeTable', { TableName })).Table.GlobalSecondaryIndexes?.[0];
  const toggle = async (TableName) => {
    const change = (await indexOf(TableName))
      ? { Delete: { IndexName: 'global' } }
      : { Create: { IndexName: 'global', KeySchema: keys('group', 'n'), Projection: { ProjectionType: 'ALL' } } };
    await client.succeed('UpdateTable', {
      TableName,
      AttributeDefinitions: [
        { AttributeName: 'group', AttributeType: 'S' },
        { AttributeName: 'n', AttributeType: 'N' },
      ],
      GlobalSecondaryIndexUpdates: [change],
    });
  };

  const acknowledged = Array(writers).fill(-1); // the last step
  const lasting = new Set(); // items that never expire, as far as they were acknowledged
  let indexed = 0;
  for (let round = 0; round < rounds; ++round) {
    const now = Math.floor((await advanceClock(server, '1ms')) / 1000);
    const wrong = [];
    const writing = acknowledged.map((last, writer) =>
      untilKilled(async () => {
        for (let step = last + 1; wrong.length === 0; ++step) {
          const { status, json } = await client.call('TransactWriteItems', stepOf(writer, step));
          if (status === 200) acknowledged[writer] = step;
          else if (status < 500) wrong.push(`${writer}, ${step}: ${JSON.stringify(json)}`);
          else return;
        }
      }),
    );
    const expiring = tables.map((TableName) =>
      untilKilled(async () => {
        for (let number = 0; ; ++number) {
          const pk = `${TableName} ${round} ${number}`;
          const due = number % 3 === 0 ? now + 86_400 * 1000 : now - 10;
          const Item = {
            pk: { S: pk },
            sk: { N: '1' },
            n: { N: String(number % 7) },
            group: { S: `g${number % 5}` },
            due: { N: String(due) },
          };
          const { status } = await client.call('PutItem', { TableName, Item });
          if (status === 200 && due > now) lasting.add(pk);
        }
      }),
    );
    const toggling = untilKilled(() => toggle(tables[round % 2]));
    const sweeping = sleep(60).then(() => run(['clock', 'advance', '1s', '--data-dir', directory]));
    await sleep(80 + ((round * 151) % 300));
    await server.kill();
    client.close();
    await Promise.all([...writing, ...expiring, toggling, sweeping]);
    assert.deepEqual(wrong, []);

    await start();
    await advanceClock(server, '1s');
    const items = await Promise.all(tables.map((name) => allOf(name)));
    const written = items.map((of) => sorted(of.filter(({ pk }) => pk.S.startsWith('writer'))));
    assert.deepEqual(written[0], written[1]);
    for (const [writer, step] of acknowledged.entries()) {
      const found = items[0].find(({ pk }) => pk.S === `writer ${writer}`)?.n.N;
      const possible = [step, step + 1].map((last) => (last < 0 || last % 4 === 3 ? undefined : String(last)));
      assert.ok(possible.includes(found), `writer ${writer} was told of step ${step}, and ${found} is there`);
    }
    const there = new Set(items.flat().map(({ pk }) => pk.S));
    for (const pk of lasting) assert.ok(there.has(pk), `${pk} was acknowledged and is not due`);
    assert.deepEqual(
      items.flat().filter(({ due }) => due && Number(due.N) < now),
      [],
    );
    for (const [i, TableName] of tables.entries()) {
      for (const deadline = Date.now() + 60_000 * slowness; ; await sleep(10)) {
        const index = await indexOf(TableName);
        if (!index || index.IndexStatus === 'ACTIVE') break;
        assert.ok(Date.now() < deadline, JSON.stringify(index));
      }
      const { Table } = await client.succeed('DescribeTable', { TableName });
      assert.equal(Table.ItemCount, items[i].length);
      for (const { IndexName, ItemCount } of [...Table.LocalSecondaryIndexes, ...(Table.GlobalSecondaryIndexes ?? [])]) {
        assert.deepEqual(sorted(await allOf(TableName, IndexName)), sorted(items[i]), `${TableName} ${IndexName}`);
        assert.equal(ItemCount, items[i].length);
        indexed += IndexName === 'global' ? 1 : 0;
      }
    }
  }
  assert.ok(Math.max(...acknowledged) > rounds, `steps: ${acknowledged}`);
  assert.ok(lasting.size > rounds, `${lasting.size} items`);
  assert.ok(indexed > 0, 'no index was ever added');
  await server.stop();
  const verified = await run(['verify', '--data-dir', directory]);
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);
});
