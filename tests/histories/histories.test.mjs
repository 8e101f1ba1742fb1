// Many clients write and read the same few items, singly and in transactions over two tables, while the server is
// killed and started again; what each call was asked and answered is written down, with when, and must be explained by
// one order of all calls to an item. Money that is moved is neither lost nor made.
import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { FastClient } from '../support/fast.mjs';
import { linearizable, register } from '../support/linearizability.mjs';
import { slowness } from '../support/paths.mjs';
import { configuredBy, sleep, startDev, temporaryDirectory } from '../support/server.mjs';
import { createTable } from '../support/tables.mjs';

const phase_ms = Number(process.env.HISTORY_PHASE_MS ?? 2500);
const kills = Number(process.env.HISTORY_KILLS ?? 3);
const tables = ['left', 'right'];
const registers = ['r0', 'r1', 'r2'];
const accounts = Array.from({ length: 4 }, (_, i) => `account${i}`);
const balance = 100;

const directory = path.join(temporaryDirectory('histories'), 'data');
let server;
let client;
let isOver = false;
after(async () => {
  isOver = true;
  client?.close();
  await server?.stop();
});

// Clients wait here while there is no server.
let open;
let up = new Promise((resolve) => {
  open = resolve;
});
// Every other server keeps one table open at most, so that tables close and open again under transactions.
let starts = 0;
async function start() {
  const flags = starts++ % 2 === 0 ? [] : configuredBy('[limits]\nopen_tables_max = 1\ntable_idle_close_ms = 30\n');
  server = await startDev({ directory, flags });
  client = new FastClient(server, { connections: 64 });
  open();
}
async function kill() {
  up = new Promise((resolve) => {
    open = resolve;
  });
  await server.kill();
  client.close();
}

// The answer, or undefined if nobody knows what came of the call; what the server is not to answer ends the test.
const faults = [];
async function ask(operation, body) {
  await up;
  try {
    const { status, json } = await client.call(operation, body);
    if (status >= 500) return undefined;
    return { ok: status === 200, name: json.__type?.split('#')[1], json };
  } catch {
    return undefined;
  }
}
function expect(answer, ...names) {
  if (answer && !answer.ok && !names.includes(answer.name)) faults.push(JSON.stringify(answer.json));
  return answer?.ok;
}

const histories = new Map();
// Runs a call and writes down what it was, under the name of what it is about. `meaning` of the answer; reads without
// one are not written down.
async function record(name, call, meaning) {
  await up;
  const start = performance.now();
  const answer = await call();
  const entry = { start, end: answer ? performance.now() : Infinity, ...meaning(answer) };
  if (!answer && entry.kind === 'read') return answer;
  if (!histories.has(name)) histories.set(name, []);
  histories.get(name).push(entry);
  return answer;
}

let last_value = 0;
const fresh = () => `v${++last_value}`;
const pick = (list) => list[Math.floor(Math.random() * list.length)];
const Key = (pk) => ({ pk: { S: pk } });
const valueOf = (item) => item?.v?.S ?? null;
const ifIs = (value) =>
  value === null
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : { ConditionExpression: 'v = :was', ExpressionAttributeValues: { ':was': { S: value } } };

// One item by calls of its own.
async function singly(known) {
  const pk = pick(registers);
  const TableName = 'left';
  const value = fresh();
  switch (Math.floor(Math.random() * 3)) {
    case 0: {
      const answer = await record(
        pk,
        () => ask('GetItem', { TableName, Key: Key(pk), ConsistentRead: true }),
        (got) => ({ kind: 'read', value: valueOf(got?.json.Item) }),
      );
      if (expect(answer)) known.set(pk, valueOf(answer.json.Item));
      return;
    }
    case 1: {
      const answer = await record(
        pk,
        () => ask('PutItem', { TableName, Item: { ...Key(pk), v: { S: value } } }),
        () => ({ kind: 'write', value }),
      );
      if (expect(answer)) known.set(pk, value);
      return;
    }
    default: {
      const from = known.get(pk) ?? null;
      const answer = await record(
        pk,
        () => ask('PutItem', { TableName, Item: { ...Key(pk), v: { S: value } }, ...ifIs(from) }),
        (got) => ({ kind: 'swap', from, value, failed: got && !got.ok }),
      );
      if (expect(answer, 'ConditionalCheckFailedException')) known.set(pk, value);
    }
  }
}

