// Expressions over the wire: what conditions mean, what updates do, and every text of a refusal.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { startDev } from '../support/server.mjs';
import { call, dynamodb, refuse, refuseInvalid, succeed } from '../support/wire.mjs';
import { createTable } from '../support/tables.mjs';

let server;
before(async () => {
  server = await startDev({ inMemory: true });
  await createTable(server, 'items');
});
after(() => server?.stop());

const Key = { pk: { S: 'k' } };
const item = {
  pk: { S: 'k' },
  s: { S: 'hello' },
  n: { N: '10' },
  b: { B: 'AQID' },
  t: { BOOL: true },
  nil: { NULL: true },
  ss: { SS: ['a', 'b'] },
  ns: { NS: ['1', '2.50'] },
  bs: { BS: ['AQ=='] },
  l: { L: [{ N: '1' }, { S: 'x' }, { L: [{ S: 'in' }] }] },
  m: { M: { a: { N: '1' }, b: { M: { c: { S: 'deep' } } } } },
};
const values = {
  ':ten': { N: '10.0' },
  ':nine': { N: '9' },
  ':eleven': { N: '11' },
  ':he': { S: 'he' },
  ':hello': { S: 'hello' },
  ':ell': { S: 'ell' },
  ':z': { S: 'z' },
  ':a': { S: 'a' },
  ':N': { S: 'N' },
  ':SS': { S: 'SS' },
  ':NULL': { S: 'NULL' },
  ':b12': { B: 'AQI=' },
  ':b23': { B: 'AgM=' },
  ':b1': { B: 'AQ==' },
  ':true': { BOOL: true },
  ':false': { BOOL: false },
  ':nil': { NULL: true },
  ':ssba': { SS: ['b', 'a'] },
  ':twofifty': { N: '2.5' },
  ':one': { N: '1' },
  ':lin': { L: [{ S: 'in' }] },
  ':five': { N: '5' },
  ':three': { N: '3' },
  ':two': { N: '2' },
  ':m': { M: { b: { M: { c: { S: 'deep' } } }, a: { N: '1.0' } } },
  ':tenS': { S: '10' },
  ':zero': { N: '0' },
};
const used = (expression) => {
  const names = [...new Set(expression.match(/:[A-Za-z0-9_]+/g) ?? [])];
  return names.length ? { ExpressionAttributeValues: Object.fromEntries(names.map((name) => [name, values[name]])) } : {};
};

