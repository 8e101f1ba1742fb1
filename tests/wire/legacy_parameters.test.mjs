// Requests as clients wrote them before there were expressions, sent by the JavaScript SDK: conditional puts, counters,
// key conditions page by page, filters joined by OR, projections; and how they may and may not stand beside expressions.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
  paginateQuery,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { startDev } from '../support/server.mjs';
import { dynamodbClient } from '../support/clients.mjs';
import { refuseInvalid } from '../support/wire.mjs';
import { createTable } from '../support/tables.mjs';

let server;
let client;
before(async () => {
  server = await startDev({ inMemory: true });
  client = dynamodbClient(server);
  await createTable(server, 'players');
  await createTable(server, 'scores', { partition: 'game', sort: 'at', types: { at: 'N' } });
});
after(() => server?.stop());

const send = (Command, input) => client.send(new Command(input));
const player = (id) => ({ TableName: 'players', Key: { pk: { S: id } } });
const get = async (id) => (await send(GetItemCommand, { ...player(id), ConsistentRead: true })).Item;

test('a put that expects no item makes one once; a put that expects a version replaces it once', async () => {
  const create = { TableName: 'players', Item: { pk: { S: 'ann' }, version: { N: '1' } }, Expected: { pk: { Exists: false } } };
  await send(PutItemCommand, create);
  await assert.rejects(send(PutItemCommand, create), ConditionalCheckFailedException);

  const replace = {
    TableName: 'players',
    Item: { pk: { S: 'ann' }, version: { N: '2' }, name: { S: 'Ann' } },
    Expected: { version: { Value: { N: '1' } }, name: { ComparisonOperator: 'NULL' } },
    ReturnValues: 'ALL_OLD',
  };
  assert.deepEqual((await send(PutItemCommand, replace)).Attributes, create.Item);
  await assert.rejects(send(PutItemCommand, { ...replace, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }), (error) => {
    assert.ok(error instanceof ConditionalCheckFailedException);
    assert.equal(error.message, 'The conditional request failed');
    assert.deepEqual(error.Item, replace.Item);
    return true;
  });
  assert.deepEqual(await get('ann'), replace.Item);

  const remove = { ...player('ann'), Expected: { version: { ComparisonOperator: 'IN', AttributeValueList: [{ N: '7' }, { N: '2' }] } } };
  await send(DeleteItemCommand, remove);
  await assert.rejects(send(DeleteItemCommand, remove), ConditionalCheckFailedException);
  assert.equal(await get('ann'), undefined);
});

test('of many puts that expect no item at the same time one succeeds', async () => {
  const attempts = Array.from({ length: 20 }, (_, i) =>
    send(PutItemCommand, { TableName: 'players', Item: { pk: { S: 'race' }, by: { N: String(i) } }, Expected: { pk: { Exists: false } } }),
  );
  const results = await Promise.allSettled(attempts);
  const winners = results.flatMap(({ status }, i) => (status === 'fulfilled' ? [String(i)] : []));
  assert.equal(winners.length, 1);
  for (const { status, reason } of results) if (status === 'rejected') assert.ok(reason instanceof ConditionalCheckFailedException);
  assert.equal((await get('race')).by.N, winners[0]);
});

