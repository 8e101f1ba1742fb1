// Query and Scan: order, key conditions, pages, segments, selection, filters, and every text of a refusal.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { startDev } from '../support/server.mjs';
import { call, refuseInvalid, succeed } from '../support/wire.mjs';
import { createTable } from '../support/tables.mjs';

let server;
before(async () => {
  server = await startDev({ inMemory: true });
  await createTable(server, 'strings', { sort: 'sk' });
  await createTable(server, 'numbers', { sort: 'sk', types: { sk: 'N' } });
  await createTable(server, 'binaries', { sort: 'sk', types: { sk: 'B' } });
  await createTable(server, 'hashes');
});
after(() => server?.stop());

const N = (text) => `One or more parameter values are not valid. ${text}`;
const P = (text) => `One or more parameter values were invalid: ${text}`;
const put = (TableName, Item) => succeed(server, 'PutItem', { TableName, Item });
const query = (TableName, KeyConditionExpression, ExpressionAttributeValues, members) =>
  succeed(server, 'Query', { TableName, KeyConditionExpression, ExpressionAttributeValues, ...members });

test('strings sort by their bytes, numbers by value, binaries by unsigned bytes', async () => {
  const strings = ['Z', 'a', 'ab', 'é', 'z', '￿', '🌍', '0', '00', 'A\u0000', 'A'];
  for (const sk of strings) await put('strings', { pk: { S: 'order' }, sk: { S: sk } });
  const { Items } = await query('strings', 'pk = :p', { ':p': { S: 'order' } });
  assert.deepEqual(
    Items.map((i) => i.sk.S),
    [...strings].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
  );

  const numbers = [
    '-1E125',
    '-100',
    '-1.5',
    '-1.49',
    '-1E-130',
    '0',
    '1E-130',
    '0.001',
    '0.01',
    '1',
    `1.${'0'.repeat(36)}1`,
    '2',
    '10',
    '9E125',
  ];
  for (const sk of [...numbers].reverse()) await put('numbers', { pk: { S: 'order' }, sk: { N: sk }, as: { S: sk } });
  const ascending = await query('numbers', 'pk = :p', { ':p': { S: 'order' } });
  assert.deepEqual(
    ascending.Items.map((i) => i.as.S),
    numbers,
  );
  const descending = await query('numbers', 'pk = :p', { ':p': { S: 'order' } }, { ScanIndexForward: false });
  assert.deepEqual(
    descending.Items.map((i) => i.as.S),
    [...numbers].reverse(),
  );

  const binaries = ['00', '0000', '01', '7f', '80', 'ff', 'ff00'];
  for (const hex of binaries) await put('binaries', { pk: { S: 'order' }, sk: { B: Buffer.from(hex, 'hex').toString('base64') } });
  const sorted = await query('binaries', 'pk = :p', { ':p': { S: 'order' } });
  assert.deepEqual(
    sorted.Items.map((i) => Buffer.from(i.sk.B, 'base64').toString('hex')),
    binaries,
  );
});

test('every key condition selects what it says', async () => {
  for (let i = 0; i < 10; i++) await put('numbers', { pk: { S: 'c' }, sk: { N: String(i) } });
  for (const word of ['alpha', 'alphabet', 'beta', 'alp']) await put('strings', { pk: { S: 'c' }, sk: { S: word } });
  const select = async (condition, v) =>
    (await query('numbers', `pk = :p AND ${condition}`, { ':p': { S: 'c' }, ...v })).Items.map((i) => i.sk.N).join('');
  const three = { ':v': { N: '3' } };
  assert.equal(await select('sk = :v', three), '3');
  assert.equal(await select('sk < :v', three), '012');
  assert.equal(await select('sk <= :v', three), '0123');
  assert.equal(await select('sk > :v', three), '456789');
  assert.equal(await select('sk >= :v', three), '3456789');
  assert.equal(await select(':v < sk', three), '456789');
  assert.equal(await select('sk BETWEEN :v AND :w', { ...three, ':w': { N: '5' } }), '345');
  assert.equal((await query('numbers', 'sk >= :v and :p = pk', { ':p': { S: 'c' }, ':v': { N: '8' } })).Count, 2);
  assert.equal((await query('numbers', '(pk = :p) AND (sk = :v)', { ':p': { S: 'c' }, ':v': { N: '8' } })).Count, 1);
  const { Items } = await query('strings', 'pk = :p AND begins_with(sk, :v)', { ':p': { S: 'c' }, ':v': { S: 'alph' } });
  assert.deepEqual(
    Items.map((i) => i.sk.S),
    ['alpha', 'alphabet'],
  );
});