for (const [expression, expected] of [
  ['s = :hello', true],
  ['s <> :hello', false],
  ['s = :tenS', false],
  ['n = :ten', true],
  ['n = :tenS', false],
  ['n <> :tenS', true],
  ['n > :nine', true],
  ['n >= :ten', true],
  ['n < :eleven', true],
  ['n <= :nine', false],
  ['n < :z', false],
  ['n > :z', false],
  ['NOT n < :z', true],
  ['n BETWEEN :nine AND :eleven', true],
  ['n BETWEEN :ten AND :ten', true],
  ['s BETWEEN :a AND :z', true],
  ['n NOT_BETWEEN :a', null],
  ['n IN (:nine, :ten)', true],
  ['n IN (:nine)', false],
  ['s IN (n, :hello)', true],
  ['absent IN (:hello)', false],
  ['absent = :hello', false],
  ['absent <> :hello', true],
  ['absent < :ten', false],
  ['NOT absent < :ten', true],
  ['attribute_exists(s)', true],
  ['attribute_exists(absent)', false],
  ['attribute_exists(nil)', true],
  ['attribute_not_exists(m.b.c)', false],
  ['attribute_not_exists(m.b.d)', true],
  ['attribute_exists(l[2][0])', true],
  ['attribute_exists(l[3])', false],
  ['attribute_exists(s.x)', false],
  ['attribute_type(n, :N)', true],
  ['attribute_type(ss, :SS)', true],
  ['attribute_type(nil, :NULL)', true],
  ['attribute_type(s, :N)', false],
  ['attribute_type(absent, :N)', false],
  ['begins_with(s, :he)', true],
  ['begins_with(s, :ell)', false],
  ['begins_with(b, :b12)', true],
  ['begins_with(n, :he)', false],
  ['contains(s, :ell)', true],
  ['contains(s, :z)', false],
  ['contains(b, :b23)', true],
  ['contains(ss, :a)', true],
  ['contains(ns, :twofifty)', true],
  ['contains(bs, :b1)', true],
  ['contains(l, :one)', true],
  ['contains(l, :lin)', true],
  ['contains(ss, :one)', false],
  ['contains(m, :a)', false],
  ['size(s) = :five', true],
  ['size(b) = :three', true],
  ['size(ss) = :two', true],
  ['size(l) = :three', true],
  ['size(m) = :two', true],
  ['size(n) > :zero', false],
  ['size(absent) >= :zero', false],
  ['size(m.b) = :one', true],
  ['t = :true', true],
  ['t = :false', false],
  ['nil = :nil', true],
  ['ss = :ssba', true],
  ['m = :m', true],
  ['s = :hello AND n = :ten', true],
  ['s = :z OR n = :ten', true],
  ['s = :z AND n = :ten OR t = :true', true],
  ['s = :z AND (n = :ten OR t = :true)', false],
  ['NOT s = :z', true],
  ['NOT (s = :hello)', false],
  ['not s = :z and n between :nine and :eleven and t = :true', true],
  ['NOT NOT s = :hello', true],
  ['(s = :hello) AND (n = :ten)', true],
  [':nine < n', true],
  ['l[0] = m.a', true],
  ['n>:nine', true],
  [' \t\r\ns\n=\n:hello ', true],
]) {
  test(`condition ${JSON.stringify(expression)} is ${expected === null ? 'a syntax error' : expected}`, async () => {
    await succeed(server, 'PutItem', { TableName: 'items', Item: item });
    const response = await call(server, 'UpdateItem', {
      TableName: 'items',
      Key,
      UpdateExpression: 'REMOVE touched',
      ConditionExpression: expression,
      ...used(expression),
    });
    if (expected === true) assert.equal(response.status, 200, response.text);
    else if (expected === false)
      assert.deepEqual(response.json, dynamodb('ConditionalCheckFailedException', 'The conditional request failed'));
    else assert.match(response.json.message, /^Invalid ConditionExpression: Syntax error; token: /);
    if (expected !== null) {
      const scan = await succeed(server, 'Scan', { TableName: 'items', FilterExpression: expression, ...used(expression) });
      assert.equal(scan.Count, expected ? 1 : 0, 'a filter means what a condition means');
    }
  });
}

