// Tables that close when they are idle or too many, and open again on use: under load, without an error, and without
// losing a write that was acknowledged, also when the server is killed meanwhile. Which tables are open is read from
// the server's descriptors.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { configuredBy, run, sleep, startDev, temporaryDirectory } from '../support/server.mjs';
import { FastClient } from '../support/fast.mjs';
import { createTable } from '../support/tables.mjs';
import { slowness } from '../support/paths.mjs';

// The directories of tables that the server has files open in.
function openTables(server) {
  const open = new Set();
  for (const descriptor of readdirSync(`/proc/${server.pid}/fd`)) {
    let file = '';
    try {
      file = readlinkSync(`/proc/${server.pid}/fd/${descriptor}`);
    } catch {
      // closed since
    }
    const table = /\/tables\/([0-9a-f]+)\//.exec(file)?.[1];
    if (table) open.add(table);
  }
  return open;
}

async function until(what, condition, timeout_ms = 20_000 * slowness) {
  const deadline = Date.now() + timeout_ms;
  while (!condition()) {
    assert.ok(Date.now() < deadline, `never ${what}`);
    await sleep(10);
  }
}

// Watches which tables are open until told to stop: {most, closed}, the most at once and how often one was seen to close.
function watch(server) {
  const seen = { most: 0, closed: 0 };
  let before = new Set();
  const timer = setInterval(() => {
    const now = openTables(server);
    seen.most = Math.max(seen.most, now.size);
    seen.closed += [...before].filter((table) => !now.has(table)).length;
    before = now;
  }, 5);
  seen.stop = () => {
    clearInterval(timer);
    return seen;
  };
  return seen;
}

const tableName = (i) => `table-${i}`;
const keyOf = (worker, i) => ({ pk: { S: `worker ${worker} key ${i}` } });

async function makeTables(server, count) {
  for (let i = 0; i < count; i += 20) {
    await Promise.all(Array.from({ length: Math.min(20, count - i) }, (_, k) => createTable(server, tableName(i + k))));
  }
}

// Writes and reads back its own keys of random tables, until `over()` or the server is gone. `known` has what was
// acknowledged last, by table and key; `pending` what was asked for when the server went.
async function work(client, worker, tables, { over, known, pending, tally }) {
  while (!over()) {
    const n = ++tally.writes;
    const table = tableName(Math.floor(Math.random() * tables));
    const key = keyOf(worker, n % 5);
    const id = `${table} ${key.pk.S}`;
    pending.set(id, n);
    let answers;
    try {
      const written = await client.call('PutItem', { TableName: table, Item: { ...key, n: { N: String(n) } } });
      assert.equal(written.status, 200, JSON.stringify(written.json));
      known.set(id, n);
      pending.delete(id);
      answers = [
        await client.call('GetItem', { TableName: table, Key: key, ConsistentRead: true }),
        await client.call('Query', {
          TableName: table,
          KeyConditionExpression: 'pk = :p',
          ExpressionAttributeValues: { ':p': key.pk },
          ConsistentRead: true,
        }),
      ];
    } catch (error) {
      if (over() && error.code !== 'ERR_ASSERTION') return;
      throw error;
    }
    for (const { status, json } of answers) assert.equal(status, 200, JSON.stringify(json));
    assert.equal(answers[0].json.Item?.n.N, String(n), `${id} reads as something else than was just written`);
    assert.equal(answers[1].json.Items[0]?.n.N, String(n));
    if (n % 50 === 0) await sleep(Math.random() * 50); // so that tables are idle now and then
  }
}

async function check(client, { known, pending }) {
  const ids = new Set([...known.keys(), ...pending.keys()]);
  for (const id of ids) {
    const [, table, pk] = /^(\S+) (.*)$/.exec(id);
    const { Item } = await client.succeed('GetItem', { TableName: table, Key: { pk: { S: pk } }, ConsistentRead: true });
    const allowed = [known.get(id), pending.get(id)].filter((n) => n !== undefined);
    if (!Item && !known.has(id)) continue;
    assert.ok(allowed.includes(Number(Item?.n.N)), `${id} is ${JSON.stringify(Item)}, may be ${allowed}`);
    known.set(id, Number(Item.n.N));
  }
  pending.clear();
}

