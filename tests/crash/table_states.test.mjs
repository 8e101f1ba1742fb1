// kill -9 while a table is CREATING, UPDATING in each way, or DELETING: the next start finishes what was begun, items
// stay, and the directory verifies.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import { configuredBy, run, startDev, temporaryDirectory } from '../support/server.mjs';
import { succeed } from '../support/wire.mjs';
import { waitForNoTable, waitForTable } from '../support/tables.mjs';

const TableName = 'states';
const units = (n) => ({ ProvisionedThroughput: { ReadCapacityUnits: n, WriteCapacityUnits: n } });

test('a start finishes what a killed server left in each state of a table', async () => {
  const directory = path.join(temporaryDirectory('states'), 'data');
  const flags = configuredBy('[compat]\nprofile = "aws"\n');
  const status = async (server) => (await succeed(server, 'DescribeTable', { TableName })).Table.TableStatus;
  // Sends one request and kills the server while the table is in the state this leads to; then a new one.
  const kill = async (server, operation, body, expected) => {
    const { TableDescription } = await succeed(server, operation, { TableName, ...body });
    assert.equal(TableDescription.TableStatus, expected);
    assert.equal(await status(server), expected);
    await server.kill();
    return startDev({ directory, flags });
  };

  let server = await startDev({ directory, flags });
  const definition = {
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  };
  server = await kill(server, 'CreateTable', { ...definition, ...units(5) }, 'CREATING');
  const { TableId } = await waitForTable(server, TableName);
  await succeed(server, 'PutItem', { TableName, Item: { pk: { S: 'kept' } } });

  server = await kill(server, 'UpdateTable', units(3), 'UPDATING');
  let table = await waitForTable(server, TableName);
  assert.equal(table.ProvisionedThroughput.ReadCapacityUnits, 3);
  assert.equal(table.ProvisionedThroughput.NumberOfDecreasesToday, 1);
  assert.equal(table.WarmThroughput.ReadUnitsPerSecond, 5);

  server = await kill(
    server,
    'UpdateTable',
    { BillingMode: 'PAY_PER_REQUEST', OnDemandThroughput: { MaxWriteRequestUnits: 9 } },
    'UPDATING',
  );
  table = await waitForTable(server, TableName);
  assert.equal(table.BillingModeSummary.BillingMode, 'PAY_PER_REQUEST');
  assert.deepEqual(table.OnDemandThroughput, { MaxWriteRequestUnits: 9 });

  server = await kill(server, 'UpdateTable', { TableClass: 'STANDARD_INFREQUENT_ACCESS' }, 'UPDATING');
  table = await waitForTable(server, TableName);
  assert.equal(table.TableClassSummary.TableClass, 'STANDARD_INFREQUENT_ACCESS');
  assert.equal(table.TableId, TableId);
  assert.deepEqual((await succeed(server, 'GetItem', { TableName, Key: { pk: { S: 'kept' } } })).Item, { pk: { S: 'kept' } });

  server = await kill(server, 'DeleteTable', {}, 'DELETING');
  await waitForNoTable(server, TableName);
  assert.deepEqual(await succeed(server, 'ListTables', {}), { TableNames: [] });
  await server.stop();
  const verified = await run(['verify', '--data-dir', directory]);
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);
});