// [expression, values, the attributes it changes (undefined: gone)]
for (const [UpdateExpression, v, changed, names] of [
  ['SET s = :v', { ':v': { S: 'new' } }, { s: { S: 'new' } }],
  ['SET n = n + :v', { ':v': { N: '0.5' } }, { n: { N: '10.5' } }],
  ['SET n = n - :v', { ':v': { N: '11' } }, { n: { N: '-1' } }],
  ['SET n = :v - n', { ':v': { N: '1' } }, { n: { N: '-9' } }],
  ['SET s = n, n = s', undefined, { s: { N: '10' }, n: { S: 'hello' } }],
  ['SET fresh = if_not_exists(fresh, :v)', { ':v': { N: '1' } }, { fresh: { N: '1' } }],
  ['SET n = if_not_exists(n, :v) + :v', { ':v': { N: '1' } }, { n: { N: '11' } }],
  ['SET hits = if_not_exists(hits, :zero) + :v', { ':v': { N: '1' }, ':zero': { N: '0' } }, { hits: { N: '1' } }],
  ['SET l = list_append(l, :v)', { ':v': { L: [{ S: 'end' }] } }, { l: { L: [...item.l.L, { S: 'end' }] } }],
  ['SET l = list_append(:v, l)', { ':v': { L: [{ S: 'start' }] } }, { l: { L: [{ S: 'start' }, ...item.l.L] } }],
  ['SET fresh = list_append(if_not_exists(fresh, :e), :v)', { ':e': { L: [] }, ':v': { L: [{ S: 'x' }] } }, { fresh: { L: [{ S: 'x' }] } }],
  ['SET l[0] = :v', { ':v': { S: 'zero' } }, { l: { L: [{ S: 'zero' }, ...item.l.L.slice(1)] } }],
  [
    'SET l[9] = :v, l[7] = :w',
    { ':v': { S: 'ninth' }, ':w': { S: 'seventh' } },
    { l: { L: [...item.l.L, { S: 'seventh' }, { S: 'ninth' }] } },
  ],
  ['SET m.b.d = :v', { ':v': { S: 'd' } }, { m: { M: { a: { N: '1' }, b: { M: { c: { S: 'deep' }, d: { S: 'd' } } } } } }],
  ['SET #a.#b = :v', { ':v': { N: '5' } }, { m: { M: { ...item.m.M, 'x.y': { N: '5' } } } }, { '#a': 'm', '#b': 'x.y' }],
  ['REMOVE s, m.a', undefined, { s: undefined, m: { M: { b: item.m.M.b } } }],
  ['REMOVE l[0], l[1]', undefined, { l: { L: [item.l.L[2]] } }],
  ['REMOVE l[0] SET l[2] = :v', { ':v': { S: 'was third' } }, { l: { L: [item.l.L[1], { S: 'was third' }] } }],
  ['REMOVE absent, l[99], m.absent', undefined, {}],
  ['ADD n :v', { ':v': { N: '-3' } }, { n: { N: '7' } }],
  ['ADD fresh :v', { ':v': { N: '3' } }, { fresh: { N: '3' } }],
  ['ADD ns :v', { ':v': { NS: ['2.5', '7'] } }, { ns: { NS: ['1', '2.5', '7'] } }],
  ['ADD fresh :v', { ':v': { SS: ['q'] } }, { fresh: { SS: ['q'] } }],
  ['DELETE ss :v', { ':v': { SS: ['a', 'zzz'] } }, { ss: { SS: ['b'] } }],
  ['DELETE ss :v', { ':v': { SS: ['a', 'b'] } }, { ss: undefined }],
  ['DELETE absent :v', { ':v': { SS: ['a'] } }, {}],
  [
    'SET n = :v ADD m.a :w REMOVE s DELETE ss :x',
    { ':v': { N: '1' }, ':w': { N: '1' }, ':x': { SS: ['a'] } },
    { n: { N: '1' }, m: { M: { a: { N: '2' }, b: item.m.M.b } }, s: undefined, ss: { SS: ['b'] } },
  ],
  ['set s = (:v)', { ':v': { S: 'lower case' } }, { s: { S: 'lower case' } }],
]) {
  test(`update ${UpdateExpression} ${v ? JSON.stringify(v) : ''}`, async () => {
    await succeed(server, 'PutItem', { TableName: 'items', Item: item });
    const { Attributes } = await succeed(server, 'UpdateItem', {
      TableName: 'items',
      Key,
      UpdateExpression,
      ExpressionAttributeValues: v,
      ExpressionAttributeNames: names,
      ReturnValues: 'ALL_NEW',
    });
    const canonical = { ...item, ns: { NS: ['1', '2.5'] } };
    const expected = Object.fromEntries(Object.entries({ ...canonical, ...changed }).filter(([, value]) => value !== undefined));
    const sorted = (all) =>
      JSON.stringify(all, (key, x) =>
        ['SS', 'NS'].includes(key)
          ? [...x].sort()
          : x && typeof x === 'object' && !Array.isArray(x)
            ? Object.fromEntries(Object.entries(x).sort(([a], [b]) => (a < b ? -1 : 1)))
            : x,
      );
    assert.equal(sorted(Attributes), sorted(expected));
    const { Item } = await succeed(server, 'GetItem', { TableName: 'items', Key, ConsistentRead: true });
    assert.equal(sorted(Item), sorted(expected), 'what is stored is what was returned');
  });
}

test('arithmetic is exact or refused, never rounded', async () => {
  const add = (n, v) =>
    succeed(server, 'PutItem', { TableName: 'items', Item: { ...Key, n: { N: n } } }).then(() =>
      call(server, 'UpdateItem', {
        TableName: 'items',
        Key,
        UpdateExpression: 'SET n = n + :v',
        ExpressionAttributeValues: { ':v': { N: v } },
        ReturnValues: 'UPDATED_NEW',
      }),
    );
  assert.equal((await add('0.1', '0.2')).json.Attributes.n.N, '0.3');
  assert.equal((await add('9'.repeat(38), '1')).json.Attributes.n.N, `1${'0'.repeat(38)}`);
  assert.match((await add('1E37', '0.1')).json.message, /^Attempting to store more than 38 significant digits in a Number$/);
  assert.match((await add('9.9999999999999999999999999999999999999E125', '9E125')).json.message, /^Number overflow\. /);
});

