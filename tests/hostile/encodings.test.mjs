// Hostile bytes in every place that takes bytes: gzip, nesting, UTF-8, heads, chunks, lengths. Each gets the answer that
// its mistake deserves, and the server goes on.
import { after, before, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import zlib from 'node:zlib';
import { startDev } from '../support/server.mjs';
import { slowness } from '../support/paths.mjs';
import { Connection, call, hostOf, jsonType, operationBytes, refuse, refuseInvalid, serialization, succeed } from '../support/wire.mjs';
import { createTable } from '../support/tables.mjs';

let server;
before(async () => {
  server = await startDev({ inMemory: true });
  await createTable(server, 'items');
});
beforeEach(() => succeed(server, 'ListTables', {}));
after(() => server.stop());

const broken = serialization();
const gzipped = (body, options = {}) => call(server, 'ListTables', body, { headers: { 'content-encoding': 'gzip' }, ...options });

// One exchange on a connection of its own: the answer, or null if the server closed without one.
async function exchange(bytes) {
  const connection = new Connection(server);
  try {
    await connection.send(bytes);
    return await connection.readResponse({ timeout_ms: 20_000 * slowness });
  } finally {
    connection.close();
  }
}
const head = (...lines) => `${lines.join('\r\n')}\r\n\r\n`;
const host = () => `host: ${hostOf(server)}`;

test('gzip: bombs, bombs in bombs, cut ones, ones with more behind them', async () => {
  const good = zlib.gzipSync('{"Limit":5}');
  assert.equal((await gzipped(good)).status, 200);
  const bomb = zlib.gzipSync(Buffer.alloc(100 << 20, 'x'), { level: 9 });
  assert.ok(bomb.length < 200_000); // a thousand to one, and more
  const tooLarge = await exchange(operationBytes(server, 'ListTables', bomb, { headers: { 'content-encoding': 'gzip' } }));
  assert.equal(tooLarge.status, 413);
  const nested = zlib.gzipSync(zlib.gzipSync(zlib.gzipSync(Buffer.alloc(10 << 20, ' '))));
  for (const [what, bytes] of [
    ['a bomb in a bomb in a bomb', nested],
    ['cut', good.subarray(0, good.length - 9)],
    ['without its checksum', good.subarray(0, good.length - 8)],
    ['its header alone', good.subarray(0, 10)],
    ['one byte', good.subarray(0, 1)],
    ['garbage behind', Buffer.concat([good, Buffer.from('garbage')])],
    ['a second member behind', Buffer.concat([good, good])],
    ['a wrong checksum', Buffer.concat([good.subarray(0, good.length - 8), Buffer.alloc(8)])],
    ['zlib, not gzip', zlib.deflateSync('{}')],
    ['bare deflate', zlib.deflateRawSync('{}')],
    ['plain text', Buffer.from('{}')],
    ['zeros', Buffer.alloc(10_000)],
  ]) {
    const response = await gzipped(bytes);
    assert.equal(response.status, 400, what);
    assert.equal(response.text, JSON.stringify(broken), what);
  }
  for (const [name, status] of [
    ['br', 415],
    ['gzip, gzip', 415],
    ['deflate', 415],
    ['identity', 200],
    ['GZIP', 200],
  ]) {
    const body = status === 200 && name !== 'identity' ? good : '{}';
    const response = await exchange(operationBytes(server, 'ListTables', body, { headers: { 'content-encoding': name } }));
    assert.equal(response.status, status, name);
  }
});

test('a hundred thousand brackets in every position', async () => {
  const deep = 100_000;
  const list = '['.repeat(deep) + ']'.repeat(deep);
  const map = `${'{"M":'.repeat(deep)}{}${'}'.repeat(deep)}`;
  const values = `${'{"L":['.repeat(deep)}{"S":"x"}${']}'.repeat(deep)}`;
  for (const body of [
    list,
    map,
    '['.repeat(deep),
    '{"a":'.repeat(deep),
    `${'['.repeat(deep)}}`,
    `{"TableName":${list}}`,
    `{"TableName":"items","Item":${map}}`,
    `{"TableName":"items","Item":{"pk":${values}}}`,
    `{"TableName":"items","Item":{"pk":{"S":"x"},"v":${values}}}`,
    `{"TableName":"items","Item":{"pk":{"S":"x"}},"Unknown":${list}}`,
    `{"TableName":"items","Item":{"pk":{"S":"x"}},"ExpressionAttributeValues":{":v":${values}}}`,
  ])
    await refuse(server, 'PutItem', body, broken);
  // What is not too deep for JSON but for an item has its own answer.
  const nest = (levels) => `${'{"L":['.repeat(levels)}{"S":"x"}${']}'.repeat(levels)}`;
  await refuseInvalid(
    server,
    'PutItem',
    `{"TableName":"items","Item":{"pk":{"S":"x"},"v":${nest(200)}}}`,
    'Nesting Levels have exceeded supported limits',
  );
  // An unknown member is skipped, as deep as JSON may go.
  await succeed(server, 'PutItem', `{"TableName":"items","Item":{"pk":{"S":"x"}},"Unknown":${'['.repeat(900)}${']'.repeat(900)}}`);
  for (const ConditionExpression of [
    `${'('.repeat(deep)}pk = :v${')'.repeat(deep)}`,
    '('.repeat(deep),
    `${'NOT '.repeat(deep)}pk = :v`,
    `pk${'[0]'.repeat(deep)} = :v`,
    `${'size('.repeat(deep)}pk`,
  ]) {
    const response = await call(server, 'PutItem', {
      TableName: 'items',
      Item: { pk: { S: 'x' } },
      ConditionExpression,
      ExpressionAttributeValues: { ':v': { S: 'x' } },
    });
    assert.equal(response.status, 400);
    assert.match(response.json.message, /^Invalid ConditionExpression: Expression size has exceeded the maximum allowed size;/);
  }
  for (const ConditionExpression of [`${'('.repeat(2000)}pk = :v${')'.repeat(2000)}`, '('.repeat(4000), `${'NOT '.repeat(1000)}pk = :v`]) {
    const response = await call(server, 'PutItem', {
      TableName: 'items',
      Item: { pk: { S: 'x' } },
      ConditionExpression,
      ExpressionAttributeValues: { ':v': { S: 'x' } },
    });
    assert.equal(response.status, 400);
    assert.match(response.json.message, /^Invalid ConditionExpression: /);
  }
});

const malformed = {
  'a lone continuation': [0x80],
  'a lone lead': [0xc3],
  'a lead and no continuation': [0xe2, 0x82],
  overlong: [0xc0, 0xaf],
  'overlong in three': [0xe0, 0x80, 0xaf],
  'overlong in four': [0xf0, 0x80, 0x80, 0xaf],
  'a surrogate': [0xed, 0xa0, 0x80],
  'a pair of surrogates': [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80],
  'above the last code point': [0xf4, 0x90, 0x80, 0x80],
  'five bytes': [0xf8, 0x88, 0x80, 0x80, 0x80],
  'bytes that never occur': [0xff, 0xfe],
};

for (const [what, bytes] of Object.entries(malformed))
  test(`invalid UTF-8 is refused wherever it stands: ${what}`, async () => {
    for (const text of [
      '{"TableName":"items","Item":{"pk":{"S":"@"}}}',
      '{"TableName":"items","Item":{"pk":{"S":"x"},"v":{"S":"@"}}}',
      '{"TableName":"items","Item":{"pk":{"S":"x"},"@":{"S":"x"}}}',
      '{"TableName":"items","Item":{"pk":{"S":"x"},"v":{"SS":["@"]}}}',
      '{"TableName":"items","Item":{"pk":{"S":"x"},"v":{"M":{"@":{"S":"x"}}}}}',
      '{"TableName":"@","Item":{"pk":{"S":"x"}}}',
      '{"TableName":"items","Item":{"pk":{"S":"x"}},"ConditionExpression":"@"}',
      '{"TableName":"items","Item":{"pk":{"S":"x"}},"ConditionExpression":"#n = :v","ExpressionAttributeNames":{"#n":"@"}}',
      '{"TableName":"items","Item":{"pk":{"S":"x"}},"Unknown":"@"}',
      '{"TableName":"items","Item":{"pk":{"S":"x"}},"@":1}',
      '@{"TableName":"items","Item":{"pk":{"S":"x"}}}',
    ]) {
      const [before, behind] = text.split('@');
      await refuse(server, 'PutItem', Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(behind)]), broken);
    }
    // In a head: a value of other bytes is no operation of ours; a target must be ASCII.
    const raw = Buffer.from(bytes).toString('latin1');
    for (const [text, statuses] of [
      [head('POST / HTTP/1.1', host(), `x-amz-target: DynamoDB_20120810.${raw}`, `content-type: ${jsonType}`, 'content-length: 2') + '{}', [400]],
      [head('POST / HTTP/1.1', host(), `content-type: ${raw}`, 'content-length: 2') + '{}', [404]],
      [head('POST / HTTP/1.1', host(), `authorization: AWS4-HMAC-SHA256 Credential=${raw}/x`, 'content-length: 0'), [400, 403, 404]],
      [head(`POST /${raw} HTTP/1.1`, host(), 'content-length: 0'), [400]],
      [head('POST / HTTP/1.1', `host: ${raw}`, 'content-length: 0'), [400]],
      [head('POST / HTTP/1.1', host(), `${raw}: x`, 'content-length: 0'), [400]],
      [head(`${raw} / HTTP/1.1`, host(), 'content-length: 0'), [400]],
    ]) {
      const response = await exchange(Buffer.from(text, 'latin1'));
      assert.ok(statuses.includes(response?.status), `${JSON.stringify(text)}: ${response?.status}`);
    }
  });

