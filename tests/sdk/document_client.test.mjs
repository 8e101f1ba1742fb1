// The JavaScript SDK's document client, paginators and waiters against dev and serve, as an application uses them.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  ListTablesCommand,
  PutItemCommand,
  GetItemCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  paginateListTables,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  GetCommand,
  NumberValue,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
  paginateQuery,
  paginateScan,
} from '@aws-sdk/lib-dynamodb';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { initialize, startDev, startServe } from '../support/server.mjs';
import { documentClient, dynamodbClient, stsClient } from '../support/clients.mjs';

const places = {};
before(async () => {
  places.dev = { server: await startDev(), options: {} };
  const place = await initialize();
  places.serve = { server: await startServe(place), options: { credentials: place.credentials['111111111111'] } };
  for (const where of Object.values(places)) {
    where.client = dynamodbClient(where.server, where.options);
    where.documents = documentClient(where.server, where.options);
    where.exact = documentClient(where.server, { ...where.options, wrapNumbers: true });
    await create(where, 'main', 'pk', 'sk');
  }
});
after(() => Promise.all(Object.values(places).map(({ server }) => server.stop())));

async function create({ client }, TableName, partition, sort) {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [partition, sort].filter(Boolean).map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [{ AttributeName: partition, KeyType: 'HASH' }, ...(sort ? [{ AttributeName: sort, KeyType: 'RANGE' }] : [])],
    }),
  );
  const { state } = await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName });
  assert.equal(state, 'SUCCESS');
}

