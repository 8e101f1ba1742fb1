// PutItem, GetItem, UpdateItem, DeleteItem: values, numbers, keys, sizes, return values, capacity, errors byte for byte.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { startDev } from '../support/server.mjs';
import { call, dynamodb, missingResource, refuse, refuseInvalid, succeed } from '../support/wire.mjs';
import { createTable } from '../support/tables.mjs';
import { testAccount } from '../support/signer.mjs';

let server;
before(async () => {
  server = await startDev({ inMemory: true });
  await createTable(server, 'items');
  await createTable(server, 'pairs', { sort: 'sk', types: { sk: 'N' } });
  await createTable(server, 'blobs', { types: { pk: 'B' } });
});
after(() => server?.stop());

const P = (text) => `One or more parameter values were invalid: ${text}`;
const N = (text) => `One or more parameter values are not valid. ${text}`;
const emptyValue = 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes';
const put = (Item, members) => ({ TableName: 'items', Item: { pk: { S: 'k' }, ...Item }, ...members });
const read = async (pk, TableName = 'items') =>
  (await succeed(server, 'GetItem', { TableName, Key: { pk: { S: pk } }, ConsistentRead: true })).Item;
const failed = dynamodb('ConditionalCheckFailedException', 'The conditional request failed');

test('every type comes back as it was put', async () => {
  const item = {
    pk: { S: 'types' },
    s: { S: 'Grüße 🌍\u0000\n"\\' },
    empty: { S: '' },
    n: { N: '-12.5' },
    b: { B: 'AAEC/w==' },
    emptyB: { B: '' },
    t: { BOOL: true },
    f: { BOOL: false },
    nil: { NULL: true },
    ss: { SS: ['a', 'b', ''] },
    ns: { NS: ['1', '2.5', '-3'] },
    bs: { BS: ['AQ==', 'Ag=='] },
    l: { L: [{ S: 'x' }, { N: '1' }, { L: [] }, { M: {} }, { NULL: true }] },
    m: { M: { deep: { M: { er: { L: [{ BOOL: false }] } } }, 'dotted.name': { S: 'd' } } },
  };
  assert.deepEqual(await succeed(server, 'PutItem', { TableName: 'items', Item: item }), {});
  assert.deepEqual(normal(await read('types')), normal(item));
});

// Sets have no order.
function normal(value) {
  if (Array.isArray(value)) return value.map(normal);
  if (value && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([k, v]) => [k, ['SS', 'NS', 'BS'].includes(k) && Array.isArray(v) ? [...v].sort() : normal(v)]),
    );
  }
  return value;
}

for (const [given, shown] of [
  ['00042', '42'],
  ['1.5E2', '150'],
  ['1.0', '1'],
  ['1E-5', '0.00001'],
  ['-0', '0'],
  ['0.0', '0'],
  ['+7', '7'],
  ['5.', '5'],
  ['.5', '0.5'],
  ['-.50', '-0.5'],
  ['1e1', '10'],
  ['1E+2', '100'],
  ['12345678901234567890123456789012345678', '12345678901234567890123456789012345678'],
  ['0.12345678901234567890123456789012345678', '0.12345678901234567890123456789012345678'],
  ['9.9999999999999999999999999999999999999E+125', `${'9'.repeat(38)}${'0'.repeat(88)}`],
  ['1E-130', `0.${'0'.repeat(129)}1`],
  ['-1E125', `-1${'0'.repeat(125)}`],
  ['0E999', '0'],
  ['100000000000000000000000000000000000000000', '100000000000000000000000000000000000000000'],
]) {
  test(`the number ${given} is shown as ${shown.length > 45 ? `${shown.slice(0, 20)}...` : shown}`, async () => {
    await succeed(server, 'PutItem', put({ n: { N: given }, ns: { NS: [given] } }));
    const item = await read('k');
    assert.equal(item.n.N, shown);
    assert.deepEqual(item.ns.NS, [shown]);
  });
}

