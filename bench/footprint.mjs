// What a server takes when it has little to do: memory when idle, of open tables and of connections, and the time of a
// start over many tables. BENCH_TABLES (1000) and BENCH_IDLE_CONNECTIONS (10000) set its size.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FastClient } from '../tests/support/fast.mjs';
import { home, load, median, must, prose, settings, sleep, table, whole } from './measure.mjs';

const tables = Number(process.env.BENCH_TABLES ?? 1000);
const connections = Number(process.env.BENCH_IDLE_CONNECTIONS ?? 10_000);
const starts = 5;
const openedAtOnce = Math.min(200, tables);
const program = path.join(settings.build, 'basalt');

const tableName = (i) => `table-${i}`;
const mebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

class Server {
  constructor() {
    this.place = mkdtempSync(path.join(home, 'footprint-'));
    must(program, [
      'init',
      ...['--data-dir', this.at('data'), '--account', '111111111111'],
      ...['--credentials-file', this.at('credentials'), '--root-key', `file:${this.at('root.key')}`],
    ]);
    const text = readFileSync(this.at('credentials'), 'utf8');
    this.accessKeyId = /aws_access_key_id\s*=\s*(\S+)/.exec(text)[1];
    this.secret = /aws_secret_access_key\s*=\s*(\S+)/.exec(text)[1];
    process.on('exit', () => this.child?.kill('SIGKILL'));
  }

  at(name) {
    return path.join(this.place, name);
  }

  // `configuration`: lines of basalt.toml.
  async start(configuration = '') {
    writeFileSync(
      this.at('basalt.toml'),
      `data_dir = "${this.at('data')}"\nroot_key = "file:${this.at('root.key')}"\nlisten = "127.0.0.1:0"\n${configuration}`,
    );
    this.started_ms = performance.now();
    this.child = spawn(program, ['serve', '--config', this.at('basalt.toml')], { stdio: ['ignore', 'pipe', 'inherit'] });
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
    this.pids = [this.child.pid];
    this.client = new FastClient(
      { host: '127.0.0.1', port: this.port },
      { connections: 16, credentials: { accessKeyId: this.accessKeyId, secretAccessKey: this.secret } },
    );
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

async function measureRows() {
  const server = new Server();
  const rows = [];
  await server.start();
  await sleep(1000);
  rows.push(['an idle server, resident', mebibytes(server.residentBytes), 'a second after its first start']);
  await load(server, 'prepare', { items: 1, connections: 1 });
  // The mean of the second half: what the first ones leave behind stays for all.
  const perConnection = (await load(server, 'idle', { items: 1, connections: connections / 2 })).bytes;
  rows.push([
    'a connection in the clear',
    `${(perConnection / 1024).toFixed(1)} KiB`,
    `${whole(connections)} of them, mean of the second half, each after one request`,
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
  const over = `over ${whole(tables)} tables of one item`;
  rows.push([
    'a start, until a signed GetItem is answered',
    `${whole(median(answered_ms))} ms`,
    `${over}, from exec; median of ${starts}, at most ${whole(Math.max(...answered_ms))}`,
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
    `${whole(tables)} GetItem, one a table; ${mebibytes(busy)} right after the last`,
  ]);
  await server.stop();
  return rows;
}

export const title = 'Memory and start';
export async function measure() {
  console.error('memory and start ...');
  const how = prose('Of one server after another over the same directory, with all cores, and a client beside it.');
  return `${how}\n\n${table(['what', 'figure', 'how'], await measureRows())}`;
}
