// The program's command line: exit codes, the one line that says what to do, init, serve, account, verify, dev.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { Server, initialize, readCredentials, refuses, run, sleep, startDev, startServe, temporaryDirectory } from '../support/server.mjs';
import { program } from '../support/paths.mjs';
import { call, request, succeed } from '../support/wire.mjs';
import { createTable } from '../support/tables.mjs';

const mode = (file) => (statSync(file).mode & 0o777).toString(8);

test('version and help', async () => {
  const version = await run(['version']);
  assert.equal(version.code, 0);
  assert.match(version.stdout, /^basalt \d+\.\d+\.\d+\n$/);
  assert.deepEqual(await run(['--version']), version);
  for (const commandLine of [
    ['--help'],
    ['dev', '--help'],
    ['init', '--help'],
    ['serve', '--help'],
    ['account', '--help'],
    ['account', 'create', '--help'],
    ['clock', 'advance', '--help'],
    ['verify', '--help'],
    ['access', 'report', '--help'],
    ['policy', 'lint', '--help'],
  ]) {
    const help = await run(commandLine);
    assert.equal(help.code, 0, commandLine.join(' '));
    assert.match(help.stdout, /^Usage: basalt/m, commandLine.join(' '));
  }
});

test('wrong usage: one line, exit code 2', async () => {
  for (const commandLine of [
    [],
    ['nonsense'],
    ['dev', '--nonsense'],
    ['dev', '--listen'],
    ['dev', 'extra'],
    ['dev', '--listen', 'nowhere'],
    ['dev', '--listen', '127.0.0.1:99999'],
    ['dev', '--in-memory', '--data-dir', '/tmp/x'],
    ['init'],
    ['serve'],
    ['verify', '--bogus'],
    ['account'],
    ['account', 'frobnicate'],
  ]) {
    await refuses(commandLine);
  }
});

test('commands and flags of what is not built are usage errors', async () => {
  const D = path.join(temporaryDirectory(), 'data');
  for (const commandLine of [
    ['region', 'status'],
    ['keys', 'report'],
    ['backup', '--to', '/tmp/x'],
    ['trail', 'verify', '/tmp/x'],
    ['migrate', '--to', 'x'],
    ['dev', '--in-memory', '--replication-delay-ms', '5'],
    ['serve', '--data-dir', D, '--root-key', 'file:/x', '--peer', 'eu-west-1=h:1,http://h'],
    [
      'init',
      '--data-dir',
      D,
      '--account',
      '111111111111',
      '--credentials-file',
      `${D}.c`,
      '--root-key',
      'vault:https://v/v1/transit/keys/k',
    ],
    ['init', '--data-dir', D, '--account', '111111111111', '--credentials-file', `${D}.c`, '--root-key', 'pkcs11:token=x'],
  ]) {
    await refuses(commandLine);
  }
  assert.equal(existsSync(D), false);
});

test('init makes a directory, a root key and credentials, all for the owner alone', async () => {
  const place = await initialize({ accounts: ['111111111111', '222222222222'] });
  assert.equal(mode(place.credentialsFile), '600');
  assert.equal(mode(place.rootKeyFile), '600');
  assert.equal(statSync(place.rootKeyFile).size, 32);
  assert.equal(mode(place.directory), '700');
  assert.deepEqual(Object.keys(place.credentials), ['111111111111', '222222222222']);
  for (const { accessKeyId, secretAccessKey } of Object.values(place.credentials)) {
    assert.match(accessKeyId, /^AKIA[A-Z2-7]{16}$/);
    assert.equal(secretAccessKey.length, 40);
  }
});

