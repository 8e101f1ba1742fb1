// Where requests come from: listeners and networks that stand for VPC endpoints, proxies that are trusted and others that
// are not, as policies see it. Loopback has many addresses, so that each kind of peer has its own.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamodbClient } from '../support/clients.mjs';
import { Server, configuredBy, initialize, refuses, run, sleep, temporaryDirectory } from '../support/server.mjs';
import { createTable } from '../support/tables.mjs';
import { Connection, call, operationBytes, succeed } from '../support/wire.mjs';

const account = '111111111111';
const proxy = '127.0.0.2'; // the trusted one
const inNetwork = '127.0.0.3';
const arn = `arn:aws:dynamodb:us-east-1:${account}:table/Music`;
const key = { TableName: 'Music', Key: { pk: { S: 'a' } } };

const endpointPolicy = path.join(temporaryDirectory('endpoint'), 'policy.json');
writeFileSync(
  endpointPolicy,
  JSON.stringify({ Statement: { Effect: 'Allow', Principal: '*', Action: 'dynamodb:GetItem', Resource: '*' } }),
);
const configuration = `
[server]
trusted_proxies = ["${proxy}"]
[[listener]]
addr = "127.0.0.1:0"
[[listener]]
addr = "127.0.0.1:0"
vpc = "vpc-1"
vpce = "vpce-1"
[[listener]]
addr = "127.0.0.1:0"
proxy_protocol = true
[[network]]
vpc = "vpc-3"
vpce = "vpce-3"
cidrs = ["${inNetwork}/32"]
[[network]]
vpc = "vpc-4"
vpce = "vpce-4"
policy = "${endpointPolicy}"
`;

let server;
let credentials;
let open; // listeners
let bound;
let proxied;
before(async () => {
  const place = await initialize({ account });
  credentials = place.credentials[account];
  server = new Server(['serve', '--data-dir', place.directory, '--root-key', place.rootKey, ...configuredBy(configuration)], {
    directory: place.directory,
  });
  await server.ready({ listeners: 3 });
  [open, bound, proxied] = server.readyLines.map(({ port, host, scheme }) => ({ port, host, endpoint: `${scheme}://${host}:${port}` }));
  await createTable(open, 'Music', { options: { credentials } });
});
after(() => server.stop());

// The owner itself may read only under this condition; it may change the policy, though.
async function allowOnly(condition) {
  const statement = { Effect: 'Deny', Principal: '*', Action: 'dynamodb:GetItem', Resource: '*', Condition: condition };
  const policy = JSON.stringify({ Version: '2012-10-17', Statement: statement });
  await succeed(open, 'PutResourcePolicy', { ResourceArn: arn, Policy: policy }, { credentials });
}
const unlessEndpoint = (id) => allowOnly({ StringNotEquals: { 'aws:SourceVpce': id } });

// 'allowed', the name of the error, or 'closed'. `before`: bytes ahead of the request.
async function get(listener, { from, headers, before: ahead } = {}) {
  const connection = new Connection({ ...listener, localAddress: from });
  try {
    if (ahead) await connection.send(ahead);
    await connection.send(operationBytes(listener, 'GetItem', key, { credentials, headers }));
    const response = await connection.readResponse();
    if (!response) return 'closed';
    return response.status === 200 ? 'allowed' : (JSON.parse(response.text).__type?.split('#')[1] ?? response.status);
  } finally {
    connection.close();
  }
}
const denied = 'AccessDeniedException';

// A PROXY header, version 2, of a client at 198.51.100.9.
function proxyHeader({ command = 1, endpoint, tls = false, address = '198.51.100.9' } = {}) {
  const field = (type, value) => Buffer.concat([Buffer.from([type, value.length >> 8, value.length & 255]), value]);
  const addresses = Buffer.concat([
    Buffer.from(address.split('.').map(Number)),
    Buffer.from([10, 0, 0, 1]),
    Buffer.from([0x12, 0x34, 0x01, 0xbb]),
  ]);
  const content = Buffer.concat([
    command ? addresses : Buffer.alloc(0),
    endpoint ? field(0xea, Buffer.concat([Buffer.from([1]), Buffer.from(endpoint)])) : Buffer.alloc(0),
    tls ? field(0x20, Buffer.from([1, 0, 0, 0, 0])) : Buffer.alloc(0),
  ]);
  return Buffer.concat([
    Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1'),
    Buffer.from([0x20 | command, command ? 0x11 : 0, content.length >> 8, content.length & 255]),
    content,
  ]);
}