test('escapes of half a surrogate pair are refused, whole pairs are kept', async () => {
  for (const escape of ['\\ud800', '\\udc00', '\\ud800\\u0041', '\\udc00\\ud800', '\\ud800\\ud800'])
    await refuse(server, 'PutItem', `{"TableName":"items","Item":{"pk":{"S":"${escape}"}}}`, broken);
  await succeed(server, 'PutItem', '{"TableName":"items","Item":{"pk":{"S":"\\ud83d\\ude00"}}}');
  const { Item } = await succeed(server, 'GetItem', { TableName: 'items', Key: { pk: { S: '😀' } } });
  assert.equal(Item.pk.S, '😀');
});

test('heads: too large, too many lines, too many empty ones', async () => {
  const line = 'x-a: b';
  for (const [what, text, status] of [
    ['a header of 40 KB', head('GET / HTTP/1.1', host(), `x: ${'a'.repeat(40_000)}`), 431],
    ['a header name of 40 KB', head('GET / HTTP/1.1', host(), `${'a'.repeat(40_000)}: x`), 431],
    ['a target of 40 KB', head(`GET /${'a'.repeat(40_000)} HTTP/1.1`, host()), 431],
    ['a method of 40 KB', head(`${'G'.repeat(40_000)} / HTTP/1.1`, host()), 431],
    ['129 headers', head('GET / HTTP/1.1', host(), ...Array(128).fill(line)), 431],
    ['100,000 headers', head('GET / HTTP/1.1', host(), ...Array(100_000).fill(line)), 431],
    ['128 headers', head('GET / HTTP/1.1', host(), ...Array(127).fill(line)), 200],
    ['a header of 30 KB', head('GET / HTTP/1.1', host(), `x: ${'a'.repeat(30_000)}`), 200],
    ['empty lines first', `\r\n\r\n\r\n${head('GET / HTTP/1.1', host())}`, 400],
    ['an authorization of 30 KB', head('POST / HTTP/1.1', host(), `authorization: AWS4-HMAC-SHA256 ${'a=b,'.repeat(7500)}`, 'content-length: 0'), 400],
  ]) {
    const response = await exchange(text);
    assert.equal(response?.status, status, what);
  }
});

