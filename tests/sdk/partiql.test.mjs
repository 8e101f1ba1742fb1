// PartiQL through the JavaScript SDK, as an application uses it: statements with parameters, pages by token, batches,
// transactions, and what its errors carry; and that what was written is there after a restart.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import {
  BatchExecuteStatementCommand,
  ConditionalCheckFailedException,
  DuplicateItemException,
  ExecuteStatementCommand as RawExecuteStatementCommand,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { ExecuteStatementCommand, ExecuteTransactionCommand } from '@aws-sdk/lib-dynamodb';
import { startDev } from '../support/server.mjs';
import { documentClient, dynamodbClient } from '../support/clients.mjs';
import { createTable } from '../support/tables.mjs';

const place = {};
before(async () => {
  place.server = await startDev();
  place.client = dynamodbClient(place.server);
  place.documents = documentClient(place.server);
  await createTable(place.server, 'Music', { partition: 'artist', sort: 'year', types: { year: 'N' } });
});
after(() => place.server.stop());

const execute = (Statement, Parameters, more) =>
  place.documents.send(new ExecuteStatementCommand({ Statement, ...(Parameters && { Parameters }), ...more }));

test('statements with parameters write, read, change and delete an item', async () => {
  await execute("INSERT INTO \"Music\" VALUE {'artist': ?, 'year': ?, 'tags': ?}", ['a', 1999, ['x', { deep: true }]]);
  const { Items } = await execute('SELECT * FROM "Music" WHERE artist = ? AND "year" = ?', ['a', 1999]);
  assert.deepEqual(Items, [{ artist: 'a', year: 1999, tags: ['x', { deep: true }] }]);
  const update = await execute('UPDATE Music SET stars = ? SET tags[0] = ? WHERE artist = ? AND year = ? RETURNING MODIFIED NEW *', [
    5,
    'y',
    'a',
    1999,
  ]);
  assert.deepEqual(update.Items, [{ stars: 5, tags: ['y'] }]);
  const gone = await execute('DELETE FROM Music WHERE artist = ? AND year = ? RETURNING ALL OLD *', ['a', 1999]);
  assert.equal(gone.Items[0].stars, 5);
  assert.deepEqual((await execute('SELECT * FROM Music WHERE artist = ? AND year = ?', ['a', 1999])).Items, []);
});

test('errors have their classes and carry the item that was in the way', async () => {
  await execute("INSERT INTO Music VALUE {'artist': 'e', 'year': 1, 'v': 1}");
  await assert.rejects(execute("INSERT INTO Music VALUE {'artist': 'e', 'year': 1}"), DuplicateItemException);
  const failing = new RawExecuteStatementCommand({
    Statement: "UPDATE Music SET v = 2 WHERE artist = 'e' AND year = 1 AND v = 7",
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  await assert.rejects(place.client.send(failing), (error) => {
    assert.ok(error instanceof ConditionalCheckFailedException);
    assert.deepEqual(error.Item.v, { N: '1' });
    return true;
  });
});

test('tokens lead through all pages of a scan, a query and several partitions', async () => {
  for (const artist of ['p', 'q']) {
    for (let year = 0; year < 12; year++) await execute("INSERT INTO Music VALUE {'artist': ?, 'year': ?}", [artist, year]);
  }
  const pages = async (Statement, Limit) => {
    const years = [];
    for (let NextToken, first = true; first || NextToken; first = false) {
      const page = await execute(Statement, undefined, { Limit, NextToken });
      assert.equal(Boolean(page.NextToken), Boolean(page.LastEvaluatedKey));
      years.push(...page.Items.map((item) => `${item.artist}${item.year}`));
      ({ NextToken } = page);
    }
    return years;
  };
  const query = "SELECT * FROM Music WHERE artist = 'p' ORDER BY year DESC";
  assert.deepEqual(await pages(query, 5), await pages(query));
  const both = "SELECT * FROM Music WHERE artist IN ['q', 'p'] ORDER BY year";
  const all = await pages(both);
  assert.equal(all.length, 24);
  assert.deepEqual(all.slice(0, 4), ['q0', 'p0', 'q1', 'p1']);
  assert.deepEqual(await pages(both, 1), all);
  const scan = 'SELECT artist, year FROM Music WHERE year >= 6 AND year < 12';
  assert.equal((await pages(scan, 7)).filter((name) => /^[pq]/.test(name)).length, 12);
});

test('a batch answers each statement for itself', async () => {
  const { Responses } = await place.client.send(
    new BatchExecuteStatementCommand({
      Statements: [
        { Statement: "INSERT INTO Music VALUE {'artist': 'b', 'year': 1}" },
        { Statement: "UPDATE Music SET v = 1 WHERE artist = 'none' AND year = 1" },
        { Statement: 'no statement' },
      ],
    }),
  );
  assert.deepEqual(
    Responses.map(({ Error, TableName }) => [Error?.Code, TableName]),
    [
      [undefined, 'Music'],
      ['ConditionalCheckFailed', 'Music'],
      ['ValidationError', undefined],
    ],
  );
});

test('a transaction happens whole, once and after a restart too, or not at all', async () => {
  const transact = (statements, ClientRequestToken) =>
    place.documents.send(
      new ExecuteTransactionCommand({ TransactStatements: statements.map((Statement) => ({ Statement })), ClientRequestToken }),
    );
  await transact(["INSERT INTO Music VALUE {'artist': 't', 'year': 1, 'v': 1}"]);
  const both = ["UPDATE Music SET v = v + 1 WHERE artist = 't' AND year = 1", "INSERT INTO Music VALUE {'artist': 't', 'year': 2}"];
  await transact(both, 'once');
  await transact(both, 'once');
  await assert.rejects(transact(["INSERT INTO Music VALUE {'artist': 't', 'year': 3}", both[1]]), (error) => {
    assert.ok(error instanceof TransactionCanceledException);
    assert.deepEqual(
      error.CancellationReasons.map(({ Code }) => Code),
      ['None', 'DuplicateItem'],
    );
    return true;
  });
  const read = (NextToken) => execute("SELECT year FROM Music WHERE artist = 't'", undefined, { Limit: 1, NextToken });
  const first = await read();
  const { directory } = place.server;
  await place.server.kill();
  place.server = await startDev({ directory });
  place.client = dynamodbClient(place.server);
  place.documents = documentClient(place.server);
  await transact(both, 'once');
  assert.deepEqual([first.Items, (await read(first.NextToken)).Items], [[{ year: 1 }], [{ year: 2 }]]);
  const { Responses } = await transact([
    "SELECT v FROM Music WHERE artist = 't' AND year = 1",
    "SELECT nothing FROM Music WHERE artist = 't' AND year = 2",
    "SELECT * FROM Music WHERE artist = 't' AND year = 3",
  ]);
  assert.deepEqual(
    Responses.map(({ Item }) => Item),
    [{ v: 2 }, {}, undefined],
  );
});
