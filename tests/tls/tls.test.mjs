// Listeners that speak TLS: the SDK through them, certificates that change under a running server, files that do not
// serve, and peers that are no TLS clients, or bad ones.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { CreateTableCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { documentClient, dynamodbClient } from '../support/clients.mjs';
import { makeAuthority, openssl } from '../support/certificates.mjs';
import { slowness } from '../support/paths.mjs';
import { Server, initialize, refuses, run, sleep, startServe, temporaryDirectory } from '../support/server.mjs';
import { Connection, call, operationBytes, request, succeed } from '../support/wire.mjs';

const authority = makeAuthority();
const first = authority.issue('first');
const account = '111111111111';
let place;
let server;
let credentials;
before(async () => {
  place = await initialize({ account });
  credentials = place.credentials[account];
  server = await start(['--tls-cert', first.certificate, '--tls-key', first.key]);
});
after(() => server.stop());

async function start(flags, { where = place, ready } = {}) {
  const started = await startServe(where, { flags, ready });
  started.tls = authority.trust;
  return started;
}
const stillServes = async () => assert.ok((await succeed(server, 'ListTables', {}, { credentials })).TableNames);
// Whatever happens to the connection, but within this time.
const endOf = (socket, timeout_ms) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the connection stayed open')), timeout_ms);
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
const opened = (socket, event = 'secureConnect') =>
  new Promise((resolve, reject) => {
    socket.on(event, () => resolve(socket));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed')));
  });
const connect = (to, options = {}) => opened(tls.connect({ host: '127.0.0.1', port: to.port, ...authority.trust, ...options }));
async function nameSeen(to, options) {
  const socket = await connect(to, options);
  const name = socket.getPeerCertificate().subject.CN;
  socket.destroy();
  return name;
}
async function logged(which, pattern) {
  for (let i = 0; i < 1000 * slowness && !pattern.test(which.stderr); i++) await sleep(5);
  assert.match(which.stderr, pattern);
}

test('the ready line says https, and the SDK works through it', async () => {
  assert.equal(server.readyLines[0].scheme, 'https');
  const client = dynamodbClient(server, { credentials });
  const documents = documentClient(server, { credentials });
  await client.send(
    new CreateTableCommand({
      TableName: 'music',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'artist', AttributeType: 'S' },
        { AttributeName: 'song', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'artist', KeyType: 'HASH' },
        { AttributeName: 'song', KeyType: 'RANGE' },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 0.1, maxDelay: 0.2 }, { TableName: 'music' });
  const lyrics = 'la '.repeat(100_000);
  for (const song of [1, 2, 3]) await documents.send(new PutCommand({ TableName: 'music', Item: { artist: 'a', song, lyrics } }));
  const { Item } = await documents.send(new GetCommand({ TableName: 'music', Key: { artist: 'a', song: 2 } }));
  assert.deepEqual(Item, { artist: 'a', song: 2, lyrics });
  const page = await documents.send(
    new QueryCommand({ TableName: 'music', KeyConditionExpression: 'artist = :a', ExpressionAttributeValues: { ':a': 'a' } }),
  );
  assert.equal(page.Count, 3);
  client.destroy();
  documents.destroy();
});

