// No plaintext of a user's on disk: 32-byte markers written as keys, values, attribute names and table names, and the
// secrets themselves, are searched for in every file of the data directory, in every disguise.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { initialize, run, startDev, startServe } from '../support/server.mjs';
import { succeed } from '../support/wire.mjs';
import { createTable, waitForNoTable } from '../support/tables.mjs';
import { disguises, filesOf, kindOf, search } from '../support/files.mjs';

// 32 bytes of letters and digits.
const marker = () =>
  randomBytes(48)
    .toString('base64')
    .replace(/[^A-Za-z0-9]/g, 'q')
    .slice(0, 32);

test('the search finds what is there, in every disguise and at every alignment', () => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'basalt-search-'));
  const text = marker();
  const around = (before) => Buffer.concat([Buffer.alloc(before, 0x41), Buffer.from(text), Buffer.from('tail')]);
  const files = {
    raw: around(5),
    hex: Buffer.from(around(3).toString('hex')),
    utf16: Buffer.from(`ab${text}`, 'utf16le'),
    base64a: Buffer.from(around(3).toString('base64')),
    base64b: Buffer.from(around(4).toString('base64')),
    base64c: Buffer.from(around(5).toString('base64')),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(directory, name), content);
  const found = search(directory, [['marker', text]]);
  for (const name of Object.keys(files))
    assert.ok(
      found.some((line) => line.endsWith(`in ${name}`)),
      `${name} was not found: ${found}`,
    );
  for (const bytes of disguises(text).values()) assert.ok(bytes.length >= 28);
  rmSync(directory, { recursive: true });
});

test('markers written as keys, values and names are in no file', async () => {
  const place = await initialize();
  const options = { credentials: place.credentials['111111111111'] };
  const markers = Object.fromEntries(
    [
      'tableName',
      'keyName',
      'sortName',
      'partitionKey',
      'sortKey',
      'attributeName',
      'string',
      'binary',
      'setMember',
      'mapKey',
      'listElement',
      'digits',
      'conditionValue',
      'updated',
      'deletedKey',
      'deletedValue',
      'droppedTable',
      'droppedValue',
      'queried',
      'transactedKey',
      'transactedValue',
      'requestToken',
    ].map((name) => [name, marker()]),
  );
  // Of digits, a number's own alphabet.
  markers.digits = Array.from({ length: 32 }, (_, i) => (i ? Math.floor(Math.random() * 10) : 7)).join('');
  const table = { partition: `k${markers.keyName}`, sort: `s${markers.sortName}`, options };
  const Key = { [table.partition]: { S: markers.partitionKey }, [table.sort]: { S: markers.sortKey } };
  const TableName = markers.tableName;

  const load = async (server) => {
    await succeed(
      server,
      'PutItem',
      {
        TableName,
        Item: {
          ...Key,
          [markers.attributeName]: { S: markers.string },
          b: { B: Buffer.from(markers.binary).toString('base64') },
          set: { SS: [markers.setMember] },
          map: { M: { [markers.mapKey]: { L: [{ S: markers.listElement }] } } },
          n: { N: markers.digits },
          filler: { S: 'f'.repeat(200_000) },
        },
      },
      options,
    );
    await succeed(
      server,
      'UpdateItem',
      {
        TableName,
        Key,
        UpdateExpression: 'SET u = :u',
        ConditionExpression: 'attribute_not_exists(u) OR u <> :c',
        ExpressionAttributeValues: { ':u': { S: markers.updated }, ':c': { S: markers.conditionValue } },
      },
      options,
    );
    const deleted = { [table.partition]: { S: markers.deletedKey }, [table.sort]: { S: '1' } };
    await succeed(server, 'PutItem', { TableName, Item: { ...deleted, v: { S: markers.deletedValue } } }, options);
    await succeed(server, 'DeleteItem', { TableName, Key: deleted }, options);
    await succeed(
      server,
      'Query',
      {
        TableName,
        KeyConditionExpression: '#k = :k',
        ExpressionAttributeNames: { '#k': table.partition },
        ExpressionAttributeValues: { ':k': { S: markers.queried } },
      },
      options,
    );
  };

  let log = '';
  let server = await startServe(place);
  await createTable(server, TableName, table);
  await createTable(server, markers.droppedTable, { options });
  await succeed(server, 'PutItem', { TableName: markers.droppedTable, Item: { pk: { S: markers.droppedValue } } }, options);
  await load(server);
  const transacted = { [table.partition]: { S: markers.transactedKey }, [table.sort]: { S: '1' }, v: { S: markers.transactedValue } };
  await succeed(
    server,
    'TransactWriteItems',
    {
      ClientRequestToken: markers.requestToken,
      TransactItems: [
        { Put: { TableName, Item: transacted } },
        { Put: { TableName: markers.droppedTable, Item: { pk: { S: markers.transactedValue } } } },
      ],
    },
    options,
  );
  const secrets = [
    ['root key', readFileSync(place.rootKeyFile).toString('latin1')],
    ['secret access key', options.credentials.secretAccessKey],
  ];
  const everything = [...Object.entries(markers), secrets[1]];

  // While it runs, after a kill, after the flush a restart makes, after a clean stop.
  assert.deepEqual(search(place.directory, everything), [], 'while serving');
  await succeed(server, 'DeleteTable', { TableName: markers.droppedTable }, options);
  await waitForNoTable(server, markers.droppedTable, options);
  for (let i = 0; i < 3; i++) {
    await server.kill();
    log += server.stderr;
    assert.deepEqual(search(place.directory, everything), [], `after kill ${i}`);
    server = await startServe(place);
    await load(server);
  }
  await server.stop();
  log += server.stderr;
  const files = filesOf(place.directory);
  assert.deepEqual(search(place.directory, everything), [], 'after a clean stop');
  for (const kind of ['.log', '.sst', 'MANIFEST', 'CURRENT', 'OPTIONS', 'KEYS', 'ROOT'])
    assert.ok(
      files.some((file) => file.includes(kind)),
      `no ${kind} file was searched`,
    );

  // The root key is binary: raw bytes alone are looked for.
  const rootKey = readFileSync(place.rootKeyFile);
  for (const file of files) assert.ok(!readFileSync(path.join(place.directory, file)).includes(rootKey), `the root key is in ${file}`);

  // What the program prints carries no keys, values or secrets either.
  for (const [name, text] of everything) if (!/[tT]able/.test(name)) assert.ok(!log.includes(text), `${name} is in the log`);
  assert.equal((await run(['verify', '--data-dir', place.directory, '--root-key', place.rootKey])).code, 0);
});

test('bytes of a data directory look random', async () => {
  const server = await startDev();
  await createTable(server, 'zeros');
  for (let i = 0; i < 10; i++)
    await succeed(server, 'PutItem', { TableName: 'zeros', Item: { pk: { S: `k${i}` }, v: { S: '0'.repeat(100_000) } } });
  await server.kill();
  const largest = filesOf(server.directory)
    .map((file) => readFileSync(path.join(server.directory, file)))
    .sort((a, b) => b.length - a.length)[0];
  assert.ok(largest.length > 900_000);
  const counts = new Array(256).fill(0);
  for (const byte of largest) counts[byte]++;
  const entropy_bits = counts.reduce((sum, n) => (n ? sum - (n / largest.length) * Math.log2(n / largest.length) : sum), 0);
  assert.ok(entropy_bits > 7.99, `${entropy_bits} bits a byte`);
  assert.ok(
    filesOf(server.directory).every((file) => kindOf(file) !== 'LOG'),
    'no info log in clear',
  );
});