for (const mode of ['dev', 'serve']) {
  const it = (name, body) => test(`${mode}: ${name}`, () => body(places[mode]));

  it('the identity is the root of the account', async ({ server, options }) => {
    const { Account, Arn, UserId } = await stsClient(server, options).send(new GetCallerIdentityCommand({}));
    assert.deepEqual({ Account, Arn, UserId }, { Account: '111111111111', Arn: 'arn:aws:iam::111111111111:root', UserId: '111111111111' });
  });

  it('a document of every type comes back equal', async ({ documents }) => {
    const Item = {
      pk: 'all',
      sk: 'types',
      string: 'Grüße 🌍',
      empty: '',
      integer: 42,
      fraction: -0.125,
      yes: true,
      no: false,
      nothing: null,
      bytes: new Uint8Array([0, 1, 254, 255]),
      noBytes: new Uint8Array(0),
      strings: new Set(['a', 'b']),
      numbers: new Set([1, 2.5]),
      list: [1, 'two', [3], { four: 4 }, null],
      map: { nested: { deeply: [true, false] } },
      noList: [],
      noMap: {},
    };
    await documents.send(new PutCommand({ TableName: 'main', Item }));
    const { Item: read } = await documents.send(
      new GetCommand({ TableName: 'main', Key: { pk: 'all', sk: 'types' }, ConsistentRead: true }),
    );
    assert.deepEqual(read, Item);
  });

  it('numbers of 38 digits survive', async ({ exact }) => {
    for (const digits of [
      '12345678901234567890123456789012345678',
      '-0.00000000000000000000000000000000000012345678901234567890123456789012345678',
      '98765432109876543210987654321098765432000000000000000000000000000000',
      '0.1',
    ]) {
      await exact.send(
        new PutCommand({
          TableName: 'main',
          Item: { pk: 'numbers', sk: digits, n: NumberValue.from(digits), set: new Set([NumberValue.from(digits)]) },
        }),
      );
      const { Item } = await exact.send(new GetCommand({ TableName: 'main', Key: { pk: 'numbers', sk: digits } }));
      assert.equal(Item.n.value, digits);
      assert.deepEqual(
        [...Item.set].map((n) => n.value),
        [digits],
      );
    }
  });

  it('sets of blobs and the largest item', async ({ client }) => {
    const Key = { pk: { S: 'large' }, sk: { S: '1' } };
    const BS = [Buffer.from('a'), Buffer.from('b')];
    const room = 400 * 1024 - 'pk'.length - 'large'.length - 'sk'.length - 1 - 'bs'.length - 2 - 'v'.length;
    await client.send(new PutItemCommand({ TableName: 'main', Item: { ...Key, bs: { BS }, v: { S: 'x'.repeat(room) } } }));
    const { Item } = await client.send(new GetItemCommand({ TableName: 'main', Key }));
    assert.equal(Item.v.S.length, room);
    assert.deepEqual(Item.bs.BS.map((b) => Buffer.from(b).toString()).sort(), ['a', 'b']);
    await assert.rejects(
      client.send(new PutItemCommand({ TableName: 'main', Item: { ...Key, bs: { BS }, v: { S: 'x'.repeat(room + 1) } } })),
      { name: 'ValidationException', message: 'Item size has exceeded the maximum allowed size' },
    );
  });

  it('update, condition and delete', async ({ documents }) => {
    const Key = { pk: 'user', sk: 'counter' };
    const bump = () =>
      documents.send(
        new UpdateCommand({
          TableName: 'main',
          Key,
          UpdateExpression: 'SET hits = if_not_exists(hits, :zero) + :one, tags.#t = :now',
          ExpressionAttributeNames: { '#t': 'last.seen' },
          ExpressionAttributeValues: { ':zero': 0, ':one': 1, ':now': 'today' },
          ReturnValues: 'ALL_NEW',
        }),
      );
    await assert.rejects(bump(), {
      name: 'ValidationException',
      message: 'The document path provided in the update expression is invalid for update',
    });
    await documents.send(
      new PutCommand({ TableName: 'main', Item: { ...Key, tags: {} }, ConditionExpression: 'attribute_not_exists(pk)' }),
    );
    assert.deepEqual((await bump()).Attributes, { ...Key, hits: 1, tags: { 'last.seen': 'today' } });
    assert.equal((await bump()).Attributes.hits, 2);
    const failure = await documents
      .send(
        new DeleteCommand({
          TableName: 'main',
          Key,
          ConditionExpression: 'hits > :n',
          ExpressionAttributeValues: { ':n': 5 },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      )
      .catch((error) => error);
    assert.ok(failure instanceof ConditionalCheckFailedException);
    assert.equal(failure.message, 'The conditional request failed');
    assert.equal(failure.Item.hits.N ?? failure.Item.hits, '2');
    const { Attributes } = await documents.send(new DeleteCommand({ TableName: 'main', Key, ReturnValues: 'ALL_OLD' }));
    assert.equal(Attributes.hits, 2);
    assert.equal((await documents.send(new GetCommand({ TableName: 'main', Key }))).Item, undefined);
  });

  it('paginated Query and Scan, forwards and backwards', async (where) => {
    const { documents } = where;
    await create(where, 'pages', 'pk', 'sk');
    const names = Array.from({ length: 60 }, (_, i) => String(i).padStart(3, '0'));
    await Promise.all(
      names.map((sk) => documents.send(new PutCommand({ TableName: 'pages', Item: { pk: 'p', sk, v: 'x'.repeat(40_000) } }))),
    );
    for (const ScanIndexForward of [true, false]) {
      const seen = [];
      let pages = 0;
      for await (const page of paginateQuery(
        { client: documents },
        { TableName: 'pages', KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': 'p' }, ScanIndexForward },
      )) {
        seen.push(...page.Items.map((item) => item.sk));
        pages++;
      }
      assert.deepEqual(seen, ScanIndexForward ? names : [...names].reverse());
      assert.ok(pages >= 3, `2.4 MB came in ${pages} pages`);
    }
    const scanned = [];
    for await (const page of paginateScan({ client: documents, pageSize: 7 }, { TableName: 'pages', ProjectionExpression: 'sk' }))
      scanned.push(...page.Items.map((item) => item.sk));
    assert.deepEqual(scanned.sort(), names);
    const segments = await Promise.all(
      [0, 1, 2, 3].map(async (Segment) => {
        const found = [];
        for await (const page of paginateScan({ client: documents }, { TableName: 'pages', Segment, TotalSegments: 4 }))
          found.push(...page.Items.map((item) => item.sk));
        return found;
      }),
    );
    assert.deepEqual(segments.flat().sort(), names);
    const { Count } = await documents.send(
      new ScanCommand({ TableName: 'pages', Select: 'COUNT', FilterExpression: 'sk < :s', ExpressionAttributeValues: { ':s': '005' } }),
    );
    assert.equal(Count, 5);
  });

  it('paginated ListTables and the waiters', async (where) => {
    const { client } = where;
    for (const name of ['w-a', 'w-b', 'w-c']) await create(where, name, 'pk');
    const names = [];
    for await (const page of paginateListTables({ client, pageSize: 1 }, {})) names.push(...page.TableNames);
    for (const name of ['w-a', 'w-b', 'w-c']) assert.ok(names.includes(name));
    assert.deepEqual(names, [...names].sort());
    await assert.rejects(
      create(where, 'w-a', 'pk'),
      (error) => error instanceof ResourceInUseException && error.message === 'Table already exists: w-a',
    );
    for (const name of ['w-a', 'w-b', 'w-c']) await client.send(new DeleteTableCommand({ TableName: name }));
    for (const name of ['w-a', 'w-b', 'w-c']) {
      assert.equal(
        (await waitUntilTableNotExists({ client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { TableName: name })).state,
        'SUCCESS',
      );
    }
    await assert.rejects(
      client.send(new DescribeTableCommand({ TableName: 'w-a' })),
      (error) =>
        error instanceof ResourceNotFoundException &&
        error.message === 'Requested resource not found: Table: w-a not found' &&
        error.$metadata.httpStatusCode === 400,
    );
    const listed = (await client.send(new ListTablesCommand({}))).TableNames;
    assert.ok(!listed.some((name) => name.startsWith('w-')));
  });

  it('a hundred clients count on one item without losing one', async ({ documents }) => {
    const Key = { pk: 'hot', sk: 'counter' };
    await Promise.all(
      Array.from({ length: 300 }, () =>
        documents.send(
          new UpdateCommand({ TableName: 'main', Key, UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': 1 } }),
        ),
      ),
    );
    assert.equal((await documents.send(new GetCommand({ TableName: 'main', Key, ConsistentRead: true }))).Item.n, 300);
  });

  it('of many conditional creators exactly one wins', async ({ documents }) => {
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        documents
          .send(
            new PutCommand({
              TableName: 'main',
              Item: { pk: 'race', sk: '1', winner: i },
              ConditionExpression: 'attribute_not_exists(pk)',
            }),
          )
          .then(
            () => i,
            (error) => {
              assert.equal(error.name, 'ConditionalCheckFailedException');
              return null;
            },
          ),
      ),
    );
    const winners = results.filter((r) => r !== null);
    assert.equal(winners.length, 1);
    assert.equal((await documents.send(new GetCommand({ TableName: 'main', Key: { pk: 'race', sk: '1' } }))).Item.winner, winners[0]);
  });

  it('a table ARN in place of its name', async ({ documents, client }) => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'main' }));
    await documents.send(new PutCommand({ TableName: Table.TableArn, Item: { pk: 'arn', sk: '1' } }));
    const { Items } = await documents.send(
      new QueryCommand({ TableName: Table.TableArn, KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': 'arn' } }),
    );
    assert.equal(Items.length, 1);
  });
}

test('everything is there after a restart', async () => {
  const server = await startDev();
  const where = { client: dynamodbClient(server), documents: documentClient(server) };
  await create(where, 'kept', 'pk');
  for (let i = 0; i < 50; i++) await where.documents.send(new PutCommand({ TableName: 'kept', Item: { pk: `k${i}`, i } }));
  await server.stop();
  const again = await startDev({ directory: server.directory });
  const documents = documentClient(again);
  const { Items } = await documents.send(new ScanCommand({ TableName: 'kept' }));
  assert.deepEqual(
    Items.map((item) => item.i).sort((a, b) => a - b),
    Array.from({ length: 50 }, (_, i) => i),
  );
  await again.stop();
});
