// Hostile clients: malformed HTTP, smuggling shapes, huge and endless bodies, deep nesting, slow and half-closed
// connections, thousands of idle ones. Each ends in a clear error or a closed connection; the server stays alive,
// answers others, and its memory returns to a bound.
import { after, before, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { sleep, startDev } from '../support/server.mjs';
import { sanitized, slowness } from '../support/paths.mjs';
import { Connection, call, hostOf, jsonType, operationBytes, refuse, serialization, succeed } from '../support/wire.mjs';
import { createTable } from '../support/tables.mjs';

let server;
let residentAtStart;
before(async () => {
  server = await startDev({ inMemory: true });
  await createTable(server, 'items');
  for (let i = 0; i < 50; i++) await succeed(server, 'PutItem', { TableName: 'items', Item: { pk: { S: `k${i}` } } });
  residentAtStart = server.residentBytes();
});
beforeEach(() => stillServes());
after(async () => {
  try {
    await stillServes();
  } finally {
    await server.stop();
  }
});

async function stillServes() {
  assert.equal((await succeed(server, 'GetItem', { TableName: 'items', Key: { pk: { S: 'k7' } } })).Item.pk.S, 'k7');
}

// Sends bytes; resolves to the status (and the connection closes) or to null if it closed without one.
async function statusOf(bytes, { end = false, timeout_ms = 15_000 * slowness } = {}) {
  const connection = new Connection(server);
  try {
    await connection.send(bytes);
    if (end) connection.socket.end();
    const response = await connection.readResponse({ timeout_ms });
    return response?.status ?? null;
  } finally {
    connection.close();
  }
}

const good = () => operationBytes(server, 'ListTables', '{}').toString('latin1');
const head = (lines) => `${lines.join('\r\n')}\r\n\r\n`;
const host = () => `host: ${hostOf(server)}`;

for (const [what, bytes] of [
  ['garbage', () => '\x00\x01\x02\x03\x04\r\n\r\n'],
  ['random bytes', () => Buffer.concat([randomBytes(4096), Buffer.from('\r\n\r\n')])],
  ['a TLS hello', () => Buffer.concat([Buffer.from('16030100c8010000c40303', 'hex'), randomBytes(190), Buffer.from('\r\n\r\n')])],
  ['the HTTP/2 preface', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['no version', () => head(['POST /', host()])],
  ['HTTP/0.9', () => head(['GET / HTTP/0.9', host()])],
  ['HTTP/3.0', () => head(['GET / HTTP/3.0', host()])],
  ['a version of other letters', () => head(['GET / HTPP/1.1', host()])],
  ['two spaces in the request line', () => head(['GET  / HTTP/1.1', host()])],
  ['a control character in the target', () => head(['GET /\x07 HTTP/1.1', host()])],
  ['a bare carriage return', () => `GET / HTTP/1.1\r${host()}\r\n\r\n`],
  ['a space before the colon', () => head(['GET / HTTP/1.1', host(), 'content-length : 0'])],
  ['a folded header', () => head(['GET / HTTP/1.1', host(), 'x-a: b', ' c'])],
  ['a header without a colon', () => head(['GET / HTTP/1.1', host(), 'nonsense'])],
  ['an empty header name', () => head(['GET / HTTP/1.1', host(), ': x'])],
  ['a NUL in a header', () => head(['GET / HTTP/1.1', host(), 'x-a: b\x00c'])],
  ['a line feed alone in a header value', () => head(['GET / HTTP/1.1', host(), 'x-a: b\nx-b: c'])],
  ['no host', () => head(['GET / HTTP/1.1'])],
  ['two hosts', () => head(['GET / HTTP/1.1', host(), 'host: other'])],
  ['a negative length', () => head(['POST / HTTP/1.1', host(), 'content-length: -1'])],
  ['a length with a plus', () => head(['POST / HTTP/1.1', host(), 'content-length: +2']) + '{}'],
  ['a length in hex', () => head(['POST / HTTP/1.1', host(), 'content-length: 0x2']) + '{}'],
  ['a length beyond 64 bits', () => head(['POST / HTTP/1.1', host(), 'content-length: 99999999999999999999999'])],
  ['two different lengths', () => head(['POST / HTTP/1.1', host(), 'content-length: 2', 'content-length: 3']) + '{} '],
  ['a list of lengths', () => head(['POST / HTTP/1.1', host(), 'content-length: 2, 3']) + '{} '],
  ['length and chunks', () => head(['POST / HTTP/1.1', host(), 'content-length: 5', 'transfer-encoding: chunked']) + '0\r\n\r\n'],
  ['chunks named twice', () => head(['POST / HTTP/1.1', host(), 'transfer-encoding: chunked', 'transfer-encoding: chunked']) + '0\r\n\r\n'],
  ['chunks under another name', () => head(['POST / HTTP/1.1', host(), 'transfer-encoding: xchunked']) + '0\r\n\r\n'],
  ['chunks before the end', () => head(['POST / HTTP/1.1', host(), 'transfer-encoding: chunked, identity']) + '0\r\n\r\n'],
  ['chunks hidden behind a tab', () => head(['POST / HTTP/1.1', host(), 'transfer-encoding:\x0bchunked']) + '0\r\n\r\n'],
  ['chunks in HTTP/1.0', () => head(['POST / HTTP/1.0', host(), 'transfer-encoding: chunked']) + '0\r\n\r\n'],
  ['a chunk size that is none', () => head(['POST / HTTP/1.1', host(), 'transfer-encoding: chunked']) + 'zz\r\n'],
  ['a chunk size with a sign', () => head(['POST / HTTP/1.1', host(), 'transfer-encoding: chunked']) + '-1\r\n'],
  ['a chunk size beyond 64 bits', () => head(['POST / HTTP/1.1', host(), 'transfer-encoding: chunked']) + 'ffffffffffffffffff\r\n'],
  ['a chunk longer than it said', () => head(['POST / HTTP/1.1', host(), 'transfer-encoding: chunked']) + '2\r\n{}x\r\n0\r\n\r\n'],
  ['an endless chunk extension', () => `${head(['POST / HTTP/1.1', host(), 'transfer-encoding: chunked'])}2;${'x'.repeat(200_000)}`],
  ['endless trailers', () => `${head(['POST / HTTP/1.1', host(), 'transfer-encoding: chunked'])}0\r\n${'x-a: b\r\n'.repeat(50_000)}`],
  ['a head without end', () => `GET / HTTP/1.1\r\n${'x-a: b\r\n'.repeat(20_000)}`],
  ['a request line without end', () => `GET /${'a'.repeat(200_000)}`],
  ['a header without end', () => `GET / HTTP/1.1\r\nx: ${'a'.repeat(200_000)}`],
]) {
  test(`${what} is refused or cut off`, async () => {
    const status = await statusOf(bytes());
    assert.ok(status === null || (status >= 400 && status < 600 && status !== 500), `answered ${status}`);
  });
}

test('smuggled requests are not served', async () => {
  const inner = good();
  for (const lines of [
    ['content-length: 0', `content-length: ${inner.length}`],
    ['transfer-encoding: chunked', 'content-length: 4'],
    ['transfer-encoding: chunked', 'transfer-encoding: identity'],
    ['transfer-encoding : chunked', 'content-length: 5'],
    ['content-length: 0,0'],
  ]) {
    const connection = new Connection(server);
    await connection.send(`${head(['POST / HTTP/1.1', host(), ...lines])}0\r\n\r\n${inner}`);
    await connection.waitForClose({ timeout_ms: 15_000 * slowness });
    assert.ok(!connection.received.includes('TableNames'), lines.join(' and '));
    connection.close();
  }
});

test('every prefix of a request, then the end: no answer but an error, no hang', async () => {
  const whole = good();
  for (let length = 0; length < whole.length; length += 37) {
    const status = await statusOf(whole.slice(0, length), { end: true });
    assert.ok(status === null || status >= 400, `${length} bytes were answered ${status}`);
  }
});

test('single bytes changed anywhere in the head never stop the server', async () => {
  const whole = Buffer.from(good(), 'latin1');
  for (let i = 0; i < 300; i++) {
    const changed = Buffer.from(whole);
    changed[Math.floor(Math.random() * (whole.length - 4))] = Math.floor(Math.random() * 256);
    const connection = new Connection(server);
    await connection.send(changed);
    connection.socket.end();
    await connection.waitForClose({ timeout_ms: 30_000 * slowness });
    connection.close();
  }
});

test('a request byte by byte is served; a client that closes its half still gets its answer', async () => {
  const slow = new Connection(server);
  for (const byte of Buffer.from(good(), 'latin1')) {
    slow.socket.write(Buffer.from([byte]));
    await new Promise(setImmediate);
  }
  assert.equal((await slow.readResponse()).status, 200);
  slow.close();
  const half = new Connection(server);
  await half.send(good());
  half.socket.end();
  const answer = await half.readResponse();
  assert.ok(answer === null || answer.status === 200);
  half.close();
});

test('clients that send nothing, half a head, or half a body do not keep others waiting', async () => {
  const idle = [];
  const whole = operationBytes(server, 'ListTables', JSON.stringify({ ignored: 'x'.repeat(5000) }));
  for (let i = 0; i < 100; i++) {
    for (const bytes of ['', 'POST / HT', whole.subarray(0, 300), whole.subarray(0, whole.length - 1)]) {
      const connection = new Connection(server);
      idle.push(connection);
      await connection.send(bytes);
    }
  }
  const start = Date.now();
  for (let i = 0; i < 20; i++) await stillServes();
  assert.ok(Date.now() - start < 5000 * slowness);
  for (const connection of idle) connection.close();
});

test('clients that never read their answers are bounded', async () => {
  await createTable(server, 'wide');
  for (let i = 0; i < 5; i++)
    await succeed(server, 'PutItem', { TableName: 'wide', Item: { pk: { S: `w${i}` }, v: { S: 'x'.repeat(200_000) } } });
  const greedy = [];
  const scan = operationBytes(server, 'Scan', { TableName: 'wide' });
  const before = server.residentBytes();
  for (let i = 0; i < 50; i++) {
    const connection = new Connection(server);
    connection.socket.pause();
    greedy.push(connection);
    await connection.send(Buffer.concat(Array(40).fill(scan)));
  }
  await sleep(1500);
  await stillServes();
  // 50 clients asked for 2 GB in all; the server may hold a few answers a connection, not all of them.
  const grown = server.residentBytes() - before;
  assert.ok(grown < (sanitized ? 2000 : 600) * 1e6, `grew by ${Math.round(grown / 1e6)} MB`);
  for (const connection of greedy) connection.close();
});

test('declared bodies that never come cost no memory', async () => {
  const before = server.residentBytes();
  const waiting = await declareBodies(20);
  try {
    await stillServes();
    assert.ok(server.residentBytes() - before < (sanitized ? 800 : 200) * 1e6);
  } finally {
    for (const connection of waiting) connection.close();
  }
});

async function declareBodies(count) {
  const waiting = Array.from({ length: count }, () => new Connection(server));
  for (const connection of waiting)
    await connection.send(head(['POST / HTTP/1.1', host(), `content-type: ${jsonType}`, `content-length: ${16 << 20}`]));
  await sleep(300);
  return waiting;
}

test('hundreds of announced bodies are all admitted and keep nobody out', async () => {
  const before = server.residentBytes();
  const waiting = await declareBodies(400);
  try {
    await succeed(server, 'PutItem', { TableName: 'items', Item: { pk: { S: 'large' }, v: { S: 'x'.repeat(390_000) } } });
    assert.deepEqual(
      waiting.filter(({ received, closed, ended }) => received.length > 0 || closed || ended),
      [],
    );
    assert.ok(server.residentBytes() - before < (sanitized ? 800 : 200) * 1e6);
  } finally {
    for (const connection of waiting) connection.close();
  }
});

test('JSON nested a hundred thousand deep is refused', async () => {
  const deep = 100_000;
  for (const body of [
    '['.repeat(deep),
    '['.repeat(deep) + ']'.repeat(deep),
    '{"a":'.repeat(deep),
    `${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`,
    `{"TableName":"items","Item":{"pk":{"S":"x"},"v":${'{"L":['.repeat(deep)}${']}'.repeat(deep)}}}`,
    `{"Ignored":${'['.repeat(deep)}${']'.repeat(deep)}}`,
  ]) {
    const response = await call(server, 'PutItem', body);
    assert.equal(response.status, 400, body.slice(0, 60));
  }
});

test('JSON of many small things is bounded in time', async () => {
  for (const body of [
    `{${Array.from({ length: 200_000 }, (_, i) => `"k${i}":1`).join(',')}}`,
    `[${'1,'.repeat(1_000_000)}1]`,
    `{"Limit":${'9'.repeat(1_000_000)}}`,
    `{"TableName":"${'\\u0041'.repeat(500_000)}"}`,
    `{"Limit":1${'0'.repeat(400)}}`,
    '{"Limit":1e999999999}',
    `{"a":"${'x'.repeat(8_000_000)}"}`,
  ]) {
    const start = Date.now();
    const response = await call(server, 'ListTables', body);
    assert.ok([200, 400].includes(response.status));
    assert.ok(Date.now() - start < 5000 * slowness, `${body.slice(0, 30)} took ${Date.now() - start} ms`);
  }
});

test('a member twice, lone surrogates, NUL in strings: an answer, never a crash', async () => {
  for (const body of [
    '{"Limit":1,"Limit":2}',
    '{"ExclusiveStartTableName":"\\ud800"}',
    '{"ExclusiveStartTableName":"\\udc00\\ud800"}',
    '{"ExclusiveStartTableName":"\\u0000\\u0000\\u0000"}',
  ]) {
    const response = await call(server, 'ListTables', body);
    assert.ok([200, 400].includes(response.status), response.text);
  }
});

test('expressions nested a thousand deep are refused or answered', async () => {
  const values = { ':v': { S: 'x' } };
  const deep = 1000;
  for (const ConditionExpression of [
    `${'('.repeat(deep)}a = :v${')'.repeat(deep)}`,
    `${'NOT '.repeat(deep)}a = :v`,
    `${'NOT ('.repeat(600)}a = :v${')'.repeat(600)}`,
    `a = ${'size('.repeat(600)}b${')'.repeat(600)}`,
    `${'((a = :v) AND '.repeat(250)}a = :v${')'.repeat(250)}`,
    `a${'.b'.repeat(deep)} = :v`,
    `a${'[0]'.repeat(deep)} = :v`,
  ]) {
    const response = await call(server, 'PutItem', {
      TableName: 'items',
      Item: { pk: { S: 'deep' } },
      ConditionExpression,
      ExpressionAttributeValues: values,
    });
    assert.equal(response.status, 400, ConditionExpression.slice(0, 60));
    assert.match(
      response.json.message,
      /^Invalid ConditionExpression: |^The conditional request failed$|unused/,
      response.text.slice(0, 200),
    );
  }
  for (const UpdateExpression of [
    `SET a = ${'('.repeat(deep)}:v${')'.repeat(deep)}`,
    `SET a = ${'if_not_exists(b, '.repeat(200)}:v${')'.repeat(200)}`,
    `SET a = :v${' + :v'.repeat(900)}`,
  ]) {
    const response = await call(server, 'UpdateItem', {
      TableName: 'items',
      Key: { pk: { S: 'deep' } },
      UpdateExpression,
      ExpressionAttributeValues: values,
    });
    assert.ok([200, 400].includes(response.status), UpdateExpression.slice(0, 60));
  }
});

test('expressions of random tokens never stop the server', async () => {
  const tokens = [
    'a',
    '#n',
    ':v',
    '=',
    '<>',
    '<',
    '<=',
    'AND',
    'OR',
    'NOT',
    'BETWEEN',
    'IN',
    '(',
    ')',
    ',',
    '.',
    '[0]',
    '[',
    ']',
    'size',
    'contains',
    'begins_with',
    'attribute_exists',
    'SET',
    'ADD',
    'REMOVE',
    'DELETE',
    '+',
    '-',
    'if_not_exists',
    'list_append',
    '9999999999999999999999',
    'é',
    '"',
    '\u0000',
    '\\',
  ];
  for (let i = 0; i < 300; i++) {
    const expression = Array.from(
      { length: 1 + Math.floor(Math.random() * 14) },
      () => tokens[Math.floor(Math.random() * tokens.length)],
    ).join(Math.random() < 0.8 ? ' ' : '');
    const shared = { TableName: 'items', ExpressionAttributeNames: { '#n': 'n' }, ExpressionAttributeValues: { ':v': { N: '1' } } };
    const response = await (i % 2
      ? call(server, 'UpdateItem', { ...shared, Key: { pk: { S: 'r' } }, UpdateExpression: expression })
      : call(server, 'PutItem', { ...shared, Item: { pk: { S: 'r' } }, ConditionExpression: expression }));
    assert.ok([200, 400].includes(response.status), `${expression}: ${response.text}`);
  }
});

test('invalid UTF-8 in keys, names and headers is refused', async () => {
  const bad = Buffer.from([0xff, 0xfe, 0xc0, 0xaf]);
  const body = Buffer.concat([Buffer.from('{"TableName":"items","Item":{"pk":{"S":"'), bad, Buffer.from('"}}}')]);
  await refuse(server, 'PutItem', body, serialization());
  const status = await statusOf(
    Buffer.concat([Buffer.from(`POST / HTTP/1.1\r\n${host()}\r\nx-amz-target: `), bad, Buffer.from('\r\ncontent-length: 2\r\n\r\n{}')]),
  );
  assert.ok(status === null || status >= 400);
});

test('thousands of idle connections leave room for others', async () => {
  const many = sanitized ? 1000 : 4000;
  const connections = Array.from({ length: many }, () => new Connection(server));
  const opened = await Promise.allSettled(connections.map((connection) => connection.opened));
  const count = opened.filter(({ status }) => status === 'fulfilled').length;
  assert.ok(count > many * 0.9, `${count} of ${many} connections were accepted`);
  await stillServes();
  const half = connections.slice(0, many / 2);
  await Promise.all(half.map((connection) => connection.send(good())));
  const statuses = await Promise.all(
    half.map((connection) =>
      connection.readResponse({ timeout_ms: 60_000 * slowness }).then(
        (r) => r?.status,
        () => undefined,
      ),
    ),
  );
  assert.ok(statuses.filter((status) => status === 200).length > half.length * 0.9);
  for (const connection of connections) connection.close();
});

test('connections reset in the middle of everything', async () => {
  const whole = operationBytes(server, 'Scan', { TableName: 'items' });
  for (let i = 0; i < 300; i++) {
    const connection = new Connection(server);
    await connection.send(whole.subarray(0, Math.floor(Math.random() * (whole.length + 1))));
    if (i % 3 === 0) await sleep(1);
    connection.socket.resetAndDestroy();
  }
});

test('after all of it the server is alive and its memory bounded', async () => {
  await stillServes();
  const deadline = Date.now() + 10_000;
  const bound = residentAtStart + (sanitized ? 3000 : 500) * 1e6;
  while (server.residentBytes() > bound && Date.now() < deadline) await sleep(200);
  const grown = server.residentBytes() - residentAtStart;
  assert.ok(server.residentBytes() <= bound, `grew by ${Math.round(grown / 1e6)} MB`);
});

test('a mutated body, a thousand times: 200 or 400, never 500', async () => {
  const base = Buffer.from(
    JSON.stringify({
      TableName: 'items',
      Item: {
        pk: { S: 'fuzz' },
        n: { N: '12.5' },
        l: { L: [{ S: 'x' }, { M: { a: { BOOL: true } } }] },
        b: { B: 'AAEC' },
        ss: { SS: ['a', 'b'] },
      },
      ConditionExpression: 'attribute_not_exists(#a) OR size(l) > :n',
      ExpressionAttributeNames: { '#a': 'n' },
      ExpressionAttributeValues: { ':n': { N: '1' } },
      ReturnValues: 'ALL_OLD',
    }),
  );
  const connection = new Connection(server);
  for (let i = 0; i < 1000 / slowness; i++) {
    const body = Buffer.from(base);
    for (let k = 0; k <= i % 4; k++) body[Math.floor(Math.random() * body.length)] = Math.floor(Math.random() * 256);
    const response = await call(server, 'PutItem', body, { connection });
    assert.ok([200, 400].includes(response.status), `${body.toString('latin1')}: ${response.text}`);
  }
  connection.close();
});
