// --test-clock and `basalt clock advance`: where they are refused, and that time goes on from where it was.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import { makeAuthority } from '../support/certificates.mjs';
import { advanceClock } from '../support/clock.mjs';
import { configuredBy, initialize, refuses, run, startDev, startServe, temporaryDirectory } from '../support/server.mjs';
import { succeed } from '../support/wire.mjs';
import { createTable } from '../support/tables.mjs';

test('serve refuses a clock that can be moved beside listeners for others', async () => {
  const place = await initialize();
  const serve = ['serve', '--data-dir', place.directory, '--root-key', place.rootKey, '--test-clock'];
  const certificate = makeAuthority().issue('clock');
  await refuses([...serve, '--listen', '0.0.0.0:0'], /which others can reach; leave --test-clock out/);
  await refuses(
    [...serve, '--listen', '127.0.0.1:0', '--tls-cert', certificate.certificate, '--tls-key', certificate.key],
    /with TLS; leave --test-clock out/,
  );
  await refuses([...serve, ...configuredBy('[[listener]]\naddr = "0.0.0.0:0"\ntls_cert = "c"\ntls_key = "k"\n')], /leave --test-clock out/);
  const server = await startServe(place, { flags: ['--test-clock'] });
  const time = await advanceClock(server, '90s');
  assert.ok(Math.abs(time - Date.now() - 90_000) < 30_000);
  await server.stop();
});

test('a server without it keeps to the system clock, and says so', async () => {
  const server = await startDev();
  await refuses(['clock', 'advance', '1h', '--data-dir', server.directory], /start it with --test-clock$/, { codes: [1] });
  await server.stop();
  await refuses(['clock', 'advance', '1h', '--data-dir', server.directory], /no server answers/, { codes: [1] });
  for (const duration of ['', '1', 'h', '-1h', '+1h', '0s', '1.5h', '1 h', '1w', '40000d', '1h30m']) {
    await refuses(['clock', 'advance', duration, '--data-dir', server.directory]);
  }
});

test('the clock goes on from where it was moved, and a start that would set it back is refused', async () => {
  const directory = path.join(temporaryDirectory('clock'), 'data');
  const flags = ['--test-clock'];
  let server = await startDev({ directory, flags });
  const first = await advanceClock(server, '7d');
  await server.kill();
  await refuses(['dev', '--listen', '127.0.0.1:0', '--data-dir', directory], /must not run backwards; start with --test-clock/);
  server = await startDev({ directory, flags: configuredBy('test_clock = true\n') });
  const second = await advanceClock(server, '500ms');
  assert.ok(second > first && second < first + 120_000, `${first} ${second}`);
  await server.stop();
  // A clock that was never moved binds nobody.
  const other = path.join(temporaryDirectory('clock'), 'data');
  await (await startDev({ directory: other, flags })).stop();
  await (await startDev({ directory: other })).stop();
});

test('in memory, the socket that was named moves it', async () => {
  const socket = path.join(temporaryDirectory('socket'), 'admin.sock');
  const server = await startDev({ inMemory: true, flags: ['--test-clock', '--admin-socket', socket] });
  const end = await run(['clock', 'advance', '1d', '--admin-socket', socket]);
  assert.equal(end.code, 0, end.stderr);
  await createTable(server, 'later');
  const { Table } = await succeed(server, 'DescribeTable', { TableName: 'later' });
  assert.ok(Table.CreationDateTime * 1000 > Date.now() + 86_000_000);
  await server.stop();
});
