// kill -9 under transactions over three tables, at moments that vary: after each start every transaction is whole in all
// of them or in none, what was acknowledged is there, indexes and counters agree, and a token still counts.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import { FastClient } from '../support/fast.mjs';
import { sleep, startDev, temporaryDirectory } from '../support/server.mjs';
import { createTable } from '../support/tables.mjs';

const rounds = Number(process.env.CRASH_TRANSACTION_ROUNDS ?? 8);
const tables = ['one', 'two', 'three'];
const writers = 12;
const directory = path.join(temporaryDirectory('crash-transactions'), 'data');

let server;
let client;
after(async () => {
  client?.close();
  await server?.stop();
});

async function start() {
  server = await startDev({ directory });
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
  return new Map(items.map((item) => [item.pk.S, Number(item.n.N)]));
}
const sorted = (map) => [...map].sort();

// The writer's step, in all tables at once: its item counts up, every third time it goes, and is there again.
const stepOf = (writer, step) => ({
  ClientRequestToken: `${writer}-${step}`,
  TransactItems: tables.map((TableName) => {
    const Key = { pk: { S: `writer ${writer}` } };
    if (step % 3 === 2) return { Delete: { TableName, Key, ConditionExpression: 'attribute_exists(pk)' } };
    return {
      Update: {
        TableName,
        Key,
        UpdateExpression: 'SET n = :step, filler = :filler',
        ConditionExpression: step % 3 === 0 ? 'attribute_not_exists(pk)' : 'n = :before',
        ExpressionAttributeValues: {
          ':step': { N: String(step) },
          ':filler': { S: 'f'.repeat(300) },
          ...(step % 3 === 1 && { ':before': { N: String(step - 1) } }),
        },
      },
    };
  }),
});
// What is there after a step.
const afterStep = (step) => (step % 3 === 2 || step < 0 ? undefined : step);

test('transactions over tables are whole after every kill -9', { timeout: 240_000 }, async () => {
  await start();
  for (const name of tables) {
    await createTable(server, name, {
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'n', AttributeType: 'N' },
      ],
      GlobalSecondaryIndexes: [
        { IndexName: 'by_n', KeySchema: [{ AttributeName: 'n', KeyType: 'HASH' }], Projection: { ProjectionType: 'KEYS_ONLY' } },
      ],
    });
  }
  const acknowledged = Array(writers).fill(-1); // the last step
  for (let round = 0; round < rounds; ++round) {
    const wrong = [];
    const writing = acknowledged.map(async (last, writer) => {
      try {
        for (let step = last + 1; ; ++step) {
          const { status, json } = await client.call('TransactWriteItems', stepOf(writer, step));
          if (status === 200) acknowledged[writer] = step;
          else if (status >= 500) return;
          else wrong.push(`${writer}, ${step}: ${JSON.stringify(json)}`);
          if (wrong.length > 0) return;
        }
      } catch {
        // killed
      }
    });
    await sleep(100 + ((round * 137) % 400));
    await server.kill();
    client.close();
    await Promise.all(writing);
    assert.deepEqual(wrong, []);

    await start();
    const [first, ...others] = await Promise.all(tables.map((name) => allOf(name)));
    for (const other of others) assert.deepEqual(sorted(other), sorted(first));
    for (const [i, TableName] of tables.entries()) {
      assert.deepEqual(sorted(await allOf(TableName, 'by_n')), sorted([first, ...others][i]));
      const { Table } = await client.succeed('DescribeTable', { TableName });
      assert.equal(Table.ItemCount, first.size);
      assert.equal(Table.GlobalSecondaryIndexes[0].ItemCount, first.size);
    }
    for (let writer = 0; writer < writers; ++writer) {
      const step = acknowledged[writer];
      const found = first.get(`writer ${writer}`);
      const possible = [afterStep(step), afterStep(step + 1)];
      assert.ok(possible.includes(found), `writer ${writer} was told of step ${step}, and ${found} is there`);
      // Whether the next step is there or not, asked again it has happened once.
      await client.succeed('TransactWriteItems', stepOf(writer, step + 1));
      acknowledged[writer] = step + 1;
    }
    const now = await allOf('two');
    for (let writer = 0; writer < writers; ++writer) {
      assert.equal(now.get(`writer ${writer}`), afterStep(acknowledged[writer]));
    }
  }
  assert.ok(Math.max(...acknowledged) > 2 * rounds, `steps: ${acknowledged}`);
});