test('Limit counts evaluated items; the key of the last one leads on, in both directions', async () => {
  for (let i = 0; i < 25; i++) await put('numbers', { pk: { S: 'page' }, sk: { N: String(i) }, even: { BOOL: i % 2 === 0 } });
  for (const ScanIndexForward of [true, false]) {
    const seen = [];
    let ExclusiveStartKey;
    let pages = 0;
    do {
      const page = await query('numbers', 'pk = :p', { ':p': { S: 'page' } }, { Limit: 10, ExclusiveStartKey, ScanIndexForward });
      seen.push(...page.Items.map((i) => Number(i.sk.N)));
      ExclusiveStartKey = page.LastEvaluatedKey;
      if (ExclusiveStartKey) assert.deepEqual(ExclusiveStartKey, { pk: { S: 'page' }, sk: { N: String(seen.at(-1)) } });
      pages++;
    } while (ExclusiveStartKey);
    const expected = Array.from({ length: 25 }, (_, i) => i);
    assert.deepEqual(seen, ScanIndexForward ? expected : expected.reverse());
    assert.equal(pages, 3);
  }
  const filtered = await query(
    'numbers',
    'pk = :p',
    { ':p': { S: 'page' }, ':t': { BOOL: true } },
    { Limit: 10, FilterExpression: 'even = :t' },
  );
  assert.equal(filtered.Count, 5);
  assert.equal(filtered.ScannedCount, 10);
  const exact = await query('numbers', 'pk = :p', { ':p': { S: 'page' } }, { Limit: 25 });
  assert.ok(exact.LastEvaluatedKey, 'a page that reached its limit names its last key');
  const beyond = await query('numbers', 'pk = :p', { ':p': { S: 'page' } }, { ExclusiveStartKey: exact.LastEvaluatedKey });
  assert.deepEqual(beyond, { Items: [], Count: 0, ScannedCount: 0 });
  const between = await query(
    'numbers',
    'pk = :p',
    { ':p': { S: 'page' } },
    { ExclusiveStartKey: { pk: { S: 'page' }, sk: { N: '10.5' } } },
  );
  assert.equal(between.Items[0].sk.N, '11');
});

test('a page ends before 1 MB, whatever the filter', async () => {
  const size = 100_000;
  for (let i = 0; i < 25; i++) {
    await put('strings', {
      pk: { S: 'big' },
      sk: { S: String(i).padStart(2, '0') },
      v: { S: 'x'.repeat(size - 'pk'.length - 'big'.length - 'sk'.length - 2 - 'v'.length) },
    });
  }
  const first = await query('strings', 'pk = :p', { ':p': { S: 'big' } }, { ReturnConsumedCapacity: 'TOTAL' });
  assert.equal(first.Count, 10);
  assert.equal(first.LastEvaluatedKey.sk.S, '09');
  assert.equal(first.ConsumedCapacity.CapacityUnits, Math.ceil((10 * size) / 4096) / 2);
  const counted = await query('strings', 'pk = :p', { ':p': { S: 'big' } }, { Select: 'COUNT', ExclusiveStartKey: first.LastEvaluatedKey });
  assert.equal(counted.Count, 10);
  assert.equal('Items' in counted, false);
  const none = await query('strings', 'pk = :p', { ':p': { S: 'big' }, ':v': { S: 'no' } }, { FilterExpression: 'v = :v' });
  assert.equal(none.Count, 0);
  assert.equal(none.ScannedCount, 10);
  assert.equal(none.LastEvaluatedKey.sk.S, '09');
});

test('an item may fill a page alone', async () => {
  const v = { S: 'x'.repeat(409_000) };
  for (const sk of ['1', '2', '3', '4']) await put('strings', { pk: { S: 'huge' }, sk: { S: sk }, v });
  const first = await query('strings', 'pk = :p', { ':p': { S: 'huge' } });
  assert.deepEqual(
    first.Items.map((i) => i.sk.S),
    ['1', '2'],
  );
  const second = await query('strings', 'pk = :p', { ':p': { S: 'huge' } }, { ExclusiveStartKey: first.LastEvaluatedKey });
  assert.deepEqual(
    second.Items.map((i) => i.sk.S),
    ['3', '4'],
  );
});

test('projection and COUNT', async () => {
  await put('strings', { pk: { S: 'sel' }, sk: { S: '1' }, a: { N: '1' }, b: { N: '2' } });
  const projected = await query('strings', 'pk = :p', { ':p': { S: 'sel' } }, { ProjectionExpression: 'b' });
  assert.deepEqual(projected.Items, [{ b: { N: '2' } }]);
  const specific = await query('strings', 'pk = :p', { ':p': { S: 'sel' } }, { ProjectionExpression: 'b', Select: 'SPECIFIC_ATTRIBUTES' });
  assert.deepEqual(specific.Items, [{ b: { N: '2' } }]);
});