const incorrect = 'An operand in the update expression has an incorrect data type';
for (const [what, UpdateExpression, v, text] of [
  [
    'a path through nothing',
    'SET absent.x = :v',
    { ':v': { S: 'x' } },
    'The document path provided in the update expression is invalid for update',
  ],
  [
    'a path through a scalar',
    'SET s.x = :v',
    { ':v': { S: 'x' } },
    'The document path provided in the update expression is invalid for update',
  ],
  ['removal through nothing', 'REMOVE absent.x', undefined, 'The document path provided in the update expression is invalid for update'],
  ['an absent operand', 'SET n = absent', undefined, 'The provided expression refers to an attribute that does not exist in the item'],
  ['a sum with a string', 'SET n = s + :v', { ':v': { N: '1' } }, incorrect],
  ['list_append on a string', 'SET s = list_append(s, :v)', { ':v': { L: [] } }, incorrect],
  ['ADD of a number to a string', 'ADD s :v', { ':v': { N: '1' } }, incorrect],
  ['ADD of another set', 'ADD ss :v', { ':v': { NS: ['1'] } }, incorrect],
  ['DELETE of another set', 'DELETE ss :v', { ':v': { NS: ['1'] } }, incorrect],
  [
    'a key',
    'SET pk = :v',
    { ':v': { S: 'k' } },
    'One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key',
  ],
]) {
  test(`update of ${what} is refused and changes nothing`, async () => {
    await succeed(server, 'PutItem', { TableName: 'items', Item: item });
    await refuseInvalid(server, 'UpdateItem', { TableName: 'items', Key, UpdateExpression, ExpressionAttributeValues: v }, text);
    const { Item } = await succeed(server, 'GetItem', { TableName: 'items', Key });
    assert.equal(Object.keys(Item).length, Object.keys(item).length);
  });
}

const C = (expression, v = {}, names) => [
  'PutItem',
  {
    Item: Key,
    ConditionExpression: expression,
    ...(Object.keys(v).length ? { ExpressionAttributeValues: v } : {}),
    ...(names ? { ExpressionAttributeNames: names } : {}),
  },
];
const U = (expression, v = {}, names) => [
  'UpdateItem',
  {
    Key,
    UpdateExpression: expression,
    ...(Object.keys(v).length ? { ExpressionAttributeValues: v } : {}),
    ...(names ? { ExpressionAttributeNames: names } : {}),
  },
];
const G = (expression, names) => [
  'GetItem',
  { Key, ProjectionExpression: expression, ...(names ? { ExpressionAttributeNames: names } : {}) },
];
const S = (s) => ({ S: s });
const invalid = (kind, text) => `Invalid ${kind}Expression: ${text}`;
const syntax = (kind, token, near) => invalid(kind, `Syntax error; token: "${token}", near: "${near}"`);
const operands = 'number of operands';