test('init refuses an existing directory, credentials file and bad accounts', async () => {
  const place = await initialize();
  const home = path.dirname(place.directory);
  const init = (members) => [
    'init',
    '--data-dir',
    path.join(home, 'other'),
    '--account',
    '111111111111',
    '--credentials-file',
    path.join(home, 'fresh'),
    '--root-key',
    place.rootKey,
    ...Object.entries(members).flat(),
  ];
  const before = readFileSync(place.credentialsFile, 'utf8');
  const replace = (line, flag, value) => line.map((word, i) => (line[i - 1] === flag ? value : word));
  await refuses(replace(init({}), '--data-dir', place.directory), /data/);
  await refuses(replace(init({}), '--credentials-file', place.credentialsFile), /credentials/);
  for (const account of ['1', '11111111111a', '1111111111111', '']) await refuses(replace(init({}), '--account', account));
  assert.equal(existsSync(path.join(home, 'other')), false);
  assert.equal(readFileSync(place.credentialsFile, 'utf8'), before);
});

test('serve: no root key, a wrong one, one that others may read', async () => {
  const place = await initialize();
  const serve = (rootKey, options) => [
    'serve',
    '--data-dir',
    place.directory,
    '--listen',
    '127.0.0.1:0',
    ...(rootKey ? ['--root-key', rootKey] : []),
    ...(options ?? []),
  ];
  await refuses(serve(null), /root-key|root key/);
  await refuses(serve('file:/nonexistent/root.key'), /\/nonexistent\/root\.key/);
  const wrong = path.join(path.dirname(place.directory), 'wrong.key');
  writeFileSync(wrong, Buffer.alloc(32, 7), { mode: 0o600 });
  await refuses(serve(`file:${wrong}`), /root key/);
  const short = path.join(path.dirname(place.directory), 'short.key');
  writeFileSync(short, Buffer.alloc(31, 7), { mode: 0o600 });
  await refuses(serve(`file:${short}`), /32/);
  for (const bits of [0o640, 0o604, 0o644, 0o660]) {
    chmodSync(place.rootKeyFile, bits);
    await refuses(serve(place.rootKey), /chmod|600/);
  }
  chmodSync(place.rootKeyFile, 0o600);
  const server = await startServe(place);
  await server.stop();
});

test('serve: a directory that is none, or none of ours', async () => {
  const home = temporaryDirectory();
  const key = path.join(home, 'key');
  writeFileSync(key, Buffer.alloc(32, 1), { mode: 0o600 });
  await refuses(['serve', '--data-dir', path.join(home, 'absent'), '--root-key', `file:${key}`], /init/);
  mkdirSync(path.join(home, 'other'));
  writeFileSync(path.join(home, 'other', 'letter.txt'), 'dear reader');
  await refuses(['serve', '--data-dir', path.join(home, 'other'), '--root-key', `file:${key}`], /other/);
  assert.deepEqual(readdirSync(path.join(home, 'other')), ['letter.txt']);
});

test('root key from a descriptor and from the credentials directory', async () => {
  const place = await initialize();
  const descriptor = openSync(place.rootKeyFile, 'r');
  const first = new Server(['serve', '--data-dir', place.directory, '--listen', '127.0.0.1:0', '--root-key', 'env-fd:3'], {
    stdio: [descriptor],
  });
  await first.ready();
  closeSync(descriptor);
  await first.stop();

  const credentials = path.join(path.dirname(place.directory), 'credentials.d');
  mkdirSync(credentials);
  copyFileSync(place.rootKeyFile, path.join(credentials, 'basalt'));
  const second = new Server(['serve', '--data-dir', place.directory, '--listen', '127.0.0.1:0', '--root-key', 'credential:basalt'], {
    environment: { CREDENTIALS_DIRECTORY: credentials },
  });
  await second.ready();
  await second.stop();

  await refuses(['serve', '--data-dir', place.directory, '--root-key', 'credential:absent'], /absent/, {
    environment: { CREDENTIALS_DIRECTORY: credentials },
  });
  await refuses(['serve', '--data-dir', place.directory, '--root-key', 'credential:../basalt'], null, {
    environment: { CREDENTIALS_DIRECTORY: credentials },
  });
  await refuses(['serve', '--data-dir', place.directory, '--root-key', 'env-fd:9'], /9/);
  await refuses(['serve', '--data-dir', place.directory, '--root-key', 'nonsense'], /nonsense/);
});

