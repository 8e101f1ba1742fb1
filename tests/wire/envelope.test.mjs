// What surrounds an operation: routes, headers, content types, JSON syntax, operation names, sizes, gzip, CORS, IPv6.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { startDev } from '../support/server.mjs';
import {
  Connection,
  call,
  checkEnvelope,
  crc32,
  gzip,
  hostOf,
  jsonType,
  operationBytes,
  refuse,
  request,
  requestBytes,
  serialization,
  service,
  succeed,
} from '../support/wire.mjs';
import { signHeaders } from '../support/signer.mjs';

let server;
before(async () => {
  server = await startDev({ inMemory: true, flags: ['--allow-origin', 'http://app.example'] });
});
after(() => server?.stop());

const unknownOperation = { __type: 'com.amazon.coral.service#UnknownOperationException' };

test('the checksum of this file is the one of the standard', () => {
  assert.equal(crc32(Buffer.from('123456789')), 0xcbf43926);
});

test('a success has identifier, checksum, date, length and the content type that was sent', async () => {
  const first = await call(server, 'ListTables', {});
  assert.equal(first.statusLine, 'HTTP/1.1 200 OK');
  assert.deepEqual(first.json, { TableNames: [] });
  const second = await call(server, 'ListTables', {});
  assert.notEqual(first.headers['x-amzn-requestid'], second.headers['x-amzn-requestid']);
});

test('application/json is echoed, and parameters after the semicolon are ignored', async () => {
  await call(server, 'ListTables', {}, { contentType: 'application/json' });
  await call(server, 'ListTables', {}, { contentType: 'application/x-amz-json-1.0; charset=utf-8' });
});

test('an error has the same headers', async () => {
  const response = await call(server, 'DescribeTable', { TableName: 'absent' });
  assert.equal(response.statusLine.split(' ')[1], '400');
  assert.deepEqual(response.json, {
    __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',
    message: 'Requested resource not found: Table: absent not found',
  });
});

test('a connection serves many requests, pipelined ones in their order', async () => {
  const connection = new Connection(server);
  for (let i = 0; i < 20; i++) await call(server, 'ListTables', {}, { connection });
  const known = operationBytes(server, 'ListTables', {});
  const unknown = operationBytes(server, 'NoSuchOperation', {});
  await connection.send(Buffer.concat([known, unknown, known]));
  assert.deepEqual(JSON.parse(checkEnvelope(await connection.readResponse()).text), { TableNames: [] });
  assert.deepEqual(JSON.parse(checkEnvelope(await connection.readResponse()).text), unknownOperation);
  assert.deepEqual(JSON.parse(checkEnvelope(await connection.readResponse()).text), { TableNames: [] });
  connection.close();
});

test('Connection: close is honoured', async () => {
  const connection = new Connection(server);
  const response = await connection.exchange(operationBytes(server, 'ListTables', {}, { headers: { connection: 'close' } }));
  assert.equal(response.status, 200);
  assert.equal(response.headers.connection?.toLowerCase(), 'close');
  await connection.waitForClose();
});

test('GET / answers the health line of the region', async () => {
  const response = await request(server, { method: 'GET', headers: { host: hostOf(server) } });
  assert.equal(response.status, 200);
  assert.equal(response.text, 'healthy: dynamodb.us-east-1.amazonaws.com ');
});

test('GET /health and GET /ready need no credentials', async () => {
  for (const target of ['/health', '/ready']) {
    const response = await request(server, { method: 'GET', target, headers: { host: hostOf(server) } });
    assert.equal(response.status, 200, target);
  }
});

for (const [what, parts] of [
  ['another method', { method: 'PUT', headers: { 'content-type': jsonType, 'x-amz-target': 'DynamoDB_20120810.ListTables' }, body: '{}' }],
  ['another content type', { headers: { 'content-type': 'text/plain', 'x-amz-target': 'DynamoDB_20120810.ListTables' }, body: '{}' }],
  ['no content type', { headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' }, body: '{}' }],
]) {
  test(`${what} is answered 404 without JSON`, async () => {
    const response = await request(server, { ...parts, headers: { host: hostOf(server), ...parts.headers } });
    assert.equal(response.status, 404);
    assert.equal(response.text, '<UnknownOperationException/>\n');
  });
}

test('a body that is not JSON is a SerializationException without text', async () => {
  for (const body of ['{', 'x', '{"TableName":"a"', '{"a":1,}', "{'a':1}", '{"a":01}', '{"a":"\x01"}', '{} {}', '[1', '"', '\u0000']) {
    await refuse(server, 'ListTables', body, serialization());
  }
});

test('invalid UTF-8 is a SerializationException without text', async () => {
  for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]]) {
    const body = Buffer.concat([Buffer.from('{"TableName":"'), Buffer.from(bytes), Buffer.from('"}')]);
    await refuse(server, 'DescribeTable', body, serialization());
  }
});

