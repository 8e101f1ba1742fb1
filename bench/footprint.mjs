// What a server takes when it has little to do: memory when idle, of open tables and of connections, and the time of a
// start over many tables. Part of script/bench, which calls `measureFootprint`; also a program:
//
//   node bench/footprint.mjs        (BENCH_BUILD as for bench/run.mjs)
//
// BENCH_TABLES (1000) and BENCH_IDLE_CONNECTIONS (10000) set its size.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { FastClient } from '../tests/support/fast.mjs';

const tables = Number(process.env.BENCH_TABLES ?? 1000);
const connections = Number(process.env.BENCH_IDLE_CONNECTIONS ?? 10_000);
const starts = 5;
const openedAtOnce = Math.min(200, tables);

const sleep = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
const tableName = (i) => `table-${i}`;
const mebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

class Server {
  constructor(program, home) {
    this.program = program;
    this.place = {
      directory: path.join(home, 'footprint'),
      credentials: path.join(home, 'footprint-credentials'),
      rootKey: `file:${path.join(home, 'footprint.key')}`,
      configuration: path.join(home, 'footprint.toml'),
    };
    const { directory, credentials, rootKey } = this.place;
    const words = ['init', '--data-dir', directory, '--account', '111111111111', '--credentials-file', credentials, '--root-key', rootKey];
    const end = spawnSync(program, words, { encoding: 'utf8' });
    if (end.status !== 0) throw new Error(`basalt init: ${end.stderr}`);
    const text = readFileSync(credentials, 'utf8');
    this.credentials = {
      accessKeyId: /aws_access_key_id\s*=\s*(\S+)/.exec(text)[1],
      secretAccessKey: /aws_secret_access_key\s*=\s*(\S+)/.exec(text)[1],
    };
  }

