// kill -9 while an index is made room for, backfilled beside writes, and deleted: the next start goes on, no entry is
// missing or counted twice, and the directory verifies.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import { configuredBy, run, sleep, startDev, temporaryDirectory } from '../support/server.mjs';
import { slowness } from '../support/paths.mjs';
import { call, succeed } from '../support/wire.mjs';
import { createTable } from '../support/tables.mjs';

const TableName = 'indexed';
const items = 2_000;

test('a start goes on with the indexes of a killed server', async () => {
  const directory = path.join(temporaryDirectory('indexes'), 'data');
  const slow = configuredBy('[compat]\nprofile = "aws"\n');
  let server = await startDev({ directory, flags: [] });
  const restart = async (flags = []) => {
    await server.kill();
    server = await startDev({ directory, flags });
  };
  const index = async () => (await succeed(server, 'DescribeTable', { TableName })).Table.GlobalSecondaryIndexes?.[0];
  const until = async (what, holds) => {
    for (const deadline = Date.now() + 60_000 * slowness; !holds(await index()); await sleep(5))
      assert.ok(Date.now() < deadline, `${what} does not come: ${JSON.stringify(await index())}`);
  };
  const create = () =>
    succeed(server, 'UpdateTable', {
      TableName,
      AttributeDefinitions: [{ AttributeName: 'group', AttributeType: 'S' }],
      GlobalSecondaryIndexUpdates: [
        {
          Create: {
            IndexName: 'by-group',
            KeySchema: [{ AttributeName: 'group', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        },
      ],
    });
  const remove = () =>
    succeed(server, 'UpdateTable', { TableName, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'by-group' } }] });
  const put = (n, group) => ({ PutRequest: { Item: { pk: { S: `k${n}` }, ...(group && { group: { S: group } }) } } });

  // What the index holds, walked in pages, is what the items say; and so is its count.
  const check = async () => {
    const walk = async (IndexName) => {
      const found = [];
      let ExclusiveStartKey;
      do {
        const page = await succeed(server, 'Scan', { TableName, IndexName, ExclusiveStartKey });
        found.push(...page.Items);
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      return found.map(({ pk, group }) => `${pk.S} ${group?.S}`).sort();
    };
    const expected = (await walk()).filter((item) => !item.endsWith('undefined'));
    assert.ok(expected.length > items / 4);
    assert.deepEqual(await walk('by-group'), expected);
    assert.equal((await index()).ItemCount, expected.length);
  };

  await createTable(server, TableName);
  for (let n = 0; n < items; n += 25) {
    const batch = Array.from({ length: 25 }, (_, i) => put(n + i, (n + i) % 3 ? `g${i % 4}` : null));
    await succeed(server, 'BatchWriteItem', { RequestItems: { [TableName]: batch } });
  }

  // While room is made, in the delays of the service.
  await restart(slow);
  assert.equal((await create()).TableDescription.GlobalSecondaryIndexes[0].Backfilling, false);
  await restart(slow);
  await until('backfilling', (now) => now.Backfilling === true);
  // While it is backfilled, again and again, with writes under way whose outcome nobody hears of.
  for (let round = 0; round < 4; round++) {
    const writes = Array.from({ length: 40 }, (_, i) =>
      succeed(server, 'PutItem', { TableName, ...{ Item: put(round * 40 + i, i % 2 ? `new${round}` : null).PutRequest.Item } }).catch(() => null),
    );
    await sleep(round * 7);
    await restart(round === 3 ? [] : slow);
    await Promise.all(writes);
  }
  await until('ACTIVE', (now) => now.IndexStatus === 'ACTIVE');
  await check();

  // While it is deleted; then one of the same name is made.
  await restart(slow);
  assert.equal((await remove()).TableDescription.GlobalSecondaryIndexes[0].IndexStatus, 'DELETING');
  await restart();
  await until('its end', (now) => now === undefined);
  assert.equal((await call(server, 'Scan', { TableName, IndexName: 'by-group' })).status, 400);
  await create();
  await until('ACTIVE', (now) => now.IndexStatus === 'ACTIVE');
  await check();

  // With all there is of the table while its index goes away.
  await remove();
  await restart();
  await until('its end', (now) => now === undefined);
  for (;;) {
    const deleted = await call(server, 'DeleteTable', { TableName });
    if (deleted.status === 200) break;
    assert.equal(deleted.json.__type.split('#')[1], 'ResourceInUseException', deleted.text);
    await sleep(20);
  }
  await server.stop();
  const verified = await run(['verify', '--data-dir', directory]);
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);
});