test('TLS 1.2 and 1.3 with forward secrecy, and http/1.1 by ALPN; nothing older, nothing else', async () => {
  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    const socket = await connect(server, { minVersion: version, maxVersion: version, ALPNProtocols: ['h2', 'http/1.1'] });
    assert.equal(socket.getProtocol(), version);
    assert.equal(socket.alpnProtocol, 'http/1.1');
    assert.match(socket.getCipher().standardName, /GCM|CHACHA20/);
    assert.ok(socket.getEphemeralKeyInfo().type ?? version === 'TLSv1.3');
    socket.destroy();
  }
  await assert.rejects(connect(server, { ALPNProtocols: ['h2'] }), /no application protocol|closed|reset/i);
  await assert.rejects(connect(server, { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA:ECDHE-ECDSA-AES128-SHA' }), /handshake|closed|reset/i);
  for (const flag of ['-tls1', '-tls1_1']) {
    const refusal = await new Promise((resolve) => {
      const child = spawn('openssl', ['s_client', flag, '-cipher', 'ALL:@SECLEVEL=0', '-connect', `127.0.0.1:${server.port}`]);
      let text = '';
      child.stdout.on('data', (bytes) => (text += bytes));
      child.stderr.on('data', (bytes) => (text += bytes));
      child.on('close', (code) => resolve({ code, text }));
      child.stdin.end();
    });
    assert.notEqual(refusal.code, 0);
    assert.match(refusal.text, /alert protocol version/);
  }
  await stillServes();
});

test('a session resumes by its ticket on another connection', async () => {
  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    const one = tls.connect({ host: '127.0.0.1', port: server.port, ...authority.trust, minVersion: version, maxVersion: version });
    const session = new Promise((resolve) => {
      one.on('session', resolve);
    });
    await opened(one);
    one.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const two = await connect(server, { session: await session, minVersion: version, maxVersion: version });
    assert.equal(two.isSessionReused(), true, version);
    one.destroy();
    two.destroy();
  }
});

test('one server, clear and TLS listeners with certificates of their own, each announced as it is', async () => {
  const where = await initialize({ account });
  const second = authority.issue('second', { rsa: true });
  const file = path.join(temporaryDirectory('config'), 'basalt.toml');
  writeFileSync(
    file,
    [
      `data_dir = "${where.directory}"`,
      `root_key = "${where.rootKey}"`,
      '[[listener]]',
      'addr = "127.0.0.1:0"',
      `tls_cert = "${first.certificate}"`,
      `tls_key = "${first.key}"`,
      '[[listener]]',
      'addr = "127.0.0.1:0"',
      '[[listener]]',
      'addr = "127.0.0.1:0"',
      `tls_cert = "${second.certificate}"`,
      `tls_key = "${second.key}"`,
    ].join('\n'),
  );
  assert.equal((await run(['serve', '--config', file, '--check-config'])).code, 0);
  const mixed = await new Server(['serve', '--config', file], { directory: where.directory }).ready({ listeners: 3 });
  assert.deepEqual(
    mixed.readyLines.map((line) => line.scheme),
    ['https', 'http', 'https'],
  );
  const [one, clear, two] = mixed.readyLines;
  assert.equal(await nameSeen(one), 'first');
  assert.equal(await nameSeen(two), 'second');
  for (const to of [{ ...one, tls: authority.trust }, clear, { ...two, tls: authority.trust }]) {
    await succeed(to, 'ListTables', {}, { credentials: where.credentials[account] });
  }
  await mixed.stop();
});

test('SIGHUP: new connections get the new certificate, an open one goes on, broken files change nothing', async () => {
  const home = temporaryDirectory('renewal');
  const inUse = { certificate: path.join(home, 'tls.crt'), key: path.join(home, 'tls.key') };
  const install = ({ certificate, key }) => {
    copyFileSync(certificate, inUse.certificate);
    copyFileSync(key, inUse.key);
  };
  install(authority.issue('old'));
  const renewed = await start(['--tls-cert', inUse.certificate, '--tls-key', inUse.key], { where: await initialize({ account }) });
  const health = 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const open = new Connection(renewed);
  assert.equal((await open.exchange(health)).status, 200);
  assert.equal(await nameSeen(renewed), 'old');

  install(authority.issue('new'));
  assert.equal(await nameSeen(renewed), 'old');
  renewed.child.kill('SIGHUP');
  await logged(renewed, /info the TLS certificate was read again certificate=\S+tls\.crt valid_until=\d/);
  assert.equal(await nameSeen(renewed), 'new');
  assert.equal((await open.exchange(health)).status, 200);
  assert.equal(open.socket.getPeerCertificate().subject.CN, 'old');

  copyFileSync(first.key, inUse.key);
  renewed.child.kill('SIGHUP');
  await logged(
    renewed,
    /error the TLS certificate in use stays certificate=\S+tls\.crt error="[^"]*the key is not that of the certificate/,
  );
  writeFileSync(inUse.certificate, 'nothing');
  renewed.child.kill('SIGHUP');
  await logged(renewed, /error the TLS certificate in use stays .*holds no certificate in PEM/);
  assert.equal(await nameSeen(renewed), 'new');
  assert.equal((await open.exchange(health)).status, 200);

  install(authority.issue('third'));
  renewed.child.kill('SIGHUP');
  for (let i = 0; i < 1000 && (await nameSeen(renewed)) !== 'third'; i++) await sleep(5);
  assert.equal(await nameSeen(renewed), 'third');
  open.close();
  await renewed.stop();
});

test('SIGHUP takes the log level from the file, with TLS and without', async () => {
  const file = path.join(temporaryDirectory('config'), 'basalt.toml');
  writeFileSync(file, '[log]\nlevel = "error"\n');
  const quiet = await start(['--config', file, '--tls-cert', first.certificate, '--tls-key', first.key], {
    where: await initialize({ account }),
  });
  const again = /the TLS certificate was read again/;
  quiet.child.kill('SIGHUP');
  await sleep(300);
  assert.doesNotMatch(quiet.stderr, again);
  writeFileSync(file, '[log]\nlevel = "info"\n');
  quiet.child.kill('SIGHUP');
  await logged(quiet, again);
  writeFileSync(file, 'nonsense = 1\n[log]\nlevel = "error"\n');
  quiet.child.kill('SIGHUP');
  await logged(quiet, /warning: the log level stays as it is: .*basalt\.toml:1: unknown key nonsense/);
  await quiet.stop();
});

