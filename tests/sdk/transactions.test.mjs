// Transactions as an application uses them: the document client, its errors as objects, its tokens and its retries.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { IdempotentParameterMismatchException, TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { PutCommand, TransactGetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { initialize, startDev, startServe } from '../support/server.mjs';
import { documentClient, dynamodbClient } from '../support/clients.mjs';
import { createTable } from '../support/tables.mjs';

const places = {};
before(async () => {
  places.dev = { server: await startDev(), options: {} };
  const place = await initialize();
  places.serve = { server: await startServe(place), options: { credentials: place.credentials['111111111111'] } };
  for (const where of Object.values(places)) {
    where.client = dynamodbClient(where.server, where.options);
    where.documents = documentClient(where.server, where.options);
    await createTable(where.server, 'orders', { options: where.options });
    await createTable(where.server, 'stock', { options: where.options });
  }
});
after(() => Promise.all(Object.values(places).map(({ server }) => server.stop())));

const order = (id, product) => [
  { Put: { TableName: 'orders', Item: { pk: id, product }, ConditionExpression: 'attribute_not_exists(pk)' } },
  {
    Update: {
      TableName: 'stock',
      Key: { pk: product },
      UpdateExpression: 'SET #left = #left - :one',
      ConditionExpression: '#left >= :one',
      ExpressionAttributeNames: { '#left': 'left' },
      ExpressionAttributeValues: { ':one': 1 },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  },
];

for (const mode of ['dev', 'serve']) {
  test(`${mode}: an order takes from the stock or is not there`, async () => {
    const { documents } = places[mode];
    await documents.send(new PutCommand({ TableName: 'stock', Item: { pk: 'lamp', left: 5 } }));
    const ends = await Promise.allSettled(
      Array.from({ length: 12 }, (_, i) => documents.send(new TransactWriteCommand({ TransactItems: order(`lamp ${i}`, 'lamp') }))),
    );
    const failures = ends.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
    assert.equal(failures.length, 7);
    for (const error of failures) {
      assert.ok(error instanceof TransactionCanceledException, String(error));
      assert.equal(
        error.message,
        'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]',
      );
      assert.deepEqual(error.CancellationReasons, [
        { Code: 'None' },
        { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', Item: { pk: { S: 'lamp' }, left: { N: '0' } } },
      ]);
    }
    const { Responses } = await documents.send(
      new TransactGetCommand({
        TransactItems: [
          { Get: { TableName: 'stock', Key: { pk: 'lamp' } } },
          ...Array.from({ length: 12 }, (_, i) => ({ Get: { TableName: 'orders', Key: { pk: `lamp ${i}` } } })),
        ],
      }),
    );
    assert.deepEqual(Responses[0].Item, { pk: 'lamp', left: 0 });
    ends.forEach(({ status }, i) => assert.equal(Boolean(Responses[i + 1].Item), status === 'fulfilled'));
  });

  test(`${mode}: the same token means the same transaction`, async () => {
    const { client, documents } = places[mode];
    await documents.send(new PutCommand({ TableName: 'stock', Item: { pk: 'chair', left: 5 } }));
    const command = (id, capacity) =>
      new TransactWriteCommand({
        ClientRequestToken: 'order of a chair',
        TransactItems: order(id, 'chair'),
        ReturnConsumedCapacity: capacity,
      });
    const first = await documents.send(command('chair', 'TOTAL'));
    assert.deepEqual(first.ConsumedCapacity, [
      { TableName: 'orders', CapacityUnits: 2, WriteCapacityUnits: 2 },
      { TableName: 'stock', CapacityUnits: 2, WriteCapacityUnits: 2 },
    ]);
    const again = await documents.send(command('chair', 'TOTAL'));
    assert.deepEqual(again.ConsumedCapacity, [
      { TableName: 'orders', CapacityUnits: 2, ReadCapacityUnits: 2 },
      { TableName: 'stock', CapacityUnits: 2, ReadCapacityUnits: 2 },
    ]);
    await assert.rejects(documents.send(command('another chair')), IdempotentParameterMismatchException);
    const { Responses } = await documents.send(
      new TransactGetCommand({ TransactItems: [{ Get: { TableName: 'stock', Key: { pk: 'chair' } } }] }),
    );
    assert.equal(Responses[0].Item.left, 4);
    // Without one the SDK makes one for each call.
    const add = {
      Update: {
        TableName: 'stock',
        Key: { pk: { S: 'table' } },
        UpdateExpression: 'ADD n :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      },
    };
    for (let i = 0; i < 3; ++i) await client.send(new TransactWriteItemsCommand({ TransactItems: [add] }));
    const table = await documents.send(new TransactGetCommand({ TransactItems: [{ Get: { TableName: 'stock', Key: { pk: 'table' } } }] }));
    assert.equal(table.Responses[0].Item.n, 3);
  });
}