test(
  'tables close and open all the time under load, and nothing is lost when the server is killed',
  { timeout: 240_000 * slowness },
  async () => {
    const tables = 60;
    const cap = 6;
    const workers = 12;
    const flags = configuredBy(`[limits]\nopen_tables_max = ${cap}\ntable_idle_close_ms = 30\n`);
    const directory = path.join(temporaryDirectory('tables'), 'data');
    const state = { known: new Map(), pending: new Map(), tally: { writes: 0 } };
    for (let round = 0; round < 3; round++) {
      const server = await startDev({ directory, flags });
      if (round === 0) await makeTables(server, tables);
      const client = new FastClient(server, { connections: workers });
      await check(client, state);
      let over = false;
      const seen = watch(server);
      const load = Promise.all(
        Array.from({ length: workers }, (_, worker) => work(client, worker, tables, { ...state, over: () => over })),
      );
      await Promise.race([until('closed and opened', () => seen.closed > 2 * tables), load]);
      await sleep(Math.random() * 300);
      over = true;
      const { most } = seen.stop(); // while there still is a process to look at
      await server.kill();
      await load;
      client.close();
      // Each of the requests under way may hold one more, as may what is just being opened and closed.
      assert.ok(most <= cap + workers + 4, `${most} tables were open at once`);
    }
    const last = await startDev({ directory, flags });
    const client = new FastClient(last);
    await check(client, state);
    client.close();
    await last.stop();
    const { code, stdout, stderr } = await run(['verify', '--data-dir', directory]);
    assert.equal(code, 0, stdout + stderr);
  },
);

test('a burst over many tables keeps within a small limit of open files and then lets go of all of them', async () => {
  const tables = 120;
  // 192 for tables, at 32 each: room for 6 of them.
  const server = await startDev({ descriptors: 512, flags: configuredBy('[limits]\ntable_idle_close_ms = 500\n') });
  await makeTables(server, tables);
  const client = new FastClient(server, { connections: 100 });
  const seen = watch(server);
  const all = Array.from({ length: tables }, (_, i) => i);
  await Promise.all(all.map((i) => client.succeed('PutItem', { TableName: tableName(i), Item: { pk: { S: 'a' }, n: { N: String(i) } } })));
  const answers = await Promise.all(all.map((i) => client.succeed('GetItem', { TableName: tableName(i), Key: { pk: { S: 'a' } } })));
  answers.forEach(({ Item }, i) => assert.equal(Item.n.N, String(i)));
  const { most } = seen.stop();
  assert.ok(most <= 64, `${most} tables were open at once`);
  await until('let go of all', () => openTables(server).size === 0);
  // A table that is used stays open, beside others that are not.
  const hot = async () => {
    await client.succeed('GetItem', { TableName: tableName(7), Key: { pk: { S: 'a' } } });
    return openTables(server).size;
  };
  await client.succeed('GetItem', { TableName: tableName(8), Key: { pk: { S: 'a' } } });
  await hot();
  const two = openTables(server);
  assert.equal(two.size, 2);
  const deadline = Date.now() + 20_000 * slowness;
  while ((await hot()) > 1) {
    assert.ok(Date.now() < deadline, 'the idle one stays open');
    await sleep(20);
  }
  const [survivor] = openTables(server);
  assert.ok(two.has(survivor));
  client.close();
  await server.stop();
});

test('a warning says when the limit of open files allows fewer open tables than are asked for', async () => {
  const server = await startDev({ descriptors: 512, flags: configuredBy('[limits]\nopen_tables_max = 100\n') });
  assert.match(server.stderr, /open_tables_max is 100, but the limit of open files allows 6/);
  await server.stop();
});