test('ready: one line a listener on stdout and nothing else; the rest is on stderr', async () => {
  const place = await initialize();
  const two = await startServe(place, {
    flags: ['--listen', '127.0.0.1:0', '--listen', '127.0.0.1:0', '--region', 'eu-west-1', '--region', 'us-east-1'],
    ready: { listeners: 2 },
  });
  assert.equal(two.stdout.trimEnd().split('\n').length, 2);
  for (const line of two.readyLines) {
    assert.equal(line.mode, 'serve');
    assert.deepEqual(line.regions, ['eu-west-1', 'us-east-1']);
    assert.equal(
      (await request({ host: line.host, port: line.port }, { method: 'GET', target: '/ready', headers: { host: 'localhost' } })).status,
      200,
    );
  }
  await two.stop();
  assert.equal(two.stdout.trimEnd().split('\n').length, 2);
});

test('a second start on a directory in use, and verify on it, exit 2; the first goes on', async () => {
  const server = await startDev();
  await refuses(['dev', '--listen', '127.0.0.1:0', '--data-dir', server.directory], /in use|another|running/);
  await refuses(['verify', '--data-dir', server.directory], /in use|another|running|stop/);
  assert.deepEqual(await succeed(server, 'ListTables', {}), { TableNames: [] });
  await server.stop();
});

test('a port in use: exit 2 naming the address', async () => {
  const taken = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => {
    taken.on('listening', resolve);
  });
  const address = `127.0.0.1:${taken.address().port}`;
  await refuses(['dev', '--listen', address, '--in-memory'], new RegExp(address.replace(/\./g, '\\.')));
  taken.close();
  const server = await startDev({ inMemory: true });
  await refuses(['dev', '--listen', `127.0.0.1:${server.port}`, '--in-memory'], new RegExp(String(server.port)));
  await server.stop();
});

test('dev listens beyond loopback only when told so, and warns', async () => {
  await refuses(['dev', '--listen', '0.0.0.0:0', '--in-memory'], /allow-remote/);
  const server = await startDev({ inMemory: true, flags: ['--listen', '0.0.0.0:0', '--allow-remote'] });
  assert.match(server.stderr, /warn/i);
  await server.stop();
});

test('dev keeps its data under the state directory and its root key beside it', async () => {
  const home = temporaryDirectory();
  const server = new Server(['dev', '--listen', '127.0.0.1:0'], { environment: { XDG_STATE_HOME: home } });
  await server.ready();
  await createTable(server, 'kept');
  await server.stop();
  assert.equal(mode(path.join(home, 'basalt', 'data.root-key')), '600');
  const again = new Server(['dev', '--listen', '127.0.0.1:0'], { environment: { XDG_STATE_HOME: home } });
  await again.ready();
  assert.deepEqual(await succeed(again, 'ListTables', {}), { TableNames: ['kept'] });
  await again.stop();
  assert.equal(
    (await run(['verify', '--data-dir', path.join(home, 'basalt', 'data')])).code,
    0,
    'verify finds the key beside the directory',
  );
});

test('in memory, nothing is left', async () => {
  const home = temporaryDirectory();
  const server = new Server(['dev', '--listen', '127.0.0.1:0', '--in-memory'], { environment: { XDG_STATE_HOME: home, HOME: home } });
  await server.ready();
  await createTable(server, 'gone');
  await server.stop();
  assert.deepEqual(readdirSync(home), []);
});