for (const [[operation, body], text] of [
  [C(''), invalid('Condition', 'The expression can not be empty;')],
  [U(''), invalid('Update', 'The expression can not be empty;')],
  [G(''), invalid('Projection', 'The expression can not be empty;')],
  [G('a-b'), syntax('Projection', '-', 'a-b')],
  [U('ADD hits : incr'), syntax('Update', ':', 'hits : incr')],
  [C('_type = :x', { ':x': S('a') }), syntax('Condition', '_', '_type')],
  [C('attribute_exists(car_id) AND NOT #has', {}, { '#has': 'a' }), syntax('Condition', '<EOF>', '#has')],
  [C('a = :v', { ':v': S('x') }, { '#n': 'n' }), 'Value provided in ExpressionAttributeNames unused in expressions: keys: {#n}'],
  [C('a = :v', { ':v': S('x'), ':w': S('y') }), 'Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}'],
  [
    C('#n = :v', { ':v': S('x') }),
    invalid('Condition', 'An expression attribute name used in the document path is not defined; attribute name: #n'),
  ],
  [C('a = :v'), invalid('Condition', 'An expression attribute value used in expression is not defined; attribute value: :v')],
  [U('SET a = :v'), invalid('Update', 'An expression attribute value used in expression is not defined; attribute value: :v')],
  [C('a = :v', { ':v': S('x'), bad: S('y') }), 'ExpressionAttributeValues contains invalid key: Syntax error; key: "bad"'],
  [C('a = :v', { ':v': S('x') }, { bad: 'y' }), 'ExpressionAttributeNames contains invalid key: Syntax error; key: "bad"'],
  [
    ['PutItem', { Item: Key, ExpressionAttributeNames: { '#a': 'a' } }],
    'ExpressionAttributeNames can only be specified when using expressions',
  ],
  [
    ['PutItem', { Item: Key, ExpressionAttributeValues: { ':a': S('a') } }],
    'ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null',
  ],
  [
    ['UpdateItem', { Key, ExpressionAttributeValues: { ':a': S('a') } }],
    'ExpressionAttributeValues can only be specified when using expressions: UpdateExpression and ConditionExpression are null',
  ],
  [
    ['PutItem', { Item: Key, ConditionExpression: 'attribute_exists(a)', ExpressionAttributeNames: {} }],
    'ExpressionAttributeNames must not be empty',
  ],
  [
    ['PutItem', { Item: Key, ConditionExpression: 'attribute_exists(a)', ExpressionAttributeValues: {} }],
    'ExpressionAttributeValues must not be empty',
  ],
  [C('name = :v', { ':v': S('x') }), invalid('Condition', 'Attribute name is a reserved keyword; reserved keyword: name')],
  [U('SET Status = :v', { ':v': S('x') }), invalid('Update', 'Attribute name is a reserved keyword; reserved keyword: Status')],
  [G('pk, data'), invalid('Projection', 'Attribute name is a reserved keyword; reserved keyword: data')],
  [C('((a = :v))', { ':v': S('x') }), invalid('Condition', 'The expression has redundant parentheses;')],
  [C('sizes(a) = :v', { ':v': S('x') }), invalid('Condition', 'Invalid function name; function: sizes')],
  [C('Size(a) = :v', { ':v': S('x') }), invalid('Condition', 'Invalid function name; function: Size')],
  [C('size(a)'), invalid('Condition', 'The function is not allowed to be used this way in an expression; function: size')],
  [
    C('attribute_exists(a) = :v', { ':v': S('x') }),
    invalid('Condition', 'The function is not allowed to be used this way in an expression; function: attribute_exists'),
  ],
  [
    C('begins_with(a)'),
    invalid('Condition', `Incorrect number of operands for operator or function; operator or function: begins_with, ${operands}: 1`),
  ],
  [
    C('attribute_exists(:v)', { ':v': S('x') }),
    invalid('Condition', 'Operator or function requires a document path; operator or function: attribute_exists'),
  ],
  [
    C('a = a'),
    invalid(
      'Condition',
      'The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a]',
    ),
  ],
  [
    C('begins_with(a, :v)', { ':v': { N: '1' } }),
    invalid('Condition', 'Incorrect operand type for operator or function; operator or function: begins_with, operand type: N'),
  ],
  [
    C('attribute_type(a, :v)', { ':v': S('STRING') }),
    invalid('Condition', 'Invalid attribute type name found; type: STRING, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}'),
  ],
  [
    C('a BETWEEN :x AND :y', { ':x': S('a'), ':y': { N: '1' } }),
    invalid(
      'Condition',
      'The BETWEEN operator requires same data type for lower and upper bounds; ' +
        'lower bound operand: AttributeValue: {S:a}, upper bound operand: AttributeValue: {N:1}',
    ),
  ],
  [
    C('a BETWEEN :x AND :y', { ':x': { N: '2' }, ':y': { N: '1' } }),
    invalid(
      'Condition',
      'The BETWEEN operator requires upper bound to be greater than or equal to ' +
        'lower bound; lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}',
    ),
  ],
  [U('SET a = :v SET b = :v', { ':v': S('x') }), invalid('Update', 'The "SET" section can only be used once in an update expression;')],
  [
    U('SET a = :v, a.b = :v', { ':v': S('x') }),
    invalid(
      'Update',
      'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]',
    ),
  ],
  [
    U('SET a.b = :v, a[1] = :v', { ':v': S('x') }),
    invalid(
      'Update',
      'Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [1]]',
    ),
  ],
  [
    G('a.b[2], a'),
    invalid(
      'Projection',
      'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b, [2]], path two: [a]',
    ),
  ],
  [
    U('SET a = b + :v', { ':v': S('x') }),
    invalid('Update', 'Incorrect operand type for operator or function; operator or function: +, operand type: S'),
  ],
  [
    U('ADD a :v', { ':v': S('x') }),
    invalid('Update', 'Incorrect operand type for operator or function; operator: ADD, operand type: STRING'),
  ],
  [
    U('ADD a :v', { ':v': { L: [] } }),
    invalid('Update', 'Incorrect operand type for operator or function; operator: ADD, operand type: LIST'),
  ],
  [
    U('DELETE a :v', { ':v': { N: '1' } }),
    invalid('Update', 'Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER'),
  ],
  [U('SET a = upper(b)'), invalid('Update', 'Invalid function name; function: upper')],
  [
    C(`a = :v AND ${'x'.repeat(4096)}`, { ':v': S('x') }),
    invalid('Condition', 'Expression size has exceeded the maximum allowed size; expression size: 4107'),
  ],
  [
    C(Array.from({ length: 151 }, (_, i) => `a${i} = :v`).join(' OR '), { ':v': S('x') }),
    invalid('Condition', 'The expression contains too many operators; operator count: 301'),
  ],
  [
    C(`a IN (${Array(101).fill(':v').join(',')})`, { ':v': S('x') }),
    invalid('Condition', 'The IN operator is provided with too many operands; number of operands: 101'),
  ],
]) {
  const shown = body.ConditionExpression ?? body.UpdateExpression ?? body.ProjectionExpression ?? '(no expression)';
  test(`${operation} refuses ${shown.slice(0, 60) || "''"}: ${text.slice(0, 70)}`, () =>
    refuseInvalid(server, operation, { TableName: 'items', ...body }, text));
}