// A pair of items, one in each table, that only transactions touch: both always hold the same, as if they were one.
async function inPairs(known) {
  const pk = pick(['p0', 'p1']);
  const value = fresh();
  const put = (condition) => tables.map((TableName) => ({ Put: { TableName, Item: { ...Key(pk), v: { S: value } }, ...condition } }));
  switch (Math.floor(Math.random() * 3)) {
    case 0: {
      const answer = await record(
        pk,
        () => ask('TransactGetItems', { TransactItems: tables.map((TableName) => ({ Get: { TableName, Key: Key(pk) } })) }),
        (got) => ({ kind: 'read', value: valueOf(got?.json.Responses?.[0].Item) }),
      );
      if (!expect(answer)) return;
      const [one, other] = answer.json.Responses.map(({ Item }) => valueOf(Item));
      if (one !== other) faults.push(`${pk} is ${one} and ${other}`);
      known.set(pk, one);
      return;
    }
    case 1: {
      const answer = await record(
        pk,
        () => ask('TransactWriteItems', { TransactItems: put({}) }),
        () => ({ kind: 'write', value }),
      );
      if (expect(answer)) known.set(pk, value);
      return;
    }
    default: {
      const from = known.get(pk) ?? null;
      const answer = await record(
        pk,
        () => ask('TransactWriteItems', { TransactItems: put(ifIs(from)) }),
        (got) => ({ kind: 'swap', from, value, failed: got && !got.ok }),
      );
      if (expect(answer, 'TransactionCanceledException')) known.set(pk, value);
    }
  }
}

// A counter by itself, and one in each table by transactions that are asked again, with their token, until they are
// answered: they happen once.
let counted = 0;
async function counting() {
  await record(
    'counter',
    () =>
      ask('UpdateItem', {
        TableName: 'right',
        Key: Key('counter'),
        UpdateExpression: 'ADD n :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
        ReturnValues: 'UPDATED_NEW',
      }),
    (got) => ({ kind: 'add', value: got && Number(got.json.Attributes?.n.N) }),
  );
  const request = {
    ClientRequestToken: randomUUID(),
    TransactItems: tables.map((TableName) => ({
      Update: { TableName, Key: Key('counted'), UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': { N: '1' } } },
    })),
  };
  let answer;
  do answer = await ask('TransactWriteItems', request);
  while (!answer || answer.name === 'TransactionInProgressException');
  if (expect(answer)) ++counted;
}

const everyAccount = tables.flatMap((TableName) => accounts.map((pk) => ({ TableName, Key: Key(pk) })));
const sumOf = (items) => items.reduce((sum, item) => sum + Number(item.n.N), 0);
async function movingMoney() {
  if (Math.random() < 0.3) {
    const answer = await ask('TransactGetItems', { TransactItems: everyAccount.map((Get) => ({ Get })) });
    if (!expect(answer)) return;
    const sum = sumOf(answer.json.Responses.map(({ Item }) => Item));
    if (sum !== everyAccount.length * balance) faults.push(`the sum is ${sum}`);
    return;
  }
  const from = pick(everyAccount);
  const to = pick(everyAccount.filter((account) => account !== from));
  const values = { ':amount': { N: String(1 + Math.floor(Math.random() * 40)) } };
  const answer = await ask('TransactWriteItems', {
    TransactItems: [
      {
        Update: {
          ...from,
          UpdateExpression: 'SET n = n - :amount',
          ConditionExpression: 'n >= :amount',
          ExpressionAttributeValues: values,
        },
      },
      { Update: { ...to, UpdateExpression: 'SET n = n + :amount', ExpressionAttributeValues: values } },
    ],
  });
  expect(answer, 'TransactionCanceledException');
}

test('histories over kill -9 are explained by one order of their calls', { timeout: 300_000 * slowness }, async () => {
  await start();
  for (const name of tables) await createTable(server, name);
  for (const { TableName, Key: key } of everyAccount) {
    await client.succeed('PutItem', { TableName, Item: { ...key, n: { N: String(balance) } } });
  }
  let running = true;
  const clients = [singly, singly, singly, inPairs, inPairs, inPairs, counting, counting, movingMoney, movingMoney].map(async (step) => {
    const known = new Map();
    while (running && !isOver) await step(known);
  });
  for (let killed = 0; killed < kills; ++killed) {
    await sleep(phase_ms * (0.5 + Math.random() / 2));
    await kill();
    await start();
  }
  await sleep(phase_ms);
  running = false;
  await Promise.all(clients);
  assert.deepEqual(faults, []);

  // What is there at the end is one more read.
  for (const pk of [...registers, 'p0', 'p1']) {
    const { Item } = await client.succeed('GetItem', { TableName: 'left', Key: Key(pk), ConsistentRead: true });
    const now = performance.now();
    histories.get(pk).push({ start: now, end: now, kind: 'read', value: valueOf(Item) });
  }
  for (const TableName of tables) {
    const { Item } = await client.succeed('GetItem', { TableName, Key: Key('counted'), ConsistentRead: true });
    assert.equal(Number(Item.n.N), counted, 'what was asked again with its token happened once');
  }
  const { Responses } = await client.succeed('TransactGetItems', { TransactItems: everyAccount.map((Get) => ({ Get })) });
  assert.equal(sumOf(Responses.map(({ Item }) => Item)), everyAccount.length * balance);

  assert.deepEqual([...histories.keys()].sort(), ['counter', 'p0', 'p1', ...registers]);
  for (const [name, history] of histories) {
    assert.ok(history.length > 50, `${name} was called ${history.length} times`);
    const { ok, stuck } = linearizable(history, register, null);
    assert.ok(ok, `${name}, ${history.length} calls: no order explains\n${stuck?.map((call) => JSON.stringify(call)).join('\n')}`);
  }
  assert.ok(counted > 20, `${counted} transactions with tokens`);
});