test('SIGTERM and SIGINT drain, requests under way are answered', async () => {
  for (const signal of ['SIGTERM', 'SIGINT']) {
    const server = await startDev();
    await createTable(server, 'busy');
    let acknowledged = 0;
    const load = Promise.all(
      Array.from({ length: 8 }, async (_, w) => {
        for (let i = 0; ; i++) {
          try {
            await succeed(server, 'PutItem', { TableName: 'busy', Item: { pk: { S: `${w}-${i}` } } });
          } catch {
            return;
          }
          acknowledged++;
        }
      }),
    );
    await sleep(200);
    server.expectedToEnd = true;
    server.child.kill(signal);
    const end = await server.ended;
    assert.deepEqual(end, { code: 0, signal: null }, server.stderr);
    await load;
    const again = await startDev({ directory: server.directory });
    const { Count } = await succeed(again, 'Scan', { TableName: 'busy', Select: 'COUNT' });
    assert.ok(Count >= acknowledged, `${acknowledged} acknowledged, ${Count} found`);
    await again.stop();
  }
});

test('configuration: the file works, flags win, errors name file and line', async () => {
  const home = temporaryDirectory();
  const file = path.join(home, 'basalt.toml');
  const check = (text) => {
    writeFileSync(file, text);
    return ['serve', '--data-dir', home, '--root-key', 'file:/x', '--config', file, '--check-config'];
  };
  await refuses(check('[server]\nlisten = "127.0.0.1:0"\nunheard_of = 1\n'), /basalt\.toml:3/);
  await refuses(check('[server]\nlisten = \n'), /basalt\.toml:2/);
  await refuses(check('[nonsense]\na = 1\n'), /basalt\.toml:1/);
  await refuses(check('[server]\n\nlisten = 5\n'), /basalt\.toml:3/);
  await refuses(check('[compat]\nvalidation_dialect = "2027"\n'), /basalt\.toml:2: validation_dialect should be "classic" or "2026"/);
  await refuses(['dev', '--in-memory', '--config', path.join(home, 'absent.toml')], /absent\.toml/);
  writeFileSync(file, '[server]\nregion = ["eu-central-1", "us-west-2"]\n');
  const fromFile = await startDev({ inMemory: true, flags: ['--config', file] });
  assert.deepEqual(fromFile.readyLines[0].regions, ['eu-central-1', 'us-west-2']);
  await fromFile.stop();
  const fromFlag = await startDev({ inMemory: true, flags: ['--config', file, '--region', 'us-east-1'] });
  assert.deepEqual(fromFlag.readyLines[0].regions, ['us-east-1']);
  await fromFlag.stop();
});

test('the dialect of validation errors is that of the configuration file, the classic one without', async () => {
  const file = path.join(temporaryDirectory(), 'basalt.toml');
  const texts = {};
  for (const dialect of [undefined, 'classic', '2026']) {
    writeFileSync(file, dialect ? `[compat]\nvalidation_dialect = "${dialect}"\n` : '');
    const server = await startDev({ inMemory: true, flags: ['--config', file] });
    texts[dialect] = (await call(server, 'GetItem', { TableName: 'a b', Key: {} })).json.message;
    await server.stop();
  }
  const rest = 'failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+';
  assert.equal(texts.undefined, `1 validation error detected: Value 'a b' at 'tableName' ${rest}`);
  assert.equal(texts.classic, texts.undefined);
  assert.equal(texts['2026'], `1 validation error detected: Value at 'TableName' ${rest}`);
});

