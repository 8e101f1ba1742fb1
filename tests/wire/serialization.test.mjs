// JSON values whose type does not fit the model: the text of each SerializationException.
import { after, before, test } from 'node:test';
import { startDev } from '../support/server.mjs';
import { refuse, serialization, succeed } from '../support/wire.mjs';
import { createTable } from '../support/tables.mjs';

let server;
before(async () => {
  server = await startDev({ inMemory: true });
  await createTable(server, 'things');
});
after(() => server?.stop());

const structure = 'Start of structure or map found where not expected';
const value = 'com.amazonaws.dynamodb.v20120810.AttributeValue';
const put = (v) => ['PutItem', { TableName: 'things', Item: { pk: { S: 'a' }, v } }];

for (const [what, [operation, body], text] of [
  ['true for a string', ['DescribeTable', { TableName: true }], 'TRUE_VALUE cannot be converted to String'],
  ['false for a string', ['DescribeTable', { TableName: false }], 'FALSE_VALUE cannot be converted to String'],
  ['a whole number for a string', ['DescribeTable', { TableName: 12 }], 'NUMBER_VALUE cannot be converted to String'],
  ['a fraction for a string', ['DescribeTable', '{"TableName":1.5}'], 'DECIMAL_VALUE cannot be converted to String'],
  ['a list for a string', ['DescribeTable', { TableName: [] }], 'Unrecognized collection type class java.lang.String'],
  ['an object for a string', ['DescribeTable', { TableName: {} }], structure],
  [
    'a number for a boolean',
    ['GetItem', { TableName: 'things', Key: { pk: { S: 'a' } }, ConsistentRead: 12 }],
    'NUMBER_VALUE cannot be converted to Boolean',
  ],
  [
    'a fraction for a boolean',
    ['GetItem', { TableName: 'things', Key: { pk: { S: 'a' } }, ConsistentRead: 1.5 }],
    'DECIMAL_VALUE cannot be converted to Boolean',
  ],
  [
    'some string for a boolean',
    ['GetItem', { TableName: 'things', Key: { pk: { S: 'a' } }, ConsistentRead: 'maybe' }],
    'Unexpected token received from parser',
  ],
  [
    'a list for a boolean',
    ['GetItem', { TableName: 'things', Key: { pk: { S: 'a' } }, ConsistentRead: [] }],
    'Unrecognized collection type class java.lang.Boolean',
  ],
  ['an object for a boolean', ['GetItem', { TableName: 'things', Key: { pk: { S: 'a' } }, ConsistentRead: {} }], structure],
  ['a string for an integer', ['ListTables', { Limit: '1' }], 'STRING_VALUE cannot be converted to Integer'],
  ['true for an integer', ['ListTables', { Limit: true }], 'TRUE_VALUE cannot be converted to Integer'],
  ['false for an integer', ['ListTables', { Limit: false }], 'FALSE_VALUE cannot be converted to Integer'],
  ['a list for an integer', ['ListTables', { Limit: [] }], 'Unrecognized collection type class java.lang.Integer'],
  ['an object for an integer', ['ListTables', { Limit: {} }], structure],
  ['a number for a blob', put({ B: 1 }), 'only base-64-encoded strings are convertible to bytes'],
  ['a boolean for a blob', put({ B: true }), 'only base-64-encoded strings are convertible to bytes'],
  ['a list for a blob', put({ B: [] }), 'Unrecognized collection type class java.nio.ByteBuffer'],
  ['an object for a blob', put({ B: {} }), structure],
  ['a blob of a wrong length', put({ B: 'YWJ' }), 'Base64 encoded length is expected a multiple of 4 bytes but found: 3'],
  ['a blob with loose bits', put({ B: 'YR==' }), 'Invalid last non-pad Base64 character dectected'],
  ['a blob with another letter', put({ B: 'Y*==' }), 'Invalid base64 character'],
  ['a string for a list', put({ L: 'a' }), 'Unexpected field type'],
  ['an object for a list', put({ L: {} }), structure],
  ['a string for a map', put({ M: 'a' }), 'Unexpected field type'],
  ['a list for a map', put({ M: [] }), `Unrecognized collection type java.util.Map<java.lang.String, ${value}>`],
  [
    'a list for a map of names',
    ['PutItem', { TableName: 'things', Item: { pk: { S: 'a' } }, ExpressionAttributeNames: [] }],
    'Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>',
  ],
  ['a string for a value', put('a'), 'Unexpected value type in payload'],
  ['a list for a value', put([]), `Unrecognized collection type class ${value}`],
  ['a string for a value in a list', put({ L: ['a'] }), 'Unexpected value type in payload'],
  ['a list for a value in a list', put({ L: [[]] }), `Unrecognized collection type class ${value}`],
  ['a number for a number', put({ N: 1 }), 'NUMBER_VALUE cannot be converted to String'],
  ['a number in a string set', put({ SS: [1] }), 'NUMBER_VALUE cannot be converted to String'],
  ['a string for the item', ['PutItem', { TableName: 'things', Item: 'a' }], 'Unexpected field type'],
]) {
  test(what, () => refuse(server, operation, body, serialization(text)));
}

test('strings that mean a boolean are taken as one, in any case', async () => {
  for (const word of ['true', 'TRUE', '1', 'yes', 'Yes', 'false', 'FALSE', '0', 'no']) {
    await succeed(server, 'GetItem', { TableName: 'things', Key: { pk: { S: 'a' } }, ConsistentRead: word });
  }
});

test('a fraction for an integer is floored', () => succeed(server, 'ListTables', '{"Limit":1.7}'));

test('types are checked before constraints', () =>
  refuse(server, 'ListTables', { Limit: 'x', ExclusiveStartTableName: '' }, serialization('STRING_VALUE cannot be converted to Integer')));

test('an attribute named __type inside a map is kept', async () => {
  const v = { M: { __type: { S: 'mine' } } };
  await succeed(server, 'PutItem', { TableName: 'things', Item: { pk: { S: 'typed' }, v } });
  const { Item } = await succeed(server, 'GetItem', { TableName: 'things', Key: { pk: { S: 'typed' } } });
  if (JSON.stringify(Item.v) !== JSON.stringify(v)) throw new Error(JSON.stringify(Item));
});