  // `configuration`: lines of basalt.toml.
  async start(configuration = '') {
    const { directory, rootKey, configuration: file } = this.place;
    writeFileSync(file, configuration);
    const words = ['serve', '--data-dir', directory, '--root-key', rootKey, '--listen', '127.0.0.1:0', '--config', file];
    this.started_ms = performance.now();
    this.child = spawn(this.program, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.ended = new Promise((resolve) => {
      this.child.on('close', resolve);
    });
    let stdout = '';
    this.port = await new Promise((resolve, reject) => {
      this.child.stdout.on('data', (bytes) => {
        stdout += bytes;
        const ready = /^basalt ready http:\/\/127\.0\.0\.1:(\d+) /.exec(stdout);
        if (ready) resolve(Number(ready[1]));
      });
      this.ended.then(() => reject(new Error('basalt ended before it was ready')));
    });
    this.host = '127.0.0.1';
    this.client = new FastClient(this, { connections: 16, credentials: this.credentials });
  }

  async stop() {
    this.client.close();
    this.child.kill('SIGTERM');
    await this.ended;
  }

  get residentBytes() {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8'))[1]) * 1024;
  }

  get openTables() {
    const open = new Set();
    for (const descriptor of readdirSync(`/proc/${this.child.pid}/fd`)) {
      try {
        open.add(/\/tables\/([0-9a-f]+)\//.exec(readlinkSync(`/proc/${this.child.pid}/fd/${descriptor}`))?.[1]);
      } catch {
        // closed since
      }
    }
    open.delete(undefined);
    return open.size;
  }

  async forEachTable(count, call) {
    let next = 0;
    const work = async () => {
      while (next < count) await call(next++);
    };
    await Promise.all(Array.from({ length: 16 }, work));
  }

  read(i) {
    return this.client.succeed('GetItem', { TableName: tableName(i), Key: { pk: { S: 'a' } }, ConsistentRead: true });
  }
}

async function createTables(server) {
  await server.forEachTable(tables, async (i) => {
    const TableName = tableName(i);
    await server.client.succeed('CreateTable', {
      TableName,
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    });
    for (;;) {
      const put = await server.client.call('PutItem', { TableName, Item: { pk: { S: 'a' }, text: { S: 'x'.repeat(1000) } } });
      if (put.status === 200) return;
      if (!put.json.__type?.endsWith('#ResourceNotFoundException')) throw new Error(JSON.stringify(put.json));
      await sleep(5); // it is being made
    }
  });
}

// The mean of the second half of the connections, each after one request: what the first ones leave behind stays for all.
function connectionBytes(server, driver) {
  const load = (command, count) => {
    const words = [command, '--port', server.port, '--access-key', server.credentials.accessKeyId, '--server-pid', server.child.pid];
    const end = spawnSync(driver, [...words, '--connections', count, '--items', 1, '--measured-ms', 100, '--warm-up-ms', 0].map(String), {
      encoding: 'utf8',
      env: { ...process.env, BASALT_LOAD_SECRET: server.credentials.secretAccessKey },
    });
    if (end.status !== 0) throw new Error(`${command}: ${end.stderr}`);
    return JSON.parse(end.stdout);
  };
  load('prepare', 1);
  return load('idle', connections / 2).bytes;
}

// Rows of a table: what, figure, and how it came about.
export async function measureFootprint({ program, driver, home }) {
  const server = new Server(program, home);
  const rows = [];
  await server.start();
  await sleep(1000);
  rows.push(['an idle server, resident', mebibytes(server.residentBytes), 'a second after its first start']);
  const perConnection = connectionBytes(server, driver);
  rows.push([
    'a connection in the clear',
    `${(perConnection / 1024).toFixed(1)} KiB`,
    `${connections.toLocaleString('en')} of them, mean of the second half, each after one request`,
  ]);
  await server.stop();

  await server.start();
  await createTables(server);
  await server.stop();
  const answered_ms = [];
  const resident = [];
  for (let i = 0; i < starts; i++) {
    await server.start();
    await server.read(i);
    answered_ms.push(performance.now() - server.started_ms);
    resident.push(server.residentBytes);
    if (i + 1 < starts) await server.stop();
  }
  const over = `over ${tables.toLocaleString('en')} tables of one item`;
  rows.push([
    'a start, until a signed GetItem is answered',
    `${Math.round(median(answered_ms))} ms`,
    `${over}, from exec; median of ${starts}, at most ${Math.round(Math.max(...answered_ms))}`,
  ]);
  rows.push(['resident then', mebibytes(median(resident)), over]);

  await sleep(1000);
  const [before, openBefore] = [server.residentBytes, server.openTables];
  await server.forEachTable(openedAtOnce, (i) => server.read(i));
  const opened = server.openTables - openBefore;
  rows.push([
    'an open idle table',
    `${((server.residentBytes - before) / opened / 1024).toFixed(0)} KiB`,
    `mean of ${opened} that are opened by a GetItem each`,
  ]);
  await server.stop();

  await server.start('[limits]\ntable_idle_close_ms = 1000\n');
  await server.forEachTable(tables, (i) => server.read(i));
  const busy = server.residentBytes;
  while (server.openTables > 0) await sleep(200);
  await sleep(15_000); // the allocator gives memory back over ten seconds
  rows.push([
    'resident after all tables were used and closed again',
    mebibytes(server.residentBytes),
    `${tables.toLocaleString('en')} GetItem, one a table; ${mebibytes(busy)} right after the last`,
  ]);
  await server.stop();
  return rows;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const build = path.resolve(process.env.BENCH_BUILD ?? path.join(path.dirname(fileURLToPath(import.meta.url)), '../build/release'));
  const home = mkdtempSync(path.join(os.tmpdir(), 'basalt-footprint-'));
  process.on('exit', () => rmSync(home, { recursive: true, force: true }));
  for (const row of await measureFootprint({ program: path.join(build, 'basalt'), driver: path.join(build, 'bench/basalt-load'), home })) {
    console.log(row.join(' | '));
  }
  process.exit(0);
}
