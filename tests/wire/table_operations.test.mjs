// CreateTable, DescribeTable, ListTables, DeleteTable: descriptions, constraints, errors byte for byte.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { startDev } from '../support/server.mjs';
import { call, dynamodb, refuse, refuseInvalid, service, succeed } from '../support/wire.mjs';
import { createTable, waitForNoTable, waitForTable } from '../support/tables.mjs';
import { testAccount } from '../support/signer.mjs';

let server;
before(async () => {
  server = await startDev({ inMemory: true });
});
after(() => server?.stop());

const keySchema = [{ AttributeName: 'pk', KeyType: 'HASH' }];
const definitions = [{ AttributeName: 'pk', AttributeType: 'S' }];
const table = (members) => ({
  TableName: 'fresh',
  KeySchema: keySchema,
  AttributeDefinitions: definitions,
  BillingMode: 'PAY_PER_REQUEST',
  ...members,
});
const notFound = (name) => dynamodb('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`);
const invalidParameter = (text) => `One or more parameter values were invalid: ${text}`;
const arn = (name, region = 'us-east-1', account = testAccount) => `arn:aws:dynamodb:${region}:${account}:table/${name}`;

// Constraint errors stand in no fixed order; their set is compared.
async function refuseConstraints(operation, body, ...constraints) {
  const response = await call(server, operation, body);
  assert.equal(response.status, 400);
  assert.equal(response.json.__type, 'com.amazon.coral.validate#ValidationException', response.text);
  const [, count, plural, list] = /^(\d+) validation error(s?) detected: (.*)$/s.exec(response.json.message) ?? [];
  assert.deepEqual(list?.split('; ').sort(), [...constraints].sort(), response.json.message);
  assert.equal(count, String(constraints.length));
  assert.equal(plural, constraints.length === 1 ? '' : 's');
}
const violates = (value, path, constraint) => `Value ${value} at '${path}' failed to satisfy constraint: ${constraint}`;
const pattern = 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+';
const atLeast = (n) => `Member must have length greater than or equal to ${n}`;
const atMost = (n) => `Member must have length less than or equal to ${n}`;

test('an on-demand table passes from CREATING to ACTIVE and shows what was asked for', async () => {
  const { TableDescription } = await succeed(server, 'CreateTable', table({ TableName: 'on-demand' }));
  assert.equal(TableDescription.TableStatus, 'CREATING');
  const described = await waitForTable(server, 'on-demand');
  for (const shown of [TableDescription, described]) {
    assert.equal(shown.TableName, 'on-demand');
    assert.equal(shown.TableArn, arn('on-demand'));
    assert.match(shown.TableId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.ok(Math.abs(shown.CreationDateTime - Date.now() / 1000) < 60);
    assert.deepEqual(shown.KeySchema, keySchema);
    assert.deepEqual(shown.AttributeDefinitions, definitions);
    assert.deepEqual(shown.ProvisionedThroughput, { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 });
    assert.equal(shown.BillingModeSummary.BillingMode, 'PAY_PER_REQUEST');
    assert.equal(shown.TableSizeBytes, 0);
    assert.equal(shown.ItemCount, 0);
    assert.equal(shown.DeletionProtectionEnabled, false);
    for (const absent of ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes', 'StreamSpecification', 'TableClassSummary', 'Tags']) {
      assert.equal(absent in shown, false, absent);
    }
  }
  assert.equal(TableDescription.TableId, described.TableId);
});

test('a provisioned table shows its units, no billing summary, and its class once set', async () => {
  await succeed(server, 'CreateTable', {
    TableName: 'provisioned',
    TableClass: 'STANDARD_INFREQUENT_ACCESS',
    DeletionProtectionEnabled: true,
    ProvisionedThroughput: { ReadCapacityUnits: 7, WriteCapacityUnits: 3 },
    KeySchema: [...keySchema, { AttributeName: 'sk', KeyType: 'RANGE' }],
    AttributeDefinitions: [{ AttributeName: 'sk', AttributeType: 'N' }, ...definitions],
  });
  const described = await waitForTable(server, 'provisioned');
  assert.deepEqual(described.ProvisionedThroughput, { NumberOfDecreasesToday: 0, ReadCapacityUnits: 7, WriteCapacityUnits: 3 });
  assert.equal('BillingModeSummary' in described, false);
  assert.equal(described.TableClassSummary.TableClass, 'STANDARD_INFREQUENT_ACCESS');
  assert.equal(described.DeletionProtectionEnabled, true);
  assert.deepEqual(new Set(described.AttributeDefinitions.map((d) => `${d.AttributeName}:${d.AttributeType}`)), new Set(['pk:S', 'sk:N']));
  await refuseInvalid(
    server,
    'DeleteTable',
    { TableName: 'provisioned' },
    'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
  );
  assert.equal((await succeed(server, 'DescribeTable', { TableName: 'provisioned' })).Table.TableStatus, 'ACTIVE');
});

test('a deleted table is DELETING, then gone; its name may be taken again with another identifier', async () => {
  const first = await createTable(server, 'twice');
  await succeed(server, 'PutItem', { TableName: 'twice', Item: { pk: { S: 'old' } } });
  const { TableDescription } = await succeed(server, 'DeleteTable', { TableName: 'twice' });
  assert.equal(TableDescription.TableStatus, 'DELETING');
  await waitForNoTable(server, 'twice');
  await refuse(server, 'DeleteTable', { TableName: 'twice' }, notFound('twice'));
  const second = await createTable(server, 'twice');
  assert.equal(second.TableArn, first.TableArn);
  assert.notEqual(second.TableId, first.TableId);
  assert.deepEqual(await succeed(server, 'GetItem', { TableName: 'twice', Key: { pk: { S: 'old' } } }), {});
});

test('a name in use is refused', async () => {
  await createTable(server, 'taken');
  await refuse(server, 'CreateTable', table({ TableName: 'taken' }), dynamodb('ResourceInUseException', 'Table already exists: taken'));
});

test('ListTables pages in the byte order of names', async () => {
  const options = { credentials: { accessKeyId: '222222222222', secretAccessKey: 'x' } };
  const names = ['Bbb', 'a.b', 'a-b', 'a_b', 'aab', 'zzz', '000'];
  for (const name of names) await createTable(server, name, { options });
  const sorted = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  assert.deepEqual(await succeed(server, 'ListTables', {}, options), { TableNames: sorted });
  const listed = [];
  let start;
  do {
    const page = await succeed(server, 'ListTables', { Limit: 2, ExclusiveStartTableName: start }, options);
    assert.ok(page.TableNames.length <= 2);
    listed.push(...page.TableNames);
    start = page.LastEvaluatedTableName;
    if (start) assert.equal(start, page.TableNames.at(-1));
  } while (start);
  assert.deepEqual(listed, sorted);
  assert.deepEqual((await succeed(server, 'ListTables', { ExclusiveStartTableName: 'aa0' }, options)).TableNames, ['aab', 'zzz']);
  assert.deepEqual(await succeed(server, 'ListTables', { ExclusiveStartTableName: 'zzz' }, options), { TableNames: [] });
});

test("tables of one account are not another's", async () => {
  await createTable(server, 'mine');
  const other = { credentials: { accessKeyId: '333333333333', secretAccessKey: 'x' } };
  assert.deepEqual(await succeed(server, 'ListTables', {}, other), { TableNames: [] });
  await refuse(server, 'DescribeTable', { TableName: 'mine' }, notFound('mine'), other);
});

test('names are looked up as they are written', async () => {
  await createTable(server, 'CaseMatters');
  await refuse(server, 'DescribeTable', { TableName: 'casematters' }, notFound('casematters'));
  const id = (await succeed(server, 'DescribeTable', { TableName: 'CaseMatters' })).Table.TableId;
  await refuse(server, 'DescribeTable', { TableName: id }, notFound(id));
});

test('a table ARN stands for the table', async () => {
  await createTable(server, 'by-arn');
  const { Table } = await succeed(server, 'DescribeTable', { TableName: arn('by-arn') });
  assert.equal(Table.TableName, 'by-arn');
  for (const [other, what] of [
    [arn('by-arn', 'eu-west-1'), 'AWS region'],
    [arn('by-arn').replace('arn:aws:', 'arn:aws-cn:'), 'AWS partition'],
    [arn('by-arn').replace(':table/', ':global-table/'), 'resource type'],
  ]) {
    await refuseInvalid(server, 'DescribeTable', { TableName: other }, `1 validation error detected: Invalid ${what} in '${other}'`);
  }
  const foreign = await call(server, 'DescribeTable', { TableName: arn('by-arn', 'us-east-1', '444444444444') });
  assert.equal(foreign.status, 400);
  assert.equal(foreign.json.__type, 'com.amazon.coral.service#AccessDeniedException', foreign.text);
  const gone = await succeed(server, 'DeleteTable', { TableName: arn('by-arn') });
  assert.equal(gone.TableDescription.TableName, 'by-arn');
});

test('a missing TableName is a constraint error, byte for byte', () =>
  refuseInvalid(
    server,
    'DescribeTable',
    {},
    "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null",
  ));

test('all constraint errors of a request are reported', async () => {
  await refuseConstraints(
    'DescribeTable',
    { TableName: '' },
    violates("''", 'tableName', atLeast(3)),
    violates("''", 'tableName', pattern),
  );
  await refuseConstraints('DescribeTable', { TableName: 'a b' }, violates("'a b'", 'tableName', pattern));
  await refuseConstraints('DescribeTable', { TableName: 'ab' }, violates("'ab'", 'tableName', atLeast(3)));
  await refuseConstraints('ListTables', { Limit: 0 }, violates("'0'", 'limit', 'Member must have value greater than or equal to 1'));
  await refuseConstraints('ListTables', { Limit: 101 }, violates("'101'", 'limit', 'Member must have value less than or equal to 100'));
  await refuseConstraints(
    'CreateTable',
    { TableName: 'abc', BillingMode: 'FREE' },
    violates('null', 'attributeDefinitions', 'Member must not be null'),
    violates('null', 'keySchema', 'Member must not be null'),
    violates("'FREE'", 'billingMode', 'Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]'),
  );
  await refuseConstraints('CreateTable', table({ KeySchema: [] }), violates("'[]'", 'keySchema', atLeast(1)));
  await refuseConstraints(
    'CreateTable',
    table({ KeySchema: [{ AttributeName: '', KeyType: 'HASH' }] }),
    violates("''", 'keySchema.1.member.attributeName', atLeast(1)),
  );
  await refuseConstraints(
    'CreateTable',
    table({ ProvisionedThroughput: { ReadCapacityUnits: 0 } }),
    violates("'0'", 'provisionedThroughput.readCapacityUnits', 'Member must have value greater than or equal to 1'),
    violates('null', 'provisionedThroughput.writeCapacityUnits', 'Member must not be null'),
  );
});

for (const [what, body, text] of [
  ['no definitions', { AttributeDefinitions: [] }, 'Invalid KeySchema: Some index key attribute have no definition'],
  [
    'an undefined key attribute',
    { AttributeDefinitions: [{ AttributeName: 'other', AttributeType: 'S' }] },
    invalidParameter('Some index key attributes are not defined in AttributeDefinitions. Keys: [pk], AttributeDefinitions: [other]'),
  ],
  [
    'one attribute as both keys',
    {
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'pk', KeyType: 'RANGE' },
      ],
    },
    'Both the Hash Key and the Range Key element in the KeySchema have the same name',
  ],
  [
    'a RANGE key alone',
    { KeySchema: [{ AttributeName: 'pk', KeyType: 'RANGE' }] },
    'Invalid KeySchema: The first KeySchemaElement is not a HASH key type',
  ],
  [
    'two HASH keys',
    {
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'HASH' },
      ],
      AttributeDefinitions: [...definitions, { AttributeName: 'sk', AttributeType: 'S' }],
    },
    'Invalid KeySchema: The second KeySchemaElement is not a RANGE key type',
  ],
  [
    'a definition too many',
    { AttributeDefinitions: [...definitions, { AttributeName: 'x', AttributeType: 'S' }] },
    invalidParameter('Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions'),
  ],
  [
    'no throughput',
    { BillingMode: 'PROVISIONED' },
    invalidParameter('ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED'),
  ],
  [
    'throughput on demand',
    { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } },
    invalidParameter('Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST'),
  ],
  [
    'an unknown class',
    { TableClass: 'GOLD' },
    'Invalid table-class parameter provided. Please try again with a valid table-class value: [STANDARD, STANDARD_INFREQUENT_ACCESS].',
  ],
]) {
  test(`CreateTable refuses ${what}`, () => refuseInvalid(server, 'CreateTable', table(body), text));
}

