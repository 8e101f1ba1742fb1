// kill -9 while the expiry index is filled and while a sweep deletes: the next start goes on with both. Nothing that was
// not due is lost, nothing that was is left, the indexes say the same, and the clock never runs backwards.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import { advanceClock } from '../support/clock.mjs';
import { run, sleep, startDev, temporaryDirectory } from '../support/server.mjs';
import { succeed } from '../support/wire.mjs';
import { createTable } from '../support/tables.mjs';

const TableName = 'expiring';
const items = 3_000;

test('a start goes on with the expiry of a killed server', async () => {
  const directory = path.join(temporaryDirectory('expiry'), 'data');
  const flags = ['--test-clock'];
  let server = await startDev({ directory, flags });
  const restart = async () => {
    await server.kill();
    server = await startDev({ directory, flags });
  };
  const start = Math.floor((await advanceClock(server, '1s')) / 1000);
  await createTable(server, TableName);
  const put = (n) => ({
    PutRequest: { Item: { pk: { S: `k${n}` }, group: { S: `g${n % 7}` }, due: { N: `${start + (n % 4 ? 600 : 86_400)}` } } },
  });
  for (let n = 0; n < items; n += 25)
    await succeed(server, 'BatchWriteItem', { RequestItems: { [TableName]: Array.from({ length: 25 }, (_, i) => put(n + i)) } });
  await succeed(server, 'UpdateTable', {
    TableName,
    AttributeDefinitions: [{ AttributeName: 'group', AttributeType: 'S' }],
    GlobalSecondaryIndexUpdates: [
      {
        Create: { IndexName: 'by-group', KeySchema: [{ AttributeName: 'group', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } },
      },
    ],
  });
  await succeed(server, 'UpdateTimeToLive', { TableName, TimeToLiveSpecification: { Enabled: true, AttributeName: 'due' } });

  // While both indexes are filled.
  for (let round = 0; round < 3; round++) {
    await sleep(round * 10);
    await restart();
  }
  const description = { TimeToLiveStatus: 'ENABLED', AttributeName: 'due' };
  assert.deepEqual((await succeed(server, 'DescribeTimeToLive', { TableName })).TimeToLiveDescription, description);

  // While it sweeps: each advance may or may not have been taken before the end.
  let shown = 0;
  for (let round = 0; round < 5; round++) {
    const advancing = run(['clock', 'advance', '10m', '--data-dir', directory]);
    await sleep(5 + round * 12);
    await restart();
    await advancing;
    const time = await advanceClock(server, '1ms');
    assert.ok(time > shown, 'the clock went back');
    shown = time;
  }
  assert.ok(shown < (start + 86_400) * 1000);
  await advanceClock(server, '11m');

  const walk = async (IndexName) => {
    const found = [];
    let ExclusiveStartKey;
    do {
      const page = await succeed(server, 'Scan', { TableName, IndexName, ExclusiveStartKey });
      found.push(...page.Items.map(({ pk, group }) => `${pk.S} ${group.S}`));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return found.sort();
  };
  const expected = Array.from({ length: items / 4 }, (_, n) => `k${4 * n} g${(4 * n) % 7}`).sort();
  assert.deepEqual(await walk(), expected);
  for (;;) {
    const { Table } = await succeed(server, 'DescribeTable', { TableName });
    assert.equal(Table.ItemCount, expected.length);
    if (Table.GlobalSecondaryIndexes[0].IndexStatus === 'ACTIVE') {
      assert.equal(Table.GlobalSecondaryIndexes[0].ItemCount, expected.length);
      break;
    }
    await sleep(20);
  }
  assert.deepEqual(await walk('by-group'), expected);
  await restart();
  await advanceClock(server, '1d');
  assert.deepEqual(await walk(), []);
  assert.deepEqual(await walk('by-group'), []);
  await server.stop();
  const verified = await run(['verify', '--data-dir', directory]);
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);
});