test('a policy that admits one endpoint alone admits what comes to its listener', async () => {
  await unlessEndpoint('vpce-1');
  assert.equal(await get(bound), 'allowed');
  assert.equal(await get(open), denied);
  assert.equal(await get(open, { from: inNetwork }), denied);
  await dynamodbClient(bound, { credentials }).send(new GetItemCommand(key));
  await assert.rejects(dynamodbClient(open, { credentials }).send(new GetItemCommand(key)), {
    name: 'AccessDeniedException',
    message: `User: arn:aws:iam::${account}:root is not authorized to perform: dynamodb:GetItem on resource: ${arn} with an explicit deny in a resource-based policy`,
  });
});

test('a listener that stands for an endpoint is believed before any proxy', async () => {
  await unlessEndpoint('vpce-1');
  assert.equal(await get(bound, { from: proxy, headers: { 'x-ddb-vpce': 'vpce-3' } }), 'allowed');
  assert.equal(await get(bound, { from: proxy, before: proxyHeader({ endpoint: 'vpce-3' }) }), 'allowed');
});

test('a network stands for an endpoint', async () => {
  await allowOnly({ StringNotEquals: { 'aws:SourceVpce': 'vpce-3', 'aws:SourceVpc': 'vpc-3' } });
  assert.equal(await get(open, { from: inNetwork }), 'allowed');
  assert.equal(await get(open), denied);
  // Through an endpoint the address goes by another name.
  await allowOnly({ NotIpAddress: { 'aws:VpcSourceIp': `${inNetwork}/32` } });
  assert.equal(await get(open, { from: inNetwork }), 'allowed');
  await allowOnly({ NotIpAddress: { 'aws:SourceIp': '127.0.0.0/8' } });
  assert.equal(await get(open, { from: inNetwork }), denied);
  assert.equal(await get(open), 'allowed');
});

test('headers of a trusted proxy are believed, those of others are not', async () => {
  const headers = { 'x-forwarded-for': '192.0.2.66, 198.51.100.7', 'x-ddb-vpce': 'vpce-3', 'x-forwarded-proto': 'https' };
  await unlessEndpoint('vpce-3');
  assert.equal(await get(open, { from: proxy, headers }), 'allowed');
  assert.equal(await get(open, { headers }), denied);
  await allowOnly({ NotIpAddress: { 'aws:SourceIp': '198.51.100.0/24' } });
  const forwarded = { 'x-forwarded-for': headers['x-forwarded-for'] };
  assert.equal(await get(open, { from: proxy, headers: forwarded }), 'allowed');
  assert.equal(await get(open, { headers: forwarded }), denied);
  // What stands left of the client is its own word.
  await allowOnly({ NotIpAddress: { 'aws:SourceIp': '192.0.2.66' } });
  assert.equal(await get(open, { from: proxy, headers: forwarded }), denied);
  await allowOnly({ Bool: { 'aws:SecureTransport': 'false' } });
  assert.equal(await get(open, { from: proxy, headers: { 'x-forwarded-proto': 'https' } }), 'allowed');
  assert.equal(await get(open, { from: proxy, headers: { 'x-forwarded-proto': 'http' } }), denied);
  assert.equal(await get(open, { headers: { 'x-forwarded-proto': 'https' } }), denied);
});

test('PROXY headers of a trusted proxy are believed, those of others are bad requests', async () => {
  await unlessEndpoint('vpce-3');
  for (const listener of [open, proxied]) {
    assert.equal(await get(listener, { from: proxy, before: proxyHeader({ endpoint: 'vpce-3' }) }), 'allowed');
    assert.equal(await get(listener, { from: proxy, before: proxyHeader({ address: inNetwork }) }), 'allowed');
    assert.equal(await get(listener, { from: proxy, before: proxyHeader() }), denied);
    assert.equal(await get(listener, { from: proxy, before: proxyHeader({ command: 0 }) }), denied);
    // Headers behind it are the client's own.
    const headers = { 'x-ddb-vpce': 'vpce-3' };
    assert.equal(await get(listener, { from: proxy, before: proxyHeader(), headers }), denied);
    assert.equal(await get(listener, { from: proxy, before: proxyHeader({ command: 0 }), headers }), 'allowed');
    const stranger = new Connection(listener);
    await stranger.send(proxyHeader({ endpoint: 'vpce-3' }));
    await stranger.send(operationBytes(listener, 'GetItem', key, { credentials }));
    assert.equal((await stranger.readResponse()).status, 400);
    stranger.close();
  }
  await allowOnly({ Bool: { 'aws:SecureTransport': 'false' } });
  assert.equal(await get(proxied, { from: proxy, before: proxyHeader({ tls: true }) }), 'allowed');
  assert.equal(await get(proxied, { from: proxy, before: proxyHeader() }), denied);
});