for (const [number, text] of [
  ['', 'The parameter cannot be converted to a numeric value'],
  ...['x', '1x', ' 1', '1 ', '1_000', 'NaN', 'Infinity', '-Infinity', '0x10', '--1', '1e', '1e+', '.', '+', '1.2.3', '1,5', '１'].map(
    (bad) => [bad, `The parameter cannot be converted to a numeric value: ${bad}`],
  ),
  ['123456789012345678901234567890123456789', 'Attempting to store more than 38 significant digits in a Number'],
  ['1.23456789012345678901234567890123456789', 'Attempting to store more than 38 significant digits in a Number'],
  ['1E126', 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
  ['-1E126', 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
  ['1E99999999999999999999', 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
  ['1E-131', 'Number underflow. Attempting to store a number with magnitude smaller than supported range'],
]) {
  test(`the number ${JSON.stringify(number.slice(0, 50))} is refused`, async () => {
    await refuseInvalid(server, 'PutItem', put({ n: { N: number } }), text);
    await refuseInvalid(server, 'PutItem', put({ deep: { L: [{ M: { n: { N: number } } }] } }), text);
    await refuseInvalid(
      server,
      'UpdateItem',
      { TableName: 'items', Key: { pk: { S: 'k' } }, UpdateExpression: 'SET a = :v', ExpressionAttributeValues: { ':v': { N: number } } },
      `ExpressionAttributeValues contains invalid value: ${text} for key :v`,
    );
  });
}

for (const [what, value, text] of [
  ['an empty value', {}, emptyValue],
  ['a value of an unheard type', { X: 'a' }, emptyValue],
  [
    'a value of two types',
    { S: 'a', BOOL: true },
    'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
  ],
  ['NULL false', { NULL: false }, P('Null attribute value types must have the value of true')],
  ['an empty string set', { SS: [] }, P('An string set  may not be empty')],
  ['an empty number set', { NS: [] }, P('An number set  may not be empty')],
  ['an empty binary set', { BS: [] }, P('Binary sets should not be empty')],
  ['a string twice in a set', { SS: ['a', 'b', 'a'] }, P('Input collection [a, b, a] contains duplicates.')],
  ['a blob twice in a set', { BS: ['Ag==', 'Ag=='] }, P('Input collection [Ag==, Ag==]of type BS contains duplicates.')],
  ['a number twice in a set', { NS: ['1', '2', '1.0'] }, 'Input collection contains duplicates'],
]) {
  test(`${what} is refused wherever it stands`, async () => {
    await refuseInvalid(server, 'PutItem', put({ v: value }), text);
    await refuseInvalid(server, 'PutItem', put({ v: { L: [value] } }), text);
    await refuseInvalid(server, 'PutItem', put({ v: { M: { a: value } } }), text);
    await refuseInvalid(
      server,
      'PutItem',
      put({}, { ConditionExpression: 'a = :v', ExpressionAttributeValues: { ':v': value } }),
      `ExpressionAttributeValues contains invalid value: ${text} for key :v`,
    );
  });
}

const nested = (levels) => (levels ? { L: [nested(levels - 1)] } : { S: 'leaf' });
const tooDeep = 'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit';

test('values nest 31 containers deep and no deeper', async () => {
  await succeed(server, 'PutItem', put({ deep: nested(31) }));
  assert.deepEqual((await read('k')).deep, nested(31));
  await refuseInvalid(server, 'PutItem', put({ deep: nested(32) }), tooDeep);
  await refuseInvalid(
    server,
    'PutItem',
    put({}, { ConditionExpression: 'a = :v', ExpressionAttributeValues: { ':v': nested(32) } }),
    tooDeep,
  );
});

for (const [what, table, item, text] of [
  ['a missing key', 'items', { other: { S: 'x' } }, P('Missing the key pk in the item')],
  ['a key of another type', 'items', { pk: { N: '1' } }, P('Type mismatch for key pk expected: S actual: N')],
  ['a key that is a map', 'items', { pk: { M: {} } }, P('Type mismatch for key pk expected: S actual: M')],
  ['a missing sort key', 'pairs', { pk: { S: 'a' } }, P('Missing the key sk in the item')],
  ['a sort key of another type', 'pairs', { pk: { S: 'a' }, sk: { S: '1' } }, P('Type mismatch for key sk expected: N actual: S')],
  [
    'an empty string key',
    'items',
    { pk: { S: '' } },
    N('The AttributeValue for a key attribute cannot contain an empty string value. Key: pk'),
  ],
  [
    'an empty binary key',
    'blobs',
    { pk: { B: '' } },
    N('The AttributeValue for a key attribute cannot contain an empty binary value. Key: pk'),
  ],
  [
    'a partition key over 2048 bytes',
    'items',
    { pk: { S: 'x'.repeat(2049) } },
    P('Size of hashkey has exceeded the maximum size limit of2048 bytes'),
  ],
]) {
  test(`PutItem refuses ${what}`, () => refuseInvalid(server, 'PutItem', { TableName: table, Item: item }, text));
}

for (const [what, table, key] of [
  ['no attribute', 'items', {}],
  ['another attribute', 'items', { other: { S: 'a' } }],
  ['one attribute too many', 'items', { pk: { S: 'a' }, x: { S: 'b' } }],
  ['another type', 'items', { pk: { N: '1' } }],
  ['the partition key alone', 'pairs', { pk: { S: 'a' } }],
]) {
  test(`a key of ${what} does not match the schema`, async () => {
    for (const operation of ['GetItem', 'DeleteItem', 'UpdateItem']) {
      await refuseInvalid(server, operation, { TableName: table, Key: key }, 'The provided key element does not match the schema');
    }
  });
}

test('keys may be as long as the limit', async () => {
  await succeed(server, 'PutItem', { TableName: 'items', Item: { pk: { S: 'x'.repeat(2048) }, v: { S: 'long' } } });
  assert.equal((await read('x'.repeat(2048))).v.S, 'long');
  await createTable(server, 'sorted', { sort: 'sk' });
  await succeed(server, 'PutItem', { TableName: 'sorted', Item: { pk: { S: 'a' }, sk: { S: 'y'.repeat(1024) } } });
  await refuseInvalid(
    server,
    'PutItem',
    { TableName: 'sorted', Item: { pk: { S: 'a' }, sk: { S: 'y'.repeat(1025) } } },
    P('Aggregated size of all range keys has exceeded the size limit of 1024 bytes'),
  );
});

test('number keys are one key whatever their writing', async () => {
  await succeed(server, 'PutItem', { TableName: 'pairs', Item: { pk: { S: 'n' }, sk: { N: '1.50' }, v: { S: 'first' } } });
  await succeed(server, 'PutItem', { TableName: 'pairs', Item: { pk: { S: 'n' }, sk: { N: '15E-1' }, v: { S: 'second' } } });
  const { Item } = await succeed(server, 'GetItem', { TableName: 'pairs', Key: { pk: { S: 'n' }, sk: { N: '1.5' } } });
  assert.deepEqual(Item, { pk: { S: 'n' }, sk: { N: '1.5' }, v: { S: 'second' } });
});

test('an item of exactly 400 KB is stored, one byte more is refused', async () => {
  const room = 400 * 1024 - 'pk'.length - 'k'.length - 'v'.length;
  await succeed(server, 'PutItem', put({ v: { S: 'x'.repeat(room) } }));
  assert.equal((await read('k')).v.S.length, room);
  await refuseInvalid(server, 'PutItem', put({ v: { S: 'x'.repeat(room + 1) } }), 'Item size has exceeded the maximum allowed size');
  await refuseInvalid(
    server,
    'PutItem',
    { ...put({ v: { S: 'x'.repeat(room + 1) } }), TableName: 'no-such-table' },
    'Item size has exceeded the maximum allowed size',
  );
  await refuseInvalid(
    server,
    'UpdateItem',
    { TableName: 'items', Key: { pk: { S: 'k' } }, UpdateExpression: 'SET w = :w', ExpressionAttributeValues: { ':w': { S: '' } } },
    'Item size to update has exceeded the maximum allowed size',
  );
  assert.equal('w' in (await read('k')), false);
  await succeed(server, 'DeleteItem', { TableName: 'items', Key: { pk: { S: 'k' } } });
});

// [value, its size by the service's rules]; the item is padded to 1024 bytes exactly, then by one byte more.
for (const [what, value, size] of [
  ['a string in UTF-8', { S: 'é🌍' }, 6],
  ['a blob', { B: 'AAEC' }, 3],
  ['a boolean', { BOOL: true }, 1],
  ['null', { NULL: true }, 1],
  ['42', { N: '42' }, 2],
  ['-42', { N: '-42' }, 3],
  ['1.2', { N: '1.2' }, 3],
  ['12.34', { N: '12.34' }, 3],
  ['100', { N: '100' }, 2],
  ['0.01', { N: '0.01' }, 2],
  ['zero', { N: '0' }, 1],
  ['38 digits', { N: '1'.repeat(38) }, 20],
  ['a string set', { SS: ['ab', 'c'] }, 3],
  ['a number set', { NS: ['42', '7'] }, 4],
  ['an empty list', { L: [] }, 3],
  ['a list', { L: [{ S: 'ab' }, { BOOL: true }] }, 3 + 1 + 2 + 1 + 1],
  ['an empty map', { M: {} }, 3],
  ['a map', { M: { ab: { S: 'c' } } }, 3 + 1 + 2 + 1],
]) {
  test(`the size of ${what} is counted as the service counts it`, async () => {
    const fill = 1024 - 'pk'.length - 'size'.length - 'v'.length - size - 'p'.length;
    const units = async (n) =>
      (
        await succeed(server, 'PutItem', {
          TableName: 'items',
          ReturnConsumedCapacity: 'TOTAL',
          Item: { pk: { S: 'size' }, v: value, p: { S: 'x'.repeat(n) } },
        })
      ).ConsumedCapacity;
    await succeed(server, 'DeleteItem', { TableName: 'items', Key: { pk: { S: 'size' } } });
    assert.deepEqual(await units(fill), { TableName: 'items', CapacityUnits: 1 });
    assert.deepEqual(await units(fill + 1), { TableName: 'items', CapacityUnits: 2 });
    assert.deepEqual(await units(0), { TableName: 'items', CapacityUnits: 2 }, 'the larger of old and new is paid');
  });
}

test('capacity of reads: 4 KB a unit, half when eventual, 0.5 for a missing item', async () => {
  await succeed(server, 'PutItem', { TableName: 'items', Item: { pk: { S: 'r' }, v: { S: 'x'.repeat(4096) } } });
  const cost = async (members) =>
    (await succeed(server, 'GetItem', { TableName: 'items', ReturnConsumedCapacity: 'TOTAL', ...members })).ConsumedCapacity.CapacityUnits;
  assert.equal(await cost({ Key: { pk: { S: 'r' } }, ConsistentRead: true }), 2);
  assert.equal(await cost({ Key: { pk: { S: 'r' } } }), 1);
  assert.equal(await cost({ Key: { pk: { S: 'r' } }, ProjectionExpression: 'pk' }), 1);
  assert.equal(await cost({ Key: { pk: { S: 'none' } } }), 0.5);
  assert.equal(await cost({ Key: { pk: { S: 'none' } }, ConsistentRead: true }), 1);
  const indexes = await succeed(server, 'GetItem', { TableName: 'items', Key: { pk: { S: 'r' } }, ReturnConsumedCapacity: 'INDEXES' });
  assert.deepEqual(indexes.ConsumedCapacity, { TableName: 'items', CapacityUnits: 1, Table: { CapacityUnits: 1 } });
  assert.equal(
    'ConsumedCapacity' in
      (await succeed(server, 'GetItem', { TableName: 'items', Key: { pk: { S: 'r' } }, ReturnConsumedCapacity: 'NONE' })),
    false,
  );
});

test('capacity numbers are written with a fraction', async () => {
  const response = await call(server, 'GetItem', {
    TableName: 'items',
    Key: { pk: { S: 'none' } },
    ConsistentRead: true,
    ReturnConsumedCapacity: 'TOTAL',
  });
  assert.match(response.text, /"CapacityUnits":1\.0[,}]/);
});

test('an ARN in place of the name is echoed in ConsumedCapacity', async () => {
  const TableName = `arn:aws:dynamodb:us-east-1:${testAccount}:table/items`;
  const answer = await succeed(server, 'PutItem', { TableName, Item: { pk: { S: 'arn' } }, ReturnConsumedCapacity: 'TOTAL' });
  assert.equal(answer.ConsumedCapacity.TableName, TableName);
  assert.ok(await read('arn'));
});

test('a missing table answers without its name, after validation', async () => {
  for (const [operation, body] of [
    ['PutItem', { Item: { pk: { S: 'a' } } }],
    ['GetItem', { Key: { pk: { S: 'a' } } }],
    ['DeleteItem', { Key: { pk: { S: 'a' } } }],
    ['UpdateItem', { Key: { pk: { S: 'a' } } }],
    ['Scan', {}],
    ['Query', { KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': { S: 'a' } } }],
  ]) {
    await refuse(server, operation, { TableName: 'no-such-table', ...body }, missingResource);
  }
  await refuseInvalid(
    server,
    'GetItem',
    { TableName: 'no-such-table', Key: { pk: { S: 'a' } }, ProjectionExpression: '' },
    'Invalid ProjectionExpression: The expression can not be empty;',
  );
});

test('PutItem replaces the whole item and returns the old one when asked', async () => {
  await succeed(server, 'DeleteItem', { TableName: 'items', Key: { pk: { S: 'k' } } });
  assert.deepEqual(await succeed(server, 'PutItem', put({ a: { S: '1' } }, { ReturnValues: 'ALL_OLD' })), {});
  assert.deepEqual(await succeed(server, 'PutItem', put({ b: { S: '2' } }, { ReturnValues: 'ALL_OLD' })), {
    Attributes: { pk: { S: 'k' }, a: { S: '1' } },
  });
  assert.deepEqual(await read('k'), { pk: { S: 'k' }, b: { S: '2' } });
});

test('DeleteItem is idempotent and returns the old item when asked', async () => {
  await succeed(server, 'PutItem', put({ a: { S: '1' } }));
  const body = { TableName: 'items', Key: { pk: { S: 'k' } }, ReturnValues: 'ALL_OLD' };
  assert.deepEqual(await succeed(server, 'DeleteItem', body), { Attributes: { pk: { S: 'k' }, a: { S: '1' } } });
  assert.deepEqual(await succeed(server, 'DeleteItem', body), {});
});

test('PutItem and DeleteItem know two return values', async () => {
  for (const ReturnValues of ['ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW']) {
    await refuseInvalid(server, 'PutItem', put({}, { ReturnValues }), 'ReturnValues can only be ALL_OLD or NONE');
    await refuseInvalid(
      server,
      'DeleteItem',
      { TableName: 'items', Key: { pk: { S: 'k' } }, ReturnValues },
      'ReturnValues can only be ALL_OLD or NONE',
    );
  }
  await refuseInvalid(
    server,
    'PutItem',
    put({}, { ReturnValues: 'SOME' }),
    "1 validation error detected: Value 'SOME' at 'returnValues' failed to " +
      'satisfy constraint: Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]',
  );
});

test('UpdateItem returns what each mode asks for', async () => {
  const update = async (ReturnValues, UpdateExpression, values) => {
    await succeed(server, 'PutItem', put({ a: { N: '1' }, m: { M: { x: { S: 'x' }, y: { S: 'y' } } }, keep: { S: 'k' } }));
    return (
      await succeed(server, 'UpdateItem', {
        TableName: 'items',
        Key: { pk: { S: 'k' } },
        UpdateExpression,
        ReturnValues,
        ExpressionAttributeValues: values,
      })
    ).Attributes;
  };
  const set = ['SET a = a + :one, m.x = :s', { ':one': { N: '1' }, ':s': { S: 'new' } }];
  assert.equal(await update('NONE', ...set), undefined);
  assert.deepEqual(await update('ALL_OLD', ...set), {
    pk: { S: 'k' },
    a: { N: '1' },
    m: { M: { x: { S: 'x' }, y: { S: 'y' } } },
    keep: { S: 'k' },
  });
  assert.deepEqual(await update('ALL_NEW', ...set), {
    pk: { S: 'k' },
    a: { N: '2' },
    m: { M: { x: { S: 'new' }, y: { S: 'y' } } },
    keep: { S: 'k' },
  });
  assert.deepEqual(await update('UPDATED_OLD', ...set), { a: { N: '1' }, m: { M: { x: { S: 'x' } } } });
  assert.deepEqual(await update('UPDATED_NEW', ...set), { a: { N: '2' }, m: { M: { x: { S: 'new' } } } });
  assert.equal(await update('UPDATED_NEW', 'REMOVE a', undefined), undefined);
  assert.equal(await update('UPDATED_OLD', 'SET fresh = :s', { ':s': { S: 'n' } }), undefined);
});

test('an update without an expression creates the item of its key', async () => {
  await succeed(server, 'UpdateItem', { TableName: 'items', Key: { pk: { S: 'key-only' } } });
  assert.deepEqual(await read('key-only'), { pk: { S: 'key-only' } });
});

test('a failed condition changes nothing and shows the item when asked', async () => {
  await succeed(server, 'PutItem', put({ a: { S: 'stays' } }));
  const condition = { ConditionExpression: 'attribute_not_exists(pk)' };
  const bodies = [
    ['PutItem', put({ a: { S: 'lost' } }, condition)],
    ['DeleteItem', { TableName: 'items', Key: { pk: { S: 'k' } }, ...condition }],
    ['UpdateItem', { TableName: 'items', Key: { pk: { S: 'k' } }, UpdateExpression: 'REMOVE a', ...condition }],
  ];
  for (const [operation, body] of bodies) {
    await refuse(server, operation, body, failed);
    const shown = await call(server, operation, { ...body, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
    assert.deepEqual(shown.json, { ...failed, Item: { pk: { S: 'k' }, a: { S: 'stays' } } });
    assert.equal(shown.status, 400);
  }
  assert.deepEqual(await read('k'), { pk: { S: 'k' }, a: { S: 'stays' } });
  const absent = await call(server, 'DeleteItem', {
    TableName: 'items',
    Key: { pk: { S: 'nobody' } },
    ConditionExpression: 'attribute_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  assert.deepEqual(absent.json, failed);
});

test('GetItem without an item, with an empty projection, with nested paths', async () => {
  assert.deepEqual(await succeed(server, 'GetItem', { TableName: 'items', Key: { pk: { S: 'nobody' } } }), {});
  await succeed(
    server,
    'PutItem',
    put({ a: { M: { b: { L: [{ S: '0' }, { S: '1' }, { M: { c: { N: '5' } } }] } } }, 'x.y': { S: 'dot' } }),
  );
  const get = async (ProjectionExpression, ExpressionAttributeNames) =>
    (await succeed(server, 'GetItem', { TableName: 'items', Key: { pk: { S: 'k' } }, ProjectionExpression, ExpressionAttributeNames }))
      .Item;
  assert.deepEqual(await get('nothing'), {});
  assert.deepEqual(await get('a.b[2].c'), { a: { M: { b: { L: [{ M: { c: { N: '5' } } }] } } } });
  assert.deepEqual(await get('a.b[2].c, a.b[0]'), { a: { M: { b: { L: [{ S: '0' }, { M: { c: { N: '5' } } }] } } } });
  assert.deepEqual(await get('#d', { '#d': 'x.y' }), { 'x.y': { S: 'dot' } });
  assert.deepEqual(await get('a.b.c, b[1], c.d'), {});
});