test('300 operators and 100 operands of IN are taken', async () => {
  await succeed(server, 'PutItem', { TableName: 'items', Item: item });
  const many = Array.from({ length: 150 }, (_, i) => `a${i} <> :v`).join(' AND ');
  await succeed(server, 'PutItem', {
    TableName: 'items',
    Item: item,
    ConditionExpression: many,
    ExpressionAttributeValues: { ':v': S('x') },
  });
  const list = Array.from({ length: 100 }, (_, i) => [`:v${i}`, { N: String(i) }]);
  await succeed(server, 'PutItem', {
    TableName: 'items',
    Item: item,
    ConditionExpression: `n IN (${list.map(([name]) => name).join(',')})`,
    ExpressionAttributeValues: Object.fromEntries(list),
  });
});

test('two defects of one request: the names and values maps come before the expression', async () => {
  await refuseInvalid(
    server,
    'PutItem',
    { TableName: 'items', Item: Key, ConditionExpression: 'a = =', ExpressionAttributeValues: { ':v': {} } },
    'ExpressionAttributeValues contains invalid value: Supplied AttributeValue is empty, must contain exactly one of the supported datatypes for key :v',
  );
});

test('a condition on a missing item sees an empty item', async () => {
  await succeed(server, 'DeleteItem', { TableName: 'items', Key });
  await refuse(
    server,
    'PutItem',
    { TableName: 'items', Item: item, ConditionExpression: 'attribute_exists(pk)' },
    dynamodb('ConditionalCheckFailedException', 'The conditional request failed'),
  );
  await succeed(server, 'PutItem', { TableName: 'items', Item: item, ConditionExpression: 'attribute_not_exists(pk)' });
});

test('size() of a string counts its bytes in UTF-8', async () => {
  await succeed(server, 'PutItem', { TableName: 'items', Item: { pk: { S: 'utf8' }, v: { S: 'é🌍' } } });
  const { Count } = await succeed(server, 'Scan', {
    TableName: 'items',
    FilterExpression: 'pk = :k AND size(v) = :n',
    ExpressionAttributeValues: { ':k': { S: 'utf8' }, ':n': { N: '6' } },
  });
  assert.equal(Count, 1);
});