test('JSON syntax comes before the operation name, and that before authentication', async () => {
  const unsigned = (target, body) =>
    request(server, {
      headers: { host: hostOf(server), 'content-type': jsonType, ...(target ? { 'x-amz-target': target } : {}) },
      body,
    }).then(checkEnvelope);
  assert.equal((await unsigned('DynamoDB_20120810.NoSuch', '{')).text, JSON.stringify(serialization()));
  for (const target of [
    undefined,
    'DynamoDB_20120810.NoSuch',
    'DynamoDB_20120810.',
    'DynamoDB_20120810.listtables',
    'DynamoDB_20111205.ListTables',
    'ListTables',
    'DynamoDB_20120810.ListTables.',
  ]) {
    const response = await unsigned(target, '{}');
    assert.equal(response.text, JSON.stringify(unknownOperation), String(target));
    assert.equal(response.status, 400);
  }
  assert.deepEqual(
    JSON.parse((await unsigned('DynamoDB_20120810.ListTables', '{}')).text),
    service('MissingAuthenticationTokenException', 'Request is missing Authentication Token'),
  );
});

test('an operation that is not built yet is an unknown operation', async () => {
  for (const operation of ['CreateBackup', 'ExportTableToPointInTime', 'CreateGlobalTable']) {
    await refuse(server, operation, {}, unknownOperation);
  }
});

test('an empty body is a SerializationException without text', async () => {
  await refuse(server, 'ListTables', '', serialization());
});

test('unknown members are ignored and a null member is absent', async () => {
  assert.deepEqual(await succeed(server, 'ListTables', { Unheard: { of: [1] }, Limit: null }), { TableNames: [] });
});

test('a gzip body is decoded, its signature covers the bytes as sent', async () => {
  const response = await call(server, 'ListTables', gzip('{}'), { headers: { 'content-encoding': 'gzip' } });
  assert.deepEqual(response.json, { TableNames: [] });
  await refuse(server, 'ListTables', gzip('{}').subarray(0, 12), serialization(), { headers: { 'content-encoding': 'gzip' } });
  const unheard = await request(server, {
    headers: signHeaders({
      headers: { host: hostOf(server), 'content-type': jsonType, 'content-encoding': 'br', 'x-amz-target': 'DynamoDB_20120810.ListTables' },
      body: '{}',
    }),
    body: '{}',
  });
  assert.equal(unheard.status, 415);
});

test('a body over 16 MiB is answered 413, declared, streamed or unpacked', async () => {
  const size = (16 << 20) + 1;
  const declared = new Connection(server);
  await declared.send(`POST / HTTP/1.1\r\nhost: x\r\ncontent-type: ${jsonType}\r\ncontent-length: ${size}\r\n\r\n`);
  assert.equal((await declared.readResponse()).status, 413);
  await declared.waitForClose();

  const streamed = new Connection(server);
  await streamed.send(`POST / HTTP/1.1\r\nhost: ${hostOf(server)}\r\ncontent-type: ${jsonType}\r\ntransfer-encoding: chunked\r\n\r\n`);
  const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(1 << 20, 0x20), Buffer.from('\r\n')]);
  for (let i = 0; i < 18 && !streamed.closed; i++) await streamed.send(chunk);
  const answer = await streamed.readResponse().catch(() => null);
  if (answer) assert.equal(answer.status, 413);
  await streamed.waitForClose();

  const bomb = gzip(Buffer.alloc(64 << 20, 0x20));
  const unpacked = await request(server, {
    headers: signHeaders({
      headers: {
        host: hostOf(server),
        'content-type': jsonType,
        'content-encoding': 'gzip',
        'x-amz-target': 'DynamoDB_20120810.ListTables',
      },
      body: bomb,
    }),
    body: bomb,
  });
  assert.equal(unpacked.status, 413);
});

