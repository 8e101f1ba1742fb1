// The audit log from outside: who did what is there, allowed or denied, for both accounts of a call; no value of an item
// and no secret is in any record, file or line of the log; kill -9 loses no record of an answered call; damage is found.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { configuredBy, initialize, refuses, run, sleep, startDev, startServe, temporaryDirectory } from '../support/server.mjs';
import { advanceClock } from '../support/clock.mjs';
import { filesOf, search } from '../support/files.mjs';
import { call, succeed } from '../support/wire.mjs';
import { createTable } from '../support/tables.mjs';

const everything = configuredBy('[audit]\ndata_events = "all"\n');
const of = (account) => ({ credentials: { accessKeyId: account, secretAccessKey: 'any' } });
const owner = '111111111111';
const friend = '222222222222';
const arn = `arn:aws:dynamodb:us-east-1:${owner}:table/music`;

async function audit(server, ...words) {
  const end = await run(['audit', '--data-dir', server.directory, ...words]);
  assert.equal(end.code, 0, end.stderr);
  return end.stdout.split('\n').slice(0, -1);
}
const records = async (server, ...words) => (await audit(server, '--json', ...words)).map((line) => JSON.parse(line));

test('allowed and denied calls are there, for both accounts, with the statement that decided', async () => {
  const server = await startDev();
  await createTable(server, 'music', { options: of(owner) });
  await succeed(server, 'ListTables', {}, of(friend));
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Sid: 'NotThisOne', Effect: 'Deny', Principal: { AWS: friend }, Action: 'dynamodb:PutItem', Resource: arn },
      { Sid: 'Readers', Effect: 'Allow', Principal: { AWS: friend }, Action: 'dynamodb:*', Resource: arn },
    ],
  });
  await succeed(server, 'PutResourcePolicy', { ResourceArn: arn, Policy }, of(owner));
  await succeed(server, 'GetItem', { TableName: arn, Key: { pk: { S: 'a' } } }, of(friend));
  const denied = await call(server, 'PutItem', { TableName: arn, Item: { pk: { S: 'a' }, v: { S: 'b' } } }, of(friend));
  assert.equal(denied.status, 400);

  const all = await records(server);
  assert.ok(all.some(({ eventName, responseElements }) => eventName === 'CreateTable' && responseElements.tableDescription.tableName === 'music'));
  const [put] = all.filter(({ eventName }) => eventName === 'PutResourcePolicy');
  assert.equal(put.requestParameters.policy, Policy);
  assert.match(put.responseElements.revisionId, /^\d+$/);
  assert.ok(!all.some(({ eventName }) => eventName === 'GetItem'), 'what was allowed to read is not recorded');
  const both = all.filter(({ eventName }) => eventName === 'PutItem');
  assert.deepEqual(both.map(({ recipientAccountId }) => recipientAccountId).sort(), [owner, friend]);
  assert.equal(both[0].sharedEventID, both[1].sharedEventID);
  for (const record of both) {
    assert.equal(record.errorCode, 'AccessDeniedException');
    assert.equal(record.requestID, denied.headers['x-amzn-requestid']);
    assert.deepEqual(record.requestParameters.key, { pk: 'a' });
    assert.deepEqual(record.requestParameters.item, ['pk', 'v']);
    assert.deepEqual(record.decision, {
      effect: 'Deny',
      layer: 'resource-based policy',
      action: 'dynamodb:PutItem',
      resource: arn,
      policy: arn,
      statementId: 'NotThisOne',
      statementNumber: 0,
    });
  }
  const lines = await audit(server, '--account', owner);
  const line = lines.find((text) => text.includes('dynamodb:PutItem'));
  assert.match(line, new RegExp(`^\\S+Z ${owner} Deny dynamodb:PutItem ${friend} 127.0.0.1 ${arn} AccessDeniedException by resource-based policy`));
  assert.match(line, /statement 0 \(NotThisOne\)$/);
  await server.stop();
});

test('in memory there is a log too, and the socket that was named reads it', async () => {
  const socket = path.join(temporaryDirectory('socket'), 'admin.sock');
  const server = await startDev({ inMemory: true, flags: ['--admin-socket', socket] });
  await succeed(server, 'ListTables', {}, of(owner));
  const end = await run(['audit', '--admin-socket', socket]);
  assert.equal(end.code, 0, end.stderr);
  assert.match(end.stdout, /dynamodb:ListTables arn:aws:iam::111111111111:root/);
  await server.stop();
});

test('the command says what is wrong and with which code', async () => {
  const directory = temporaryDirectory('nobody');
  await refuses(['audit', '--data-dir', directory], /no server answers/, { codes: [1] });
  await refuses(['audit', '--since', 'yesterday', '--data-dir', directory], /is no time/);
});