test('files that do not serve: exit code 2 and what to do, at the start and for --check-config', async () => {
  const home = temporaryDirectory('broken');
  const at = (name, content) => {
    writeFileSync(path.join(home, name), content, { mode: 0o600 });
    return path.join(home, name);
  };
  const passphrase = path.join(home, 'passphrase.key');
  openssl(['pkey', '-in', first.key, '-aes256', '-passout', 'pass:sesame', '-out', passphrase]);
  const other = authority.issue('other').key;
  const cases = [
    [['--tls-cert', first.certificate], /belong together/],
    [['--tls-key', first.key], /belong together/],
    [['--tls-cert', path.join(home, 'absent'), '--tls-key', first.key], /absent cannot be read: No such file/],
    [['--tls-cert', first.certificate, '--tls-key', path.join(home, 'absent')], /absent cannot be read: No such file/],
    [['--tls-cert', home, '--tls-key', first.key], /cannot be read: it is not a regular file/],
    [['--tls-cert', first.certificate, '--tls-key', '/dev/zero'], /not a regular file/],
    [['--tls-cert', at('empty', ''), '--tls-key', first.key], /no certificate in PEM/],
    [['--tls-cert', at('noise', '\0\n;'), '--tls-key', first.key], /no certificate in PEM/],
    [['--tls-cert', first.key, '--tls-key', first.certificate], /no certificate in PEM/],
    [['--tls-cert', first.certificate, '--tls-key', first.certificate], /no usable key/],
    [['--tls-cert', at('cut', readFileSync(first.certificate, 'utf8').slice(0, 300)), '--tls-key', first.key], /broken certificate/],
    [['--tls-cert', at('large', 'x'.repeat(2 << 20)), '--tls-key', first.key], /more than 1048576 bytes/],
    [['--tls-cert', first.certificate, '--tls-key', other], /the key is not that of the certificate/],
    [['--tls-cert', first.certificate, '--tls-key', passphrase], /has a passphrase/],
  ];
  for (const [flags, pattern] of cases) {
    await refuses(['serve', '--check-config', ...flags], pattern);
    await refuses(['serve', '--data-dir', place.directory, '--root-key', place.rootKey, '--listen', '127.0.0.1:0', ...flags], pattern);
  }
  const file = at('basalt.toml', `[[listener]]\naddr = "127.0.0.1:0"\ntls_cert = "${first.certificate}"\ntls_key = "${other}"\n`);
  await refuses(['serve', '--check-config', '--config', file], /the key is not that of the certificate/);
  writeFileSync(file, '[[listener]]\naddr = "127.0.0.1:0"\ntls_crt = "x"\n');
  await refuses(['serve', '--check-config', '--config', file], /basalt\.toml:3: unknown key listener\.tls_crt; /);
  await refuses(['dev', '--in-memory', '--tls-cert', first.certificate, '--tls-key', first.key]);
});

test('a key that everybody may read and a certificate that has ended are worth a warning', async () => {
  const open = authority.issue('open');
  chmodSync(open.key, 0o644);
  const check = (flags) => run(['serve', '--check-config', ...flags]);
  assert.match((await check(['--tls-cert', open.certificate, '--tls-key', open.key])).stderr, /warning: everybody may read the TLS key/);
  chmodSync(open.key, 0o640);
  assert.deepEqual(await check(['--tls-cert', open.certificate, '--tls-key', open.key]), { code: 0, signal: null, stdout: '', stderr: '' });
  const ended = authority.issue('ended', { days: 0 });
  await sleep(1100);
  const end = await check(['--tls-cert', ended.certificate, '--tls-key', ended.key]);
  assert.equal(end.code, 0);
  assert.match(end.stderr, /warning: the TLS certificate \S+ has ended on 20\d\d-/);
});

test('plain HTTP on a TLS port is closed without an answer, TLS on a clear port likewise', async () => {
  const clear = { host: '127.0.0.1', port: server.port };
  for (const bytes of ['GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n', operationBytes(clear, 'ListTables', {}, { credentials })]) {
    const connection = new Connection(clear);
    await connection.send(bytes);
    await connection.waitForClose();
    assert.ok(!connection.received.includes('HTTP/'), 'an answer in the clear');
    assert.equal(connection.error, undefined, 'closed by a reset');
    connection.close();
  }
  const other = await start([], { where: await initialize({ account }) });
  await assert.rejects(connect(other));
  assert.equal((await request({ port: other.port }, { method: 'GET', target: '/health', headers: { host: 'localhost' } })).status, 200);
  await other.stop();
  await stillServes();
});

