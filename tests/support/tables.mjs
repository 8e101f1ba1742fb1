// Tables for tests that speak the wire themselves.
import assert from 'node:assert/strict';
import { call, succeed } from './wire.mjs';
import { sleep } from './server.mjs';
import { slowness } from './paths.mjs';

// Creates a table and waits until it is ACTIVE. `sort` null: partition key alone.
export async function createTable(server, name, { partition = 'pk', sort = null, types = {}, options, ...members } = {}) {
  const keys = [partition, ...(sort ? [sort] : [])];
  await succeed(
    server,
    'CreateTable',
    {
      TableName: name,
      AttributeDefinitions: keys.map((key) => ({ AttributeName: key, AttributeType: types[key] ?? 'S' })),
      KeySchema: keys.map((key, i) => ({ AttributeName: key, KeyType: i ? 'RANGE' : 'HASH' })),
      BillingMode: 'PAY_PER_REQUEST',
      ...members,
    },
    options,
  );
  return waitForTable(server, name, options);
}

export async function waitForTable(server, name, options) {
  const deadline = Date.now() + 20_000 * slowness;
  for (;;) {
    const { Table } = await succeed(server, 'DescribeTable', { TableName: name }, options);
    if (Table.TableStatus === 'ACTIVE') return Table;
    assert.ok(Date.now() < deadline, `table ${name} stays ${Table.TableStatus}`);
    await sleep(20);
  }
}

export async function waitForNoTable(server, name, options) {
  const deadline = Date.now() + 20_000 * slowness;
  for (;;) {
    const response = await call(server, 'DescribeTable', { TableName: name }, options);
    if (response.status === 400 && response.json.__type.endsWith('#ResourceNotFoundException')) return;
    assert.ok(Date.now() < deadline, `table ${name} is still there: ${response.text}`);
    await sleep(20);
  }
}