test('a trusted proxy that does not say for whom it speaks is closed where that is required', async () => {
  await unlessEndpoint('vpce-x');
  assert.equal(await get(proxied, { from: proxy }), 'closed');
  assert.equal(await get(open, { from: proxy }), denied);
  assert.equal(await get(proxied), denied); // no proxy: a client
  const unknown = proxyHeader();
  unknown[12] = 0x2f; // a command that there is not
  for (const wrong of [unknown, Buffer.concat([proxyHeader({ endpoint: 'v' }).subarray(0, -1), Buffer.from([0])])])
    assert.equal(await get(proxied, { from: proxy, before: wrong }), 'closed');
});

test('an endpoint lets pass what its policy says, whoever asks', async () => {
  await unlessEndpoint('vpce-4');
  const through = { headers: { 'x-ddb-vpce': 'vpce-4' }, from: proxy };
  assert.equal(await get(open, through), 'allowed');
  const connection = new Connection({ ...open, localAddress: proxy });
  const put = { TableName: 'Music', Item: { pk: { S: 'a' } } };
  const refused = await call(open, 'PutItem', put, { credentials, connection, headers: through.headers });
  assert.equal(
    refused.json.Message,
    `User: arn:aws:iam::${account}:root is not authorized to perform: dynamodb:PutItem on resource: ${arn} because no VPC endpoint policy allows the dynamodb:PutItem action`,
  );
  connection.close();
  await succeed(open, 'PutItem', put, { credentials });
});

test('the policy of an endpoint is read again on SIGHUP, and one that cannot be used changes nothing', async () => {
  const through = { headers: { 'x-ddb-vpce': 'vpce-4' }, from: proxy };
  const allowing = (Action) => JSON.stringify({ Statement: { Effect: 'Allow', Principal: '*', Action, Resource: '*' } });
  const until = async (what, isSo) => {
    for (let tries = 0; !(await isSo()); ++tries) {
      assert.ok(tries < 200, what);
      await sleep(25);
    }
  };
  await unlessEndpoint('vpce-4');
  assert.equal(await get(open, through), 'allowed');
  writeFileSync(endpointPolicy, allowing('dynamodb:PutItem'));
  assert.equal(await get(open, through), 'allowed');
  process.kill(server.pid, 'SIGHUP');
  await until('the policy is not read again', async () => (await get(open, through)) === denied);
  writeFileSync(endpointPolicy, '{"Statement":[]}');
  process.kill(server.pid, 'SIGHUP');
  await until('nothing is said of it', () => /the policies of endpoints stay as they are: the policy \S+ cannot be used/.test(server.stderr));
  assert.equal(await get(open, through), denied);
  writeFileSync(endpointPolicy, allowing('dynamodb:GetItem'));
  process.kill(server.pid, 'SIGHUP');
  await until('the policy is not read again', async () => (await get(open, through)) === 'allowed');
});

test('what cannot be meant refuses to start, with file and line', async () => {
  const check = (text) => ['serve', '--check-config', ...configuredBy(text)];
  await refuses(check('trusted_proxies = ["10.0.0.0/99"]'), /basalt\.toml:1: trusted_proxies should be networks/);
  await refuses(check('[[network]]\ncidrs = ["10.0.0.0/8"]'), /basalt\.toml:1: a network needs vpc or vpce/);
  await refuses(check('[[listener]]\naddr = "127.0.0.1:1"\nvpce = "vpc-1"'), /basalt\.toml:3: listener\.vpce should be/);
  await refuses(check('[[listener]]\naddr = "127.0.0.1:1"\nproxy_protocol = true'), /no proxy is trusted/);
  await refuses(check('[[network]]\nvpce = "vpce-1"\npolicy = "/nonexistent"'), /the policy \/nonexistent cannot be read/);
  writeFileSync(`${endpointPolicy}.wrong`, '{"Statement":[]}');
  await refuses(check(`[[network]]\nvpce = "vpce-1"\npolicy = "${endpointPolicy}.wrong"`), /policy\.json\.wrong cannot be used/);
  const wide = await run(check('trusted_proxies = "0.0.0.0/0"'));
  assert.equal(wide.code, 0);
  assert.match(wide.stderr, /warning: trusted_proxies has 0\.0\.0\.0\/0/);
});