test('chunks: sizes that lie, extensions without end, trailers without end, nothing but size lines', async () => {
  const start = head('POST / HTTP/1.1', host(), `content-type: ${jsonType}`, 'x-amz-target: DynamoDB_20120810.ListTables', 'transfer-encoding: chunked');
  for (const [what, body, status] of [
    ['a size that is beyond the bound', '1000001\r\n', 413],
    ['a size of sixteen digits', 'ffffffffffffffff\r\n', 413],
    ['a size of seventeen digits', '00000000000000001\r\n', 400],
    ['a negative size', '-1\r\n', 400],
    ['a size with 0x', '0x2\r\n{}\r\n0\r\n\r\n', 400],
    ['a size with a space', '2 \r\n{}\r\n0\r\n\r\n', 400],
    ['no size', '\r\n', 400],
    ['data longer than its size', '2\r\n{}{}\r\n0\r\n\r\n', 400],
    ['a line feed alone', '2\n{}\n0\n\n', 400],
    ['an extension without end', `2;${'x'.repeat(100_000)}`, 400],
    ['a thousand extensions', `${`1;${'x'.repeat(100)}\r\n \r\n`.repeat(1000)}0\r\n\r\n`, 400],
    ['trailers without end', `0\r\n${'x-a: b\r\n'.repeat(20_000)}`, 400],
    ['content in sums beyond the bound', `${`100000\r\n${' '.repeat(1 << 20)}\r\n`.repeat(17)}`, 413],
  ]) {
    const response = await exchange(start + body);
    assert.ok(response?.status === status || (status === 400 && response?.status === 431), `${what}: ${response?.status}`);
  }
});

test('conflicting lengths are refused, never guessed', async () => {
  const smuggled = operationBytes(server, 'ListTables', '{}').toString('latin1');
  for (const lines of [
    ['content-length: 2', 'content-length: 3'],
    ['content-length: 2', 'content-length: 2'],
    ['content-length: 2,2'],
    ['content-length: 2', 'transfer-encoding: chunked'],
    ['transfer-encoding: chunked', 'content-length: 2'],
    ['transfer-encoding: gzip, chunked'],
    ['transfer-encoding: identity'],
    ['transfer-encoding: chunked,'],
    ['content-length: +2'],
    ['content-length: 02x'],
    ['content-length:'],
    ['content-length: 18446744073709551618'],
  ]) {
    const connection = new Connection(server);
    await connection.send(head('POST / HTTP/1.1', host(), ...lines) + `{}${smuggled}`);
    const response = await connection.readResponse({ timeout_ms: 20_000 * slowness });
    assert.ok(response === null || [400, 413, 501].includes(response.status), `${lines.join(' and ')}: ${response?.status}`);
    await connection.waitForClose({ timeout_ms: 20_000 * slowness });
    assert.ok(!connection.received.includes('TableNames'), lines.join(' and '));
    connection.close();
  }
});