test('no value of an item and no secret is in a record, a file or a line of the log', async () => {
  const place = await initialize();
  const credentials = place.credentials[owner];
  const options = { credentials };
  const server = await startServe(place, { flags: everything });
  const marker = 'M4rkerOfAValueThatNobodyMaySee';
  const value = { S: marker };
  await createTable(server, 'music', { options });
  const Key = { pk: { S: 'theKeyIsThere' } };
  const requests = [
    ['PutItem', { TableName: 'music', Item: { ...Key, a: value, m: { M: { l: { L: [value] } } } } }],
    ['PutItem', { TableName: 'music', Item: { ...Key, n: { N: marker } } }],
    ['UpdateItem', { TableName: 'music', Key, UpdateExpression: 'SET a = :a', ExpressionAttributeValues: { ':a': value } }],
    ['GetItem', { TableName: 'music', Key: { ...Key, a: value } }],
    ['GetItem', { TableName: 'music', Key }],
    ['Scan', { TableName: 'music', FilterExpression: 'a = :a', ExpressionAttributeValues: { ':a': value } }],
    ['TransactWriteItems', { TransactItems: [{ Put: { TableName: 'music', Item: { ...Key, a: value } } }] }],
    ['BatchWriteItem', { RequestItems: { music: [{ PutRequest: { Item: { ...Key, a: value } } }] } }],
    ['ExecuteStatement', { Statement: `UPDATE music SET a = '${marker}' WHERE pk = 'theKeyIsThere'` }],
    ['ExecuteStatement', { Statement: `SELECT * FROM music WHERE a = ?`, Parameters: [value] }],
    ['ExecuteStatement', { Statement: `SELECT * FROM music WHERE a = '${marker}` }],
    ['BatchExecuteStatement', { Statements: [{ Statement: `INSERT INTO music VALUE {'pk': 'x', 'a': '${marker}'}` }] }],
  ];
  for (const [operation, body] of requests) await call(server, operation, body, options);
  const all = await audit(server, '--json');
  for (const [operation] of requests) assert.ok(all.some((line) => line.includes(`"eventName":"${operation}"`)), operation);
  assert.ok(all.some((line) => line.includes('theKeyIsThere')));
  const texts = [...all, ...(await audit(server)), server.stderr];
  await server.stop();
  for (const text of texts) {
    assert.ok(!text.includes(marker), text);
    assert.ok(!text.includes(credentials.secretAccessKey), 'a secret key was written down');
  }
  assert.deepEqual(search(place.directory, [['value', marker], ['key', 'theKeyIsThere'], ['name', '"eventName"']]), []);
});

test('kill -9 loses no record of a call that was answered', { timeout: 300_000 }, async () => {
  const directory = path.join(temporaryDirectory('killed'), 'data');
  const answered = new Set();
  for (let round = 0; round < 5; round++) {
    const server = await startDev({ directory, flags: everything });
    if (round === 0) await createTable(server, 'music', { options: of(owner) });
    let ended = false;
    const work = Array.from({ length: 8 }, async (_, worker) => {
      for (let i = 0; !ended; i++) {
        const pk = `${round}.${worker}.${i}`;
        const answer = await call(server, 'PutItem', { TableName: 'music', Item: { pk: { S: pk } } }, of(owner)).catch(() => null);
        if (answer?.status === 200) answered.add(pk);
      }
    });
    await sleep(300);
    await server.kill();
    ended = true;
    await Promise.all(work);
  }
  assert.ok(answered.size > 50, `${answered.size} calls were answered`);
  const server = await startDev({ directory });
  const recorded = new Set((await records(server)).map(({ requestParameters }) => requestParameters?.key?.pk));
  for (const pk of answered) assert.ok(recorded.has(pk), `no record of ${pk}`);
  await server.stop();
  const end = await run(['verify', '--data-dir', directory]);
  assert.equal(end.code, 0, end.stdout + end.stderr);
});

test('a record that was changed, cut off or taken away is found', async () => {
  const directory = path.join(temporaryDirectory('changed'), 'data');
  for (let round = 0; round < 3; round++) {
    const server = await startDev({ directory });
    await succeed(server, 'ListTables', {}, of(owner));
    await succeed(server, 'DescribeLimits', {}, of(owner));
    await server.stop();
  }
  const logs = filesOf(directory).filter((file) => /^audit\/\d+\.log$/.test(file));
  assert.equal(logs.length, 3);
  const verify = async () => {
    const end = await run(['verify', '--data-dir', directory, '--json']);
    return { code: end.code, bad: JSON.parse(end.stdout).filter(({ ok }) => !ok) };
  };
  assert.equal((await verify()).code, 0);
  for (const log of logs) {
    const file = path.join(directory, log);
    const bytes = readFileSync(file);
    const flipped = Buffer.from(bytes);
    flipped[Math.floor(statSync(file).size / 2)] ^= 1;
    for (const damaged of [flipped, bytes.subarray(0, bytes.length / 2), Buffer.alloc(0)]) {
      writeFileSync(file, damaged);
      const { code, bad } = await verify();
      assert.equal(code, 1);
      assert.ok(bad.some((verdict) => verdict.path.endsWith(log)), JSON.stringify(bad));
    }
    if (log === logs.at(-1)) {
      await refuses(['dev', '--listen', '127.0.0.1:0', '--data-dir', directory], new RegExp(path.basename(log)));
    } else {
      const server = await startDev({ directory });
      await refuses(['audit', '--data-dir', directory], new RegExp(path.basename(log)), { codes: [1] });
      await server.stop();
    }
    writeFileSync(file, bytes);
  }
  assert.equal((await verify()).code, 0);
});

test('records go when they have been kept for long enough', async () => {
  const flags = ['--test-clock', ...configuredBy('[audit]\nretention = "30d"\n')];
  const server = await startDev({ flags });
  await succeed(server, 'ListTables', {}, of(owner));
  await advanceClock(server, '20d');
  await succeed(server, 'DescribeLimits', {}, of(owner));
  const names = async (...words) => (await records(server, ...words)).map(({ eventName }) => eventName);
  assert.deepEqual(await names(), ['ListTables', 'DescribeLimits']);
  assert.deepEqual(await names('--since', '1d'), ['DescribeLimits']);
  assert.deepEqual(await names('--until', '1d'), ['ListTables']);
  await advanceClock(server, '15d');
  assert.deepEqual(await names(), ['DescribeLimits']);
  await advanceClock(server, '30d');
  assert.deepEqual(await names(), []);
  assert.deepEqual(
    filesOf(server.directory).filter((file) => /^audit\/\d+/.test(file)),
    [],
  );
  await server.stop();
});