test('a body of exactly 16 MiB is read', async () => {
  assert.deepEqual(await succeed(server, 'ListTables', `{}${' '.repeat((16 << 20) - 2)}`), { TableNames: [] });
});

test('a chunked body is read like any other', async () => {
  const whole = operationBytes(server, 'ListTables', '{}').toString('latin1');
  const headers = whole.slice(0, whole.indexOf('\r\n\r\n')).replace(/\r\ncontent-length: \d+/, '');
  const connection = new Connection(server);
  const response = await connection.exchange(`${headers}\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n`);
  assert.deepEqual(JSON.parse(checkEnvelope(response).text), { TableNames: [] });
  connection.close();
});

test('Expect: 100-continue is answered before the body is sent', async () => {
  const whole = operationBytes(server, 'ListTables', '{}', { headers: { expect: '100-continue' } }).toString('latin1');
  const split = whole.indexOf('\r\n\r\n') + 4;
  const connection = new Connection(server);
  const interim = await connection.exchange(whole.slice(0, split));
  assert.equal(interim.statusLine, 'HTTP/1.1 100 Continue');
  assert.equal((await connection.exchange(whole.slice(split))).status, 200);
  connection.close();
});

test('cross-origin requests are answered for allowed origins alone', async () => {
  const ask = (origin) =>
    request(server, {
      method: 'OPTIONS',
      headers: {
        host: hostOf(server),
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-amz-target,authorization',
      },
    });
  const allowed = await ask('http://app.example');
  assert.equal(allowed.status, 200);
  assert.equal(allowed.headers['access-control-max-age'], '172800');
  assert.equal(allowed.headers['access-control-allow-headers'], 'x-amz-target,authorization');
  assert.equal(allowed.headers['access-control-allow-methods'], 'POST');
  assert.equal(allowed.headers['access-control-allow-origin'], '*');
  assert.equal(allowed.text, '');
  const other = await ask('http://evil.example');
  assert.equal(other.status, 403);
  assert.equal(other.headers['access-control-allow-origin'], undefined);
  const posted = await request(server, {
    headers: signHeaders({
      headers: {
        host: hostOf(server),
        'content-type': jsonType,
        'x-amz-target': 'DynamoDB_20120810.ListTables',
        origin: 'http://evil.example',
      },
      body: '{}',
    }),
    body: '{}',
  });
  assert.equal(posted.status, 403);
});

test('a Host that is a name of somebody else is refused', async () => {
  const send = (host, options) =>
    request(options ?? server, {
      headers: signHeaders({ headers: { host, 'content-type': jsonType, 'x-amz-target': 'DynamoDB_20120810.ListTables' }, body: '{}' }),
      body: '{}',
    });
  assert.notEqual((await send('rebound.example')).status, 200);
  assert.equal((await send(`localhost:${server.port}`)).status, 200);
  assert.equal((await send('127.0.0.1')).status, 200);
  const named = await startDev({ inMemory: true, flags: ['--host-name', 'db.example'] });
  assert.equal((await send(`db.example:${named.port}`, named)).status, 200);
  await named.stop();
});

test('IPv6 serves like IPv4', async (t) => {
  let six;
  try {
    six = await startDev({ inMemory: true, flags: ['--listen', '[::1]:0'] });
  } catch (error) {
    if (/EADDRNOTAVAIL|[Cc]annot assign/.test(error.message)) return t.skip('this machine has no IPv6 loopback');
    throw error;
  }
  assert.match(six.readyLines[0].text, /http:\/\/\[::1\]:\d+ /);
  assert.deepEqual(await succeed(six, 'ListTables', {}), { TableNames: [] });
  await six.stop();
});

test('one endpoint serves several regions, told apart by the credential scope', async () => {
  const two = await startDev({ inMemory: true, flags: ['--region', 'us-east-1', '--region', 'eu-west-1'] });
  assert.deepEqual(two.readyLines[0].regions, ['us-east-1', 'eu-west-1']);
  await succeed(
    two,
    'CreateTable',
    {
      TableName: 'here',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    },
    { region: 'eu-west-1' },
  );
  assert.deepEqual(await succeed(two, 'ListTables', {}, { region: 'eu-west-1' }), { TableNames: ['here'] });
  assert.deepEqual(await succeed(two, 'ListTables', {}), { TableNames: [] });
  await two.stop();
});
