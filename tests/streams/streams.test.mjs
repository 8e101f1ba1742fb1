// Streams from outside: what they tell replays to what the table holds, whenever the server is killed; streams of tables
// that are gone; and the SDK's own client.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb-streams';
import { configuredBy, run, sleep, startDev, temporaryDirectory } from '../support/server.mjs';
import { FastClient } from '../support/fast.mjs';
import { slowness } from '../support/paths.mjs';
import { clientSettings } from '../support/clients.mjs';
import { advanceClock } from '../support/clock.mjs';
import { askStreams, describeStream, readShard, readStream } from '../support/streams.mjs';
import { createTable, waitForNoTable, waitForTable } from '../support/tables.mjs';
import { call, dynamodb, refuse, succeed } from '../support/wire.mjs';

const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' };
const keys = 30;
const workers = 8;

async function scanAll(server, TableName) {
  const items = new Map();
  let ExclusiveStartKey;
  do {
    const page = await succeed(server, 'Scan', { TableName, ExclusiveStartKey, ConsistentRead: true });
    for (const item of page.Items) items.set(item.pk.S, item);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return items;
}

// Each record follows from the state that those before it led to; at the end that is what the table holds.
function replay(records) {
  const items = new Map();
  let last = '';
  for (const { eventName, dynamodb } of records) {
    assert.ok(dynamodb.SequenceNumber > last, `${dynamodb.SequenceNumber} after ${last}`);
    last = dynamodb.SequenceNumber;
    const key = dynamodb.Keys.pk.S;
    assert.deepEqual(dynamodb.OldImage, items.get(key));
    assert.equal(eventName, !dynamodb.OldImage ? 'INSERT' : dynamodb.NewImage ? 'MODIFY' : 'REMOVE');
    if (dynamodb.NewImage) items.set(key, dynamodb.NewImage);
    else items.delete(key);
  }
  return items;
}

test('a stream replays to its table, shard after shard, whenever the server is killed', async () => {
  const directory = path.join(temporaryDirectory('streams'), 'data');
  const flags = configuredBy('[limits]\nstream_shard_ms = 300\n');
  let server = await startDev({ directory, flags });
  await createTable(server, 'replayed', { StreamSpecification });
  const { LatestStreamArn } = (await succeed(server, 'DescribeTable', { TableName: 'replayed' })).Table;
  const acknowledged = new Set();
  let version = 0;

  for (let round = 0; round < 3; round++) {
    const client = new FastClient(server, { connections: workers });
    const work = async () => {
      for (;;) {
        const pk = { S: `k${Math.floor(Math.random() * keys)}` };
        const v = { N: String(++version) };
        const [operation, body] =
          version % 5 === 0
            ? ['DeleteItem', { Key: { pk } }]
            : version % 3 === 0
              ? ['UpdateItem', { Key: { pk }, UpdateExpression: 'SET v = :v', ExpressionAttributeValues: { ':v': v } }]
              : ['PutItem', { Item: { pk, v } }];
        let answer;
        try {
          answer = await client.call(operation, { TableName: 'replayed', ...body });
        } catch {
          return; // the server is gone
        }
        assert.equal(answer.status, 200, JSON.stringify(answer.json));
        if (operation !== 'DeleteItem') acknowledged.add(v.N);
      }
    };
    const working = Array.from({ length: workers }, work);
    await sleep(700 * slowness);
    await server.kill();
    await Promise.all(working);
    client.close();
    server = await startDev({ directory, flags });
  }

  const deadline = Date.now() + 20_000 * slowness;
  for (;;) {
    const { Shards } = await describeStream(server, LatestStreamArn);
    if (Shards.length > 3) break;
    assert.ok(Date.now() < deadline, `only ${Shards.length} shards`);
    await sleep(50);
  }
  const records = await readStream(server, LatestStreamArn);
  const told = records.filter(({ dynamodb }) => dynamodb.NewImage).map(({ dynamodb }) => dynamodb.NewImage.v.N);
  assert.equal(new Set(told).size, told.length, 'a write is told twice');
  assert.ok(acknowledged.size > 100, `${acknowledged.size} writes`);
  const missing = [...acknowledged].filter((v) => !told.includes(v));
  assert.deepEqual(missing, [], 'acknowledged writes that are not told');
  assert.deepEqual([...replay(records)].sort(), [...(await scanAll(server, 'replayed'))].sort());

  const { Shards } = await describeStream(server, LatestStreamArn);
  for (const [i, shard] of Shards.entries()) {
    assert.equal(shard.ParentShardId, Shards[i - 1]?.ShardId);
    assert.equal(Boolean(shard.SequenceNumberRange.EndingSequenceNumber), i < Shards.length - 1);
  }
  await server.stop();
  const verified = await run(['verify', '--data-dir', directory]);
  assert.equal(verified.code, 0, verified.stderr);
});

test('the stream of a deleted table is there after a kill at any moment', async () => {
  const directory = path.join(temporaryDirectory('streams'), 'data');
  let server = await startDev({ directory, flags: [] });
  const arns = [];
  for (let round = 0; round < 4; round++) {
    await createTable(server, 'short', { StreamSpecification });
    const put = (n) => ({ PutRequest: { Item: { pk: { S: `k${n}` }, pad: { S: 'x'.repeat(20_000) } } } });
    for (let n = 0; n < 200; n += 25) {
      const batch = Array.from({ length: 25 }, (_, i) => put(n + i));
      await succeed(server, 'BatchWriteItem', { RequestItems: { short: batch } });
    }
    const { LatestStreamArn } = (await succeed(server, 'DescribeTable', { TableName: 'short' })).Table;
    arns.push(LatestStreamArn);
    await succeed(server, 'DeleteTable', { TableName: 'short' });
    await sleep(round * 15);
    await server.kill();
    server = await startDev({ directory, flags: [] });
    await waitForNoTable(server, 'short');
  }
  for (const arn of arns) {
    assert.equal((await describeStream(server, arn)).StreamStatus, 'DISABLED');
    assert.equal((await readStream(server, arn)).length, 200);
  }
  const { Streams } = await askStreams(server, 'ListStreams', { TableName: 'short' });
  assert.deepEqual(
    Streams.map(({ StreamArn }) => StreamArn),
    arns,
  );
  await server.stop();
  const verified = await run(['verify', '--data-dir', directory]);
  assert.equal(verified.code, 0, verified.stderr);
});

test('shards end and records go by the clock that an operator moves, and commits are stamped by it', async () => {
  const directory = path.join(temporaryDirectory('streams'), 'data');
  const flags = ['--test-clock'];
  let server = await startDev({ directory, flags });
  await createTable(server, 'timed', { StreamSpecification });
  await createTable(server, 'gone', { StreamSpecification });
  const put = (TableName, pk) => succeed(server, 'PutItem', { TableName, Item: { pk: { S: pk } } });
  const streamOf = async (TableName) => (await succeed(server, 'DescribeTable', { TableName })).Table.LatestStreamArn;
  const StreamArn = await streamOf('timed');
  const goneArn = await streamOf('gone');
  const keysOf = (records) => records.map(({ dynamodb }) => dynamodb.Keys.pk.S);
  const trimmed = dynamodb('TrimmedDataAccessException', 'The data you are trying to access has been trimmed');
  await put('timed', 'a');
  await put('gone', 'g');
  await succeed(server, 'DeleteTable', { TableName: 'gone' });
  await waitForNoTable(server, 'gone');

  await advanceClock(server, '4h');
  const { Shards } = await describeStream(server, StreamArn);
  assert.equal(Shards.length, 2);
  assert.equal(Shards[1].ParentShardId, Shards[0].ShardId);
  await put('timed', 'b');
  const start = { StreamArn, ShardId: Shards[0].ShardId, ShardIteratorType: 'TRIM_HORIZON' };
  const { ShardIterator } = await askStreams(server, 'GetShardIterator', start);
  await advanceClock(server, '16m');
  const expired = await call(server, 'GetRecords', { ShardIterator }, { target: 'DynamoDBStreams_20120810.GetRecords' });
  assert.equal(expired.json.__type, 'com.amazonaws.dynamodb.v20120810#ExpiredIteratorException');
  assert.deepEqual(keysOf(await readStream(server, goneArn)), ['g']);

  // By then the first record is a day old, and the second is not.
  const time = await advanceClock(server, '20h');
  await put('timed', 'c');
  const records = await readStream(server, StreamArn);
  assert.deepEqual(keysOf(records), ['b', 'c']);
  const at = records[1].dynamodb.ApproximateCreationDateTime;
  assert.ok(at * 1000 > time - 2_000 && at * 1000 < time + 60_000, `${at}`);
  const refused = { target: 'DynamoDBStreams_20120810.DescribeStream' };
  const unknown = dynamodb('ResourceNotFoundException', `Requested resource not found: Stream: ${goneArn} not found`);
  await refuse(server, 'DescribeStream', { StreamArn: goneArn }, unknown, refused);
  const child = { StreamArn, ShardId: Shards[1].ShardId, ShardIteratorType: 'AT_SEQUENCE_NUMBER' };
  const SequenceNumber = records[0].dynamodb.SequenceNumber;
  assert.deepEqual(keysOf((await readShard(server, StreamArn, child.ShardId, 'AT_SEQUENCE_NUMBER', { SequenceNumber })).records), ['b']);

  // Nothing of it is undone by a kill.
  await server.kill();
  server = await startDev({ directory, flags });
  assert.deepEqual(keysOf(await readStream(server, StreamArn)), ['b', 'c']);
  await refuse(server, 'DescribeStream', { StreamArn: goneArn }, unknown, refused);
  await advanceClock(server, '4h');
  await refuse(server, 'GetShardIterator', { ...child, SequenceNumber }, trimmed, { target: 'DynamoDBStreams_20120810.GetShardIterator' });
  assert.deepEqual(keysOf(await readStream(server, StreamArn)), ['c']);
  // The first shard ended a day ago.
  const left = (await describeStream(server, StreamArn)).Shards;
  assert.ok(!left.some(({ ShardId }) => ShardId === Shards[0].ShardId));
  assert.equal(left[0].ParentShardId, Shards[0].ShardId);
  await server.stop();
  const verified = await run(['verify', '--data-dir', directory]);
  assert.equal(verified.code, 0, verified.stderr);
});

test('the client of the SDK reads a stream', async () => {
  const server = await startDev({ inMemory: true });
  const client = new DynamoDBStreamsClient(clientSettings(server));
  await createTable(server, 'Music', { StreamSpecification });
  await succeed(server, 'PutItem', { TableName: 'Music', Item: { pk: { S: 'a' }, bytes: { B: 'AAEC' } } });
  const { Streams } = await client.send(new ListStreamsCommand({ TableName: 'Music' }));
  const [{ StreamArn }] = Streams;
  const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn }));
  assert.ok(Math.abs(StreamDescription.CreationRequestDateTime - Date.now()) < 60_000);
  const [{ ShardId }] = StreamDescription.Shards;
  const { ShardIterator } = await client.send(new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }));
  const { Records, NextShardIterator } = await client.send(new GetRecordsCommand({ ShardIterator }));
  assert.equal(Records.length, 1);
  assert.equal(Records[0].eventName, 'INSERT');
  assert.deepEqual(Records[0].dynamodb.NewImage, { bytes: { B: Uint8Array.of(0, 1, 2) }, pk: { S: 'a' } });
  assert.equal(Records[0].dynamodb.SizeBytes, 14);
  assert.ok(Math.abs(Records[0].dynamodb.ApproximateCreationDateTime - Date.now()) < 60_000);
  assert.deepEqual((await client.send(new GetRecordsCommand({ ShardIterator: NextShardIterator }))).Records, []);
  await assert.rejects(
    client.send(new DescribeStreamCommand({ StreamArn: StreamArn.replace(/\d{3}$/, '000') + '1' })),
    ResourceNotFoundException,
  );
  // Disabled by UpdateTable, it is still there.
  await succeed(server, 'UpdateTable', { TableName: 'Music', StreamSpecification: { StreamEnabled: false } });
  await waitForTable(server, 'Music');
  const after = await client.send(new DescribeStreamCommand({ StreamArn }));
  assert.equal(after.StreamDescription.StreamStatus, 'DISABLED');
  assert.equal((await client.send(new GetRecordsCommand({ ShardIterator }))).NextShardIterator, undefined);
  client.destroy();
  await server.stop();
});