test('a crowd of handshakes, finished, aborted and nonsensical, and then everybody is served', async () => {
  const noise = (i) => Buffer.from(Array.from({ length: 50 + i }, (_, n) => (n * 7 + i * 13) & 0xff));
  const crowd = Array.from({ length: 300 }, async (_, i) => {
    if (i % 3 === 0) {
      const socket = await connect(server);
      socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n');
      const [answer] = await new Promise((resolve) => {
        socket.once('data', (bytes) => resolve([bytes.toString('latin1')]));
      });
      assert.match(answer, /^HTTP\/1\.1 200 OK/);
      socket.destroy();
    } else if (i % 3 === 1) {
      const socket = tls.connect({ host: '127.0.0.1', port: server.port, ...authority.trust });
      socket.on('error', () => {});
      await sleep(i % 20);
      socket.destroy();
    } else {
      const socket = await opened(net.connect(server.port, '127.0.0.1'), 'connect');
      socket.on('error', () => {});
      socket.write(noise(i));
      await sleep(i % 20);
      if (i % 2) socket.resetAndDestroy();
      else socket.destroy();
    }
  });
  await Promise.all(crowd);
  await stillServes();
  const lines = server.stderr.split('\n').filter((line) => line.includes('a TLS handshake failed'));
  assert.ok(lines.length > 0 && lines.length < 20, `${lines.length} lines about failed handshakes`);
});

test('a client that does not trust the certificate is told apart from one that does', async () => {
  await assert.rejects(connect(server, { ca: undefined }), /self.signed|unable to verify|unable to get/i);
  await stillServes();
});

test('half a request, then the end with and without an announcement: nothing of it is done', async () => {
  const put = operationBytes(
    server,
    'CreateTable',
    {
      TableName: 'never',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    },
    { credentials },
  );
  for (const finish of ['end', 'destroy', 'cut']) {
    const raw = await opened(net.connect(server.port, '127.0.0.1'), 'connect');
    const socket = await opened(tls.connect({ socket: raw, ...authority.trust, host: '127.0.0.1' }));
    const closed = endOf(socket, 10_000 * slowness);
    socket.on('data', () => {});
    await new Promise((resolve) => {
      socket.write(put.subarray(0, put.length - 1), resolve);
    });
    if (finish === 'cut') raw.end();
    else socket[finish]();
    await closed;
  }
  assert.ok(!(await succeed(server, 'ListTables', {}, { credentials })).TableNames.includes('never'));
});

test('gzip and its checksum come through', async () => {
  const get = { TableName: 'music', Key: { artist: { S: 'a' }, song: { N: '1' } } };
  const connection = new Connection(server);
  const bytes = operationBytes(server, 'GetItem', get, { credentials, headers: { 'accept-encoding': 'gzip' } });
  const response = await connection.exchange(bytes);
  assert.equal(response.status, 200);
  assert.equal(response.headers['content-encoding'], 'gzip');
  const plain = await call(server, 'GetItem', get, { credentials });
  assert.ok(response.body.length * 10 < plain.body.length);
  connection.close();
});

test('a handshake that dawdles is cut off after the time of a head; others are served meanwhile', { timeout: 120_000 }, async () => {
  const hello = await new Promise((resolve) => {
    const sink = net
      .createServer((socket) => socket.once('data', (bytes) => resolve(bytes)))
      .listen(0, '127.0.0.1', () => {
        const client = tls.connect({ host: '127.0.0.1', port: sink.address().port });
        client.on('error', () => {});
        setTimeout(() => {
          client.destroy();
          sink.close();
        }, 500);
      });
  });
  const begin = Date.now();
  const slow = await opened(net.connect(server.port, '127.0.0.1'), 'connect');
  const silent = await opened(net.connect(server.port, '127.0.0.1'), 'connect');
  const ends = Promise.all([endOf(slow, 40_000), endOf(silent, 40_000)]);
  let sent = 0;
  const drip = setInterval(() => {
    if (!slow.destroyed && sent < hello.length - 1) slow.write(hello.subarray(sent, ++sent));
  }, 250);
  await stillServes();
  await ends;
  clearInterval(drip);
  const passed_ms = Date.now() - begin;
  assert.ok(passed_ms > 15_000 && passed_ms < 35_000, `after ${passed_ms} ms`);
  await stillServes();
});