test('counters, sets and lists grow by ADD, whoever else adds', async () => {
  const add = (i) =>
    send(UpdateItemCommand, {
      ...player('counter'),
      AttributeUpdates: {
        hits: { Action: 'ADD', Value: { N: '1' } },
        seen: { Action: 'ADD', Value: { NS: [String(i % 5)] } },
        log: { Action: 'ADD', Value: { L: [{ N: String(i) }] } },
      },
      ReturnValues: 'UPDATED_NEW',
    });
  const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => add(i)));
  assert.deepEqual(
    answers.map(({ Attributes }) => Number(Attributes.hits.N)).sort((a, b) => a - b),
    Array.from({ length: 30 }, (_, i) => i + 1),
  );
  const item = await get('counter');
  assert.equal(item.hits.N, '30');
  assert.deepEqual([...item.seen.NS].sort(), ['0', '1', '2', '3', '4']);
  assert.deepEqual(
    item.log.L.map(({ N }) => Number(N)).sort((a, b) => a - b),
    Array.from({ length: 30 }, (_, i) => i),
  );

  const { Attributes } = await send(UpdateItemCommand, {
    ...player('counter'),
    AttributeUpdates: {
      hits: { Action: 'PUT', Value: { N: '0' } },
      seen: { Action: 'DELETE', Value: { NS: ['0', '1', '2', '3', '4'] } },
      log: { Action: 'DELETE' },
    },
    Expected: { hits: { ComparisonOperator: 'GE', AttributeValueList: [{ N: '30' }] } },
    ReturnValues: 'UPDATED_OLD',
  });
  assert.deepEqual(Object.keys(Attributes).sort(), ['hits', 'log', 'seen']);
  assert.deepEqual(await get('counter'), { pk: { S: 'counter' }, hits: { N: '0' } });
});

test('key conditions are paged through, forwards and backwards', async () => {
  for (let from = 0; from < 50; from += 25)
    await send(BatchWriteItemCommand, {
      RequestItems: {
        scores: Array.from({ length: 25 }, (_, i) => ({
          PutRequest: { Item: { game: { S: 'chess' }, at: { N: String(from + i) }, score: { N: String((from + i) % 7) } } },
        })),
      },
    });
  for (const ScanIndexForward of [true, false]) {
    const seen = [];
    let pages = 0;
    let capacity = 0;
    for await (const page of paginateQuery(
      { client, pageSize: 8 },
      {
        TableName: 'scores',
        KeyConditions: {
          game: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'chess' }] },
          at: { ComparisonOperator: 'BETWEEN', AttributeValueList: [{ N: '10' }, { N: '40' }] },
        },
        QueryFilter: { score: { ComparisonOperator: 'NE', AttributeValueList: [{ N: '3' }] } },
        AttributesToGet: ['at'],
        ScanIndexForward,
        ReturnConsumedCapacity: 'TOTAL',
      },
    )) {
      for (const item of page.Items) assert.deepEqual(Object.keys(item), ['at']);
      seen.push(...page.Items.map((item) => Number(item.at.N)));
      capacity += page.ConsumedCapacity.CapacityUnits;
      pages++;
    }
    const expected = Array.from({ length: 31 }, (_, i) => 10 + i).filter((at) => at % 7 !== 3);
    assert.deepEqual(seen, ScanIndexForward ? expected : expected.reverse());
    assert.equal(pages, 4);
    assert.equal(capacity, 2);
  }
});

test('a scan filter joined by OR finds what any condition holds for; AND is the default', async () => {
  for (const [id, attributes] of Object.entries({
    f1: { team: { S: 'red' }, level: { N: '1' }, active: { BOOL: true } },
    f2: { team: { S: 'blue' }, level: { N: '9' }, active: { BOOL: false } },
    f3: { team: { S: 'green' }, level: { N: '1' }, tags: { SS: ['vip', 'new'] } },
    f4: { level: { N: '5' } },
  }))
    await send(PutItemCommand, { TableName: 'players', Item: { pk: { S: id }, filter: { BOOL: true }, ...attributes } });
  const find = async (ScanFilter, ConditionalOperator) => {
    const found = [];
    for await (const page of paginateScan({ client, pageSize: 2 }, { TableName: 'players', ScanFilter, ConditionalOperator }))
      found.push(...page.Items.filter((item) => item.filter).map((item) => item.pk.S));
    return found.sort().join(' ');
  };
  const red = { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'red' }] };
  const high = { ComparisonOperator: 'GT', AttributeValueList: [{ N: '4' }] };
  const vip = { ComparisonOperator: 'CONTAINS', AttributeValueList: [{ S: 'vip' }] };
  assert.equal(await find({ team: red, level: high }, 'OR'), 'f1 f2 f4');
  assert.equal(await find({ team: red, level: high, tags: vip }, 'OR'), 'f1 f2 f3 f4');
  assert.equal(await find({ team: red, level: high }), '');
  assert.equal(await find({ pk: { ComparisonOperator: 'BEGINS_WITH', AttributeValueList: [{ S: 'f' }] }, level: high }, 'AND'), 'f2 f4');
  assert.equal(await find({ active: { ComparisonOperator: 'EQ', AttributeValueList: [{ BOOL: true }] } }), 'f1');
  assert.equal(await find({ team: { ComparisonOperator: 'NOT_CONTAINS', AttributeValueList: [{ S: 'e' }] } }), 'f4');
});

