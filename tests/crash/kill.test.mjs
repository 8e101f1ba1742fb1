// kill -9 at random moments under load, round after round over one directory: what was acknowledged is there, what was
// not is there wholly or not at all, every start succeeds, and the directory verifies.
// CRASH_ROUNDS sets the number of rounds (20), CRASH_SEED their random sequence.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import path from 'node:path';
import { Server, run, sleep, startDev, temporaryDirectory } from '../support/server.mjs';
import { FastClient } from '../support/fast.mjs';
import { waitForTable } from '../support/tables.mjs';

const rounds = Number(process.env.CRASH_ROUNDS ?? 20);
const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000);
const workers = 24;
const keysOfWorker = 12;

// mulberry32
function randomOf(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

// A worker's keys belong to it alone, one operation at a time. For each key: the state acknowledged last (null: no item)
// and, while an operation is under way or its answer was lost, the state it would lead to.
class Worker {
  constructor(number, random) {
    this.number = number;
    this.random = random;
    this.version = 0;
    this.keys = Array.from({ length: keysOfWorker }, () => ({ known: null, pending: undefined }));
  }

  key(i) {
    return { pk: { S: `worker-${this.number}` }, sk: { N: String(i) } };
  }

  // [operation, request, state it leads to]; `twin` repeats `version` in another attribute: an item whose twins differ is half-written.
  next(i) {
    const { known } = this.keys[i];
    const version = ++this.version;
    const choice = this.random();
    const Key = this.key(i);
    const pad = 'x'.repeat(Math.floor(this.random() ** 6 * 60_000));
    if (choice < 0.15 && known) return ['DeleteItem', { TableName: 'crash', Key }, null];
    if (choice < 0.55) {
      return [
        'PutItem',
        {
          TableName: 'crash',
          Item: { ...Key, version: { N: String(version) }, filler: { S: pad }, count: { N: '0' }, twin: { N: String(version) } },
        },
        { version, count: 0, pad: pad.length },
      ];
    }
    return [
      'UpdateItem',
      {
        TableName: 'crash',
        Key,
        UpdateExpression: 'SET version = :v, twin = :v, filler = if_not_exists(filler, :empty) ADD #c :one',
        ExpressionAttributeNames: { '#c': 'count' },
        ExpressionAttributeValues: { ':v': { N: String(version) }, ':empty': { S: '' }, ':one': { N: '1' } },
      },
      { version, count: (known?.count ?? 0) + 1, pad: known?.pad ?? 0 },
    ];
  }

  async work(client, tally) {
    for (;;) {
      const i = Math.floor(this.random() * keysOfWorker);
      const slot = this.keys[i];
      const [operation, body, after] = this.next(i);
      slot.pending = after;
      let answer;
      try {
        answer = await client.call(operation, body);
      } catch {
        return; // the server is gone: this operation's outcome is unknown
      }
      assert.equal(answer.status, 200, `${operation}: ${JSON.stringify(answer.json)}`);
      slot.known = after;
      slot.pending = undefined;
      tally.acknowledged++;
      tally.hotPending++;
      try {
        answer = await client.call('UpdateItem', {
          TableName: 'crash',
          Key: { pk: { S: 'hot' }, sk: { N: '0' } },
          UpdateExpression: 'ADD n :one',
          ExpressionAttributeValues: { ':one': { N: '1' } },
        });
      } catch {
        return;
      }
      assert.equal(answer.status, 200);
      tally.hotPending--;
      tally.hot++;
    }
  }

  async check(client) {
    for (let i = 0; i < keysOfWorker; i++) {
      const slot = this.keys[i];
      const { Item } = await client.succeed('GetItem', { TableName: 'crash', Key: this.key(i), ConsistentRead: true });
      if (Item) {
        assert.equal(Item.version.N, Item.twin.N, `half-written: ${JSON.stringify(this.key(i))}`);
        assert.match(Item.filler.S, /^x*$/);
      }
      const found = Item ? { version: Number(Item.version.N), count: Number(Item.count.N), pad: Item.filler.S.length } : null;
      const allowed = slot.pending === undefined ? [slot.known] : [slot.known, slot.pending];
      assert.ok(
        allowed.some((state) => JSON.stringify(state) === JSON.stringify(found)),
        `${JSON.stringify(this.key(i))} is ${JSON.stringify(found)}, may be ${JSON.stringify(allowed)}`,
      );
      slot.known = found;
      slot.pending = undefined;
    }
  }
}

// Creates and drops tables, remembering what was acknowledged.
class TableMaker {
  constructor(random) {
    this.random = random;
    this.made = new Map();
    this.serial = 0;
  }

  async work(client) {
    for (;;) {
      const standing = [...this.made].filter(([, state]) => state === 'made').map(([name]) => name);
      try {
        if (standing.length > 4 || (standing.length && this.random() < 0.4)) {
          const name = standing[Math.floor(this.random() * standing.length)];
          this.made.set(name, 'dropping');
          const { status, json } = await client.call('DeleteTable', { TableName: name });
          // It may still be on its way to ACTIVE.
          if (status === 400 && json.__type.endsWith('#ResourceInUseException')) {
            this.made.set(name, 'made');
            await sleep(20);
            continue;
          }
          assert.equal(status, 200, JSON.stringify(json));
          this.made.set(name, 'dropped');
        } else {
          const name = `made-${this.serial++}`;
          this.made.set(name, 'making');
          const { status, json } = await client.call('CreateTable', {
            TableName: name,
            BillingMode: 'PAY_PER_REQUEST',
            AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
            KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          });
          assert.equal(status, 200, JSON.stringify(json));
          this.made.set(name, 'made');
        }
      } catch (error) {
        if (error.code === 'ERR_ASSERTION') throw error;
        return;
      }
      await sleep(Math.floor(this.random() * 60));
    }
  }

  async check(client, server) {
    const listed = new Set();
    let ExclusiveStartTableName;
    do {
      const page = await client.succeed('ListTables', { ExclusiveStartTableName });
      for (const name of page.TableNames) listed.add(name);
      ExclusiveStartTableName = page.LastEvaluatedTableName;
    } while (ExclusiveStartTableName);
    for (const [name, state] of this.made) {
      if (state === 'made') assert.ok(listed.has(name), `table ${name} was acknowledged and is gone`);
      if (!listed.has(name)) {
        this.made.delete(name);
        continue;
      }
      const { status, json } = await client.call('DescribeTable', { TableName: name });
      const standing = status === 200 && json.Table.TableStatus !== 'DELETING';
      if (state === 'dropped') assert.ok(!standing, `table ${name} was dropped and is ${JSON.stringify(json.Table?.TableStatus)}`);
      if (standing) {
        await waitForTable(server, name);
        await client.succeed('PutItem', { TableName: name, Item: { pk: { S: 'alive' } } });
        this.made.set(name, 'made');
      } else {
        this.made.set(name, 'dropped');
      }
    }
  }
}

test(`${rounds} rounds of kill -9 under load (seed ${seed})`, { timeout: (rounds + 2) * 120_000 }, async (t) => {
  const random = randomOf(seed);
  const directory = path.join(temporaryDirectory('crash'), 'data');
  const crew = Array.from({ length: workers }, (_, i) => new Worker(i, randomOf(seed * 1000 + i)));
  const maker = new TableMaker(randomOf(seed + 1));
  const tally = { acknowledged: 0, hot: 0, hotPending: 0, interruptedStarts: 0 };

  const first = await startDev({ directory });
  const setup = new FastClient(first);
  await setup.succeed('CreateTable', {
    TableName: 'crash',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'N' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  });
  await waitForTable(first, 'crash');
  setup.close();
  await first.kill();

  for (let round = 0; round < rounds; round++) {
    // Now and then a start is itself killed.
    while (random() < 0.3) {
      const interrupted = new Server(['dev', '--listen', '127.0.0.1:0', '--data-dir', directory], { directory });
      await sleep(random() * 120);
      await interrupted.kill();
      tally.interruptedStarts++;
    }
    const server = await startDev({ directory });
    const client = new FastClient(server, { connections: workers + 2 });
    await maker.check(client, server);
    for (const worker of crew) await worker.check(client);
    const { Item } = await client.succeed('GetItem', {
      TableName: 'crash',
      Key: { pk: { S: 'hot' }, sk: { N: '0' } },
      ConsistentRead: true,
    });
    const hot = Number(Item?.n.N ?? 0);
    assert.ok(
      hot >= tally.hot && hot <= tally.hot + tally.hotPending,
      `the hot counter is ${hot}, acknowledged ${tally.hot}, under way ${tally.hotPending}`,
    );
    tally.hot = hot;
    tally.hotPending = 0;
    const { Count } = await client.succeed('Query', {
      TableName: 'crash',
      Select: 'COUNT',
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': { S: 'hot' } },
    });
    assert.equal(Count, hot > 0 ? 1 : 0);

    const load = Promise.all([...crew.map((worker) => worker.work(client, tally)), maker.work(client)]);
    await sleep(50 + random() ** 2 * 3000);
    await server.kill();
    await load;
    client.close();
  }

  const last = await startDev({ directory });
  const client = new FastClient(last);
  await maker.check(client, last);
  for (const worker of crew) await worker.check(client);
  client.close();
  await last.stop();
  const verified = await run(['verify', '--data-dir', directory]);
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);
  assert.ok(tally.acknowledged > rounds * 20, `only ${tally.acknowledged} writes were acknowledged`);
  t.diagnostic(`${tally.acknowledged} acknowledged writes, hot counter ${tally.hot}, ${tally.interruptedStarts} starts interrupted`);
});

test('a directory left by kill -9 verifies as it is', async () => {
  const server = await startDev();
  const client = new FastClient(server);
  await client.succeed('CreateTable', {
    TableName: 'left',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  });
  await waitForTable(server, 'left');
  for (let i = 0; i < 50; i++) await client.succeed('PutItem', { TableName: 'left', Item: { pk: { S: `k${i}` } } });
  await server.kill();
  client.close();
  const verified = await run(['verify', '--data-dir', server.directory]);
  assert.equal(verified.code, 0, verified.stdout + verified.stderr);
  const again = await startDev({ directory: server.directory });
  const reader = new FastClient(again);
  assert.equal((await reader.succeed('Scan', { TableName: 'left', Select: 'COUNT' })).Count, 50);
  reader.close();
  await again.stop();
});