test('CreateTable refuses three key elements', async () => {
  const response = await call(
    server,
    'CreateTable',
    table({ KeySchema: ['a', 'b', 'c'].map((n, i) => ({ AttributeName: n, KeyType: i ? 'RANGE' : 'HASH' })) }),
  );
  assert.equal(response.status, 400);
  assert.match(response.json.message, new RegExp(`at 'keySchema' failed to satisfy constraint: ${atMost(2)}$`));
});

test('what is not built yet is refused by name, never accepted and ignored', async () => {
  const response = await call(server, 'CreateTable', table({ SSESpecification: { Enabled: true, SSEType: 'KMS' } }));
  assert.equal(response.status, 400);
  assert.equal(response.json.__type, 'com.amazon.coral.validate#ValidationException');
  assert.match(response.json.message, /SSESpecification/);
  await refuse(server, 'DescribeTable', { TableName: 'fresh' }, notFound('fresh'));
});

test('ItemCount and TableSizeBytes are current', async () => {
  await createTable(server, 'counted');
  const put = (pk, v) => succeed(server, 'PutItem', { TableName: 'counted', Item: { pk: { S: pk }, v: { S: v } } });
  const counts = async () => {
    const { Table } = await succeed(server, 'DescribeTable', { TableName: 'counted' });
    return [Table.ItemCount, Table.TableSizeBytes];
  };
  for (const pk of ['a', 'b', 'c']) await put(pk, 'four');
  assert.deepEqual(await counts(), [3, 3 * ('pk'.length + 1 + 'v'.length + 'four'.length)]);
  await put('a', 'longer');
  await succeed(server, 'DeleteItem', { TableName: 'counted', Key: { pk: { S: 'b' } } });
  assert.deepEqual(await counts(), [2, 'pkavlonger'.length + 'pkcvfour'.length]);
});

test('a refused CreateTable leaves nothing behind', async () => {
  await call(server, 'CreateTable', table({ TableName: 'refused', BillingMode: 'PROVISIONED' }));
  await refuse(server, 'DescribeTable', { TableName: 'refused' }, notFound('refused'));
});

test('a region that is not served is not a valid scope', () =>
  refuse(
    server,
    'ListTables',
    {},
    service('InvalidSignatureException', "Credential should be scoped to a valid region, not 'mars-north-1'. "),
    { region: 'mars-north-1' },
  ));