test('projections of old and new form read the same attributes', async () => {
  await send(PutItemCommand, { TableName: 'players', Item: { pk: { S: 'p' }, 'a.b': { S: 'dot' }, size: { N: '1' }, rest: { S: 'x' } } });
  const names = ['a.b', 'size', 'absent'];
  const projection = { ProjectionExpression: '#a, #s, #n', ExpressionAttributeNames: { '#a': 'a.b', '#s': 'size', '#n': 'absent' } };
  const expected = { 'a.b': { S: 'dot' }, size: { N: '1' } };
  assert.deepEqual((await send(GetItemCommand, { ...player('p'), AttributesToGet: names })).Item, expected);
  assert.deepEqual((await send(GetItemCommand, { ...player('p'), ...projection })).Item, expected);
  const batch = (members) => send(BatchGetItemCommand, { RequestItems: { players: { Keys: [{ pk: { S: 'p' } }], ...members } } });
  assert.deepEqual((await batch({ AttributesToGet: names })).Responses.players, [expected]);
  assert.deepEqual((await batch(projection)).Responses.players, [expected]);
});

test('old and new parameters do not stand in one request, except key conditions beside a filter or projection', async () => {
  const mixed = (legacy, expressions) =>
    'Can not use both expression and non-expression parameters in the same request: ' +
    `Non-expression parameters: {${legacy}} Expression parameters: {${expressions}}`;
  await refuseInvalid(
    server,
    'UpdateItem',
    { ...player('p'), AttributeUpdates: { a: { Action: 'DELETE' } }, ConditionExpression: 'attribute_exists(pk)' },
    mixed('AttributeUpdates', 'ConditionExpression'),
  );
  await refuseInvalid(
    server,
    'Scan',
    { TableName: 'players', AttributesToGet: ['pk'], FilterExpression: 'attribute_exists(pk)' },
    mixed('AttributesToGet', 'FilterExpression'),
  );
  await refuseInvalid(
    server,
    'BatchGetItem',
    {
      RequestItems: {
        players: { Keys: [{ pk: { S: 'p' } }], AttributesToGet: ['pk'] },
        scores: { Keys: [{ game: { S: 'g' }, at: { N: '1' } }], ProjectionExpression: 'score' },
      },
    },
    mixed('AttributesToGet', 'ProjectionExpression'),
  );
  const { Items } = await send(QueryCommand, {
    TableName: 'scores',
    KeyConditions: {
      game: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'chess' }] },
      at: { ComparisonOperator: 'LT', AttributeValueList: [{ N: '4' }] },
    },
    FilterExpression: 'score > :one',
    ExpressionAttributeValues: { ':one': { N: '1' } },
    ProjectionExpression: 'score',
  });
  assert.deepEqual(Items, [{ score: { N: '2' } }, { score: { N: '3' } }]);
  const { Count, ScannedCount } = await send(ScanCommand, { TableName: 'scores', Select: 'COUNT', ScanFilter: {} });
  assert.equal(Count, ScannedCount);
});