test('account create, list and reset-root talk to the running server', async () => {
  const place = await initialize();
  const server = await startServe(place);
  const account = (...words) => ['account', ...words, '--data-dir', place.directory];
  const file = place.credentialsFile;

  const created = await run(account('create', '333333333333', '--credentials-file', file));
  assert.equal(created.code, 0, created.stderr);
  assert.equal(mode(file), '600');
  const profiles = readCredentials(file);
  assert.deepEqual(Object.keys(profiles), ['111111111111', '333333333333']);
  assert.deepEqual(profiles['111111111111'], place.credentials['111111111111'], 'other profiles are untouched');
  assert.deepEqual(await succeed(server, 'ListTables', {}, { credentials: profiles['333333333333'] }), { TableNames: [] });

  const list = await run(account('list'));
  assert.equal(list.code, 0, list.stderr);
  assert.deepEqual(list.stdout.match(/\d{12}/g).sort(), ['111111111111', '333333333333']);

  await refuses(account('create', '333333333333', '--credentials-file', file), /333333333333/);
  await refuses(account('create', '333333333333', '--credentials-file', `${file}.new`), /333333333333/, { codes: [1, 2] });
  assert.equal(existsSync(`${file}.new`), false);
  await refuses(account('create', 'nonsense', '--credentials-file', file));

  const reset = await run(account('reset-root', '333333333333', '--credentials-file', file));
  assert.equal(reset.code, 0, reset.stderr);
  const renewed = readCredentials(file);
  assert.notDeepEqual(renewed['333333333333'], profiles['333333333333']);
  assert.deepEqual(renewed['111111111111'], profiles['111111111111']);
  await succeed(server, 'ListTables', {}, { credentials: renewed['333333333333'] });
  const old = await call(server, 'ListTables', {}, { credentials: profiles['333333333333'] });
  assert.equal(old.json.__type, 'com.amazon.coral.service#UnrecognizedClientException');
  await server.stop();
  await refuses(account('list'), /running|start/, { codes: [1, 2] });

  const after = await startServe(place);
  await succeed(after, 'ListTables', {}, { credentials: renewed['333333333333'] });
  assert.equal((await call(after, 'ListTables', {}, { credentials: profiles['333333333333'] })).status, 400);
  await after.stop();
});

test('the admin socket is for the owner alone, and may stand elsewhere', async () => {
  const place = await initialize();
  const server = await startServe(place);
  assert.equal(mode(path.join(place.directory, 'admin.sock')), '600');
  await server.stop();
  const socket = path.join(temporaryDirectory(), 's.sock');
  const memory = await startDev({ inMemory: true, flags: ['--admin-socket', socket] });
  assert.equal(mode(socket), '600');
  assert.equal((await run(['account', 'list', '--admin-socket', socket])).code, 0);
  await memory.stop();
});

test('verify: a clean directory, a wrong key, no key, JSON', async () => {
  const place = await initialize();
  const server = await startServe(place);
  const options = { credentials: place.credentials['111111111111'] };
  await createTable(server, 'checked', { options });
  for (let i = 0; i < 20; i++) await succeed(server, 'PutItem', { TableName: 'checked', Item: { pk: { S: `k${i}` } } }, options);
  await server.stop();
  const before = listing(place.directory);
  const clean = await run(['verify', '--data-dir', place.directory, '--root-key', place.rootKey]);
  assert.equal(clean.code, 0, clean.stdout + clean.stderr);
  const json = await run(['verify', '--data-dir', place.directory, '--root-key', place.rootKey, '--json']);
  assert.equal(json.code, 0, json.stderr);
  const verdicts = JSON.parse(json.stdout);
  assert.ok(Array.isArray(verdicts) && verdicts.length > 3);
  for (const verdict of verdicts) {
    assert.equal(typeof verdict.path, 'string');
    assert.equal(verdict.ok, true);
    assert.ok('table' in verdict && 'reason' in verdict);
  }
  assert.deepEqual(listing(place.directory), before, 'verify writes nothing');
  await refuses(['verify', '--data-dir', place.directory], /root-key|root key/);
  const wrong = `${place.rootKeyFile}.wrong`;
  writeFileSync(wrong, Buffer.alloc(32, 9), { mode: 0o600 });
  await refuses(['verify', '--data-dir', place.directory, '--root-key', `file:${wrong}`], /root key/);
});

function listing(directory) {
  return readdirSync(directory, { recursive: true })
    .sort()
    .map((name) => {
      const status = statSync(path.join(directory, name));
      return `${name} ${status.size} ${status.mtimeMs}`;
    });
}

test('the program is one file that needs no arguments to say what it is', () => {
  const { status, stderr } = spawnSync(program, [], { encoding: 'utf8' });
  assert.equal(status, 2);
  assert.match(stderr, /^basalt: /m);
});