test('Scan returns everything once; segments are disjoint and complete', async () => {
  const all = new Set();
  for (let i = 0; i < 300; i++) {
    await put('hashes', { pk: { S: `item-${i}` } });
    all.add(`item-${i}`);
  }
  const scanAll = async (members) => {
    const seen = [];
    let ExclusiveStartKey;
    do {
      const page = await succeed(server, 'Scan', { TableName: 'hashes', ExclusiveStartKey, Limit: 37, ...members });
      seen.push(...page.Items.map((i) => i.pk.S));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return seen;
  };
  const whole = await scanAll({});
  assert.equal(whole.length, 300);
  assert.deepEqual(new Set(whole), all);
  assert.deepEqual(await scanAll({}), whole, 'the order is stable while nothing changes');
  for (const TotalSegments of [1, 2, 3, 7, 64]) {
    const parts = [];
    for (let Segment = 0; Segment < TotalSegments; Segment++) parts.push(await scanAll({ Segment, TotalSegments }));
    const joined = parts.flat();
    assert.equal(joined.length, 300, `${TotalSegments} segments`);
    assert.deepEqual(new Set(joined), all);
    if (TotalSegments <= 3)
      assert.ok(
        parts.every((part) => part.length > 20),
        'segments share the work',
      );
  }
  assert.equal((await succeed(server, 'Scan', { TableName: 'hashes', Segment: 999_999, TotalSegments: 1_000_000 })).Count >= 0, true);
  const filtered = await succeed(server, 'Scan', {
    TableName: 'hashes',
    FilterExpression: 'pk = :v',
    ExpressionAttributeValues: { ':v': { S: 'item-7' } },
  });
  assert.deepEqual([filtered.Count, filtered.ScannedCount], [1, 300]);
  const counted = await succeed(server, 'Scan', { TableName: 'hashes', Select: 'COUNT' });
  assert.deepEqual(counted, { Count: 300, ScannedCount: 300 });
});

test('an ExclusiveStartKey of another segment is refused', async () => {
  for (let i = 0; i < 20; i++) await put('hashes', { pk: { S: `seg-${i}` } });
  const [first, second] = await Promise.all(
    [0, 1].map((Segment) => succeed(server, 'Scan', { TableName: 'hashes', Segment, TotalSegments: 2, Limit: 1 })),
  );
  assert.ok(first.LastEvaluatedKey && second.LastEvaluatedKey);
  await refuseInvalid(
    server,
    'Scan',
    { TableName: 'hashes', Segment: 0, TotalSegments: 2, ExclusiveStartKey: second.LastEvaluatedKey },
    'The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: 2 Segment: 0',
  );
});

const p = { ':p': { S: 'a' } };
const pn = { ...p, ':n': { N: '1' } };
const pq = { ...p, ':q': { S: 'b' } };
const missing = 'Query condition missed key schema element: ';
for (const [what, KeyConditionExpression, ExpressionAttributeValues, text, members] of [
  ['OR', 'pk = :p OR sk = :q', pq, 'Invalid operator used in KeyConditionExpression: OR'],
  ['NOT', 'NOT pk = :p', p, 'Invalid operator used in KeyConditionExpression: NOT'],
  ['IN', 'pk = :p AND sk IN (:q)', pq, 'Invalid operator used in KeyConditionExpression: IN'],
  ['<>', 'pk = :p AND sk <> :q', pq, 'Invalid operator used in KeyConditionExpression: <>'],
  ['contains', 'pk = :p AND contains(sk, :q)', pq, 'Invalid operator used in KeyConditionExpression: contains'],
  ['attribute_exists', 'pk = :p AND attribute_exists(sk)', p, 'Invalid operator used in KeyConditionExpression: attribute_exists'],
  ['size', 'pk = :p AND size(sk) = :n', pn, 'KeyConditionExpressions cannot contain nested operations'],
  ['a nested path', 'pk = :p AND sk.x = :q', pq, 'KeyConditionExpressions cannot have conditions on nested attributes'],
  [
    'two attributes',
    'pk = :p AND sk = pk',
    p,
    'Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition',
  ],
  ['no attribute', ':p = :q', pq, 'Invalid condition in KeyConditionExpression: No key attribute specified'],
  ['two conditions on one attribute', 'pk = :p AND pk = :q', pq, 'KeyConditionExpressions must only contain one condition per key'],
  ['three conditions', 'pk = :p AND sk > :q AND another = :q', pq, 'Conditions can be of length 1 or 2 only'],
  ['no partition key', 'sk = :q', { ':q': { S: 'b' } }, `${missing}pk`],
  ['another attribute', 'pk = :p AND another = :q', pq, `${missing}sk`],
  ['a range of partition keys', 'pk > :p', p, 'Query key condition not supported'],
  ['a value of another type', 'pk = :p AND sk = :n', pn, P('Condition parameter type does not match schema type')],
  [
    'an empty key value',
    'pk = :p',
    { ':p': { S: '' } },
    N('The AttributeValue for a key attribute cannot contain an empty string value. Key: pk'),
  ],
  [
    'begins_with on a number',
    'pk = :p AND begins_with(sk, :n)',
    pn,
    'Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
  ],
  [
    'a filter on a key',
    'pk = :p',
    pq,
    'Filter Expression can only contain non-primary key attributes: Primary key attribute: sk',
    { FilterExpression: 'sk = :q' },
  ],
  [
    'SPECIFIC_ATTRIBUTES without them',
    'pk = :p',
    p,
    'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
    { Select: 'SPECIFIC_ATTRIBUTES' },
  ],
  [
    'ALL_ATTRIBUTES with a projection',
    'pk = :p',
    p,
    'Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES',
    { Select: 'ALL_ATTRIBUTES', ProjectionExpression: 'a' },
  ],
  [
    'COUNT with a projection',
    'pk = :p',
    p,
    'Cannot specify the ProjectionExpression when choosing to get only the Count',
    { Select: 'COUNT', ProjectionExpression: 'a' },
  ],
  [
    'ALL_PROJECTED_ATTRIBUTES of a table',
    'pk = :p',
    p,
    'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName',
    { Select: 'ALL_PROJECTED_ATTRIBUTES' },
  ],
  ['a start key of other attributes', 'pk = :p', p, 'The provided starting key is invalid', { ExclusiveStartKey: { pk: { S: 'a' } } }],
  [
    'a start key of another type',
    'pk = :p',
    p,
    'The provided starting key is invalid: The provided key element does not match the schema',
    { ExclusiveStartKey: { pk: { S: 'a' }, sk: { N: '1' } } },
  ],
  [
    'a start key of another partition',
    'pk = :p',
    p,
    'The provided starting key is outside query boundaries based on provided conditions',
    { ExclusiveStartKey: { pk: { S: 'other' }, sk: { S: '1' } } },
  ],
  [
    'a start key outside the range',
    'pk = :p AND sk > :q',
    pq,
    'The provided starting key does not match the range key predicate',
    { ExclusiveStartKey: { pk: { S: 'a' }, sk: { S: 'a' } } },
  ],
]) {
  test(`Query refuses ${what}`, () =>
    refuseInvalid(server, 'Query', { TableName: 'strings', KeyConditionExpression, ExpressionAttributeValues, ...members }, text));
}

test('Query refuses a missing key condition', () =>
  refuseInvalid(
    server,
    'Query',
    { TableName: 'strings' },
    'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
  ));

test('Query refuses a second condition on a table without a sort key', async () => {
  const response = await call(server, 'Query', {
    TableName: 'hashes',
    KeyConditionExpression: 'pk = :p AND sk = :q',
    ExpressionAttributeValues: pq,
  });
  assert.equal(response.status, 400);
  assert.equal(response.json.message, 'Query key condition not supported');
});

for (const [what, members, text] of [
  [
    'a segment alone',
    { Segment: 0 },
    'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
  ],
  [
    'a total alone',
    { TotalSegments: 2 },
    'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
  ],
  [
    'a segment too far',
    { Segment: 2, TotalSegments: 2 },
    'The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 2 is not less than TotalSegments: 2',
  ],
  [
    'no segments',
    { Segment: 0, TotalSegments: 0 },
    "1 validation error detected: Value '0' at 'totalSegments' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ],
  [
    'limit 0',
    { Limit: 0 },
    "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ],
  [
    'a start key of other attributes',
    { ExclusiveStartKey: { other: { S: 'a' } } },
    'The provided starting key is invalid: The provided key element does not match the schema',
  ],
  [
    'a start key with a bad value',
    { ExclusiveStartKey: { pk: {} } },
    'The provided starting key is invalid: Supplied AttributeValue is empty, must contain exactly one of the supported datatypes',
  ],
]) {
  test(`Scan refuses ${what}`, () => refuseInvalid(server, 'Scan', { TableName: 'hashes', ...members }, text));
}
