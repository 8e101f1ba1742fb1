// Crowds: thousands of connections that do nothing, or do it slowly, or come and go, or are cut in the middle; while a
// client that behaves gets every answer. What it costs that client is printed, not asserted: bench/RESULTS.md has it.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import net from 'node:net';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { GoodClient } from '../support/good_client.mjs';
import { sleep, startDev, temporaryDirectory } from '../support/server.mjs';
import { sanitized, slowness } from '../support/paths.mjs';
import { Connection, call, hostOf, jsonType, operationBytes, succeed } from '../support/wire.mjs';
import { createTable } from '../support/tables.mjs';

let server;
let good;
before(async () => {
  server = await startDev({ inMemory: true });
  await createTable(server, 'items');
  await createTable(server, 'wide');
  for (let i = 0; i < 5; i++)
    await succeed(server, 'PutItem', { TableName: 'wide', Item: { pk: { S: `w${i}` }, v: { S: 'x'.repeat(200_000) } } });
  good = await GoodClient.start(server, 'items');
});
after(async () => {
  await good.stop();
  await server.stop();
});

const declared = (size) => `POST / HTTP/1.1\r\nhost: ${hostOf(server)}\r\ncontent-type: ${jsonType}\r\ncontent-length: ${size}\r\n\r\n`;

// Opens `count` connections and sends `bytes` on each. Nothing they say matters.
async function open(count, bytes = '', target = server) {
  const sockets = [];
  for (let i = 0; i < count; i += 200) {
    await Promise.all(
      Array.from({ length: Math.min(200, count - i) }, (_, k) => {
        const socket = net.connect({ host: target.host, port: target.port });
        sockets.push(socket);
        return new Promise((resolve) => {
          socket.on('connect', () => {
            if (bytes.length) socket.write(bytes);
            resolve();
          });
          socket.on('error', resolve);
          if (k < 0) resolve();
        });
      }),
    );
  }
  return sockets;
}
const close = (sockets) => sockets.forEach((socket) => socket.destroy());

// While `trouble` lasts the good client is answered, each time, in a time that no SDK would give up in.
async function staysWell(context, trouble, { calls = 20 } = {}) {
  const calm = await good.report(500);
  assert.deepEqual(calm.failures, []);
  let done = false;
  const ended = (async () => trouble())().finally(() => {
    done = true;
  });
  let total = 0;
  let worst_ms = 0;
  const medians = [];
  while (!done || total < calls) {
    const { calls: some, failures, median_ms, worst_ms: worst } = await good.report(300);
    assert.deepEqual(failures, []);
    total += some;
    medians.push(median_ms);
    worst_ms = Math.max(worst_ms, worst);
    if (!done) continue;
    assert.ok(total > 0, 'the good client got no answer');
    if (total >= calls) break;
  }
  await ended;
  medians.sort((a, b) => a - b);
  const median_ms = medians[Math.floor(medians.length / 2)];
  context.diagnostic(
    `${total} good calls, median ${median_ms.toFixed(2)} ms (calm ${calm.median_ms.toFixed(2)}), worst ${worst_ms.toFixed(0)} ms`,
  );
  assert.ok(worst_ms < 5000 * slowness, `a good call took ${worst_ms} ms`);
}

test('two thousand idle connections cost others nothing, and next to no processor time', async (context) => {
  const count = sanitized ? 500 : 2000;
  const idle = await open(count);
  await staysWell(context, () => sleep(1500));
  await good.stop();
  const before_ms = server.cpuMs();
  await sleep(2000);
  const spent_ms = server.cpuMs() - before_ms;
  assert.ok(spent_ms < 400 * slowness, `${count} idle connections took ${spent_ms} ms of processor time in 2 s`);
  close(idle);
  good = await GoodClient.start(server, 'items');
});

test('two thousand heads, bodies and answers that move a byte at a time', async (context) => {
  const count = sanitized ? 60 : 500;
  const whole = operationBytes(server, 'ListTables', JSON.stringify({ ignored: 'x'.repeat(5000) })).toString('latin1');
  const crowds = [
    await open(count, 'POST / HTTP/1.1\r\nx-slow: '),
    await open(count, whole.slice(0, -4000)),
    await open(count, declared(16 << 20) + '{"ignored":"'),
    await open(count, 'POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\n'),
  ];
  await staysWell(context, async () => {
    for (let i = 0; i < 6; i++) {
      for (const [k, crowd] of crowds.entries()) {
        for (const socket of crowd) if (socket.writable) socket.write(k === 3 ? '1\r\nx\r\n' : 'x');
      }
      await sleep(250);
    }
  });
  crowds.forEach(close);
});

test('clients that never read their answers', async (context) => {
  const scan = operationBytes(server, 'Scan', { TableName: 'wide' });
  const greedy = await open(100);
  for (const socket of greedy) {
    socket.pause();
    socket.write(Buffer.concat(Array(20).fill(scan)));
  }
  await staysWell(context, () => sleep(1500));
  close(greedy);
});

test('a pipelined flood on some connections is served a bite at a time', async (context) => {
  const bite = Buffer.concat(Array(200).fill(operationBytes(server, 'ListTables', '{}')));
  const flooding = await open(20);
  let answered = 0;
  for (const socket of flooding)
    socket.on('data', (bytes) => {
      answered += bytes.length;
    });
  await staysWell(context, async () => {
    for (let i = 0; i < 5; i++) {
      for (const socket of flooding) socket.write(bite);
      await sleep(200);
    }
  });
  const deadline = Date.now() + 20_000 * slowness;
  const expected = 20 * 5 * 200 * 100; // an answer has more than 100 bytes
  while (answered < expected && Date.now() < deadline) await sleep(50);
  assert.ok(answered >= expected, `${answered} bytes of answers came`);
  close(flooding);
});

test('ten thousand connections that come and go', async (context) => {
  const rounds = sanitized ? 10 : 100;
  const descriptors = server.openDescriptors();
  await staysWell(context, async () => {
    for (let round = 0; round < rounds; round++) {
      const some = await open(100, round % 3 === 0 ? '' : round % 3 === 1 ? 'POST / HT' : declared(1000));
      for (const socket of some) round % 2 ? socket.resetAndDestroy() : socket.destroy();
    }
  });
  assert.ok(server.openDescriptors() <= Math.max(descriptors, 1024), `${server.openDescriptors()} descriptors`);
});

test('connections reset in the middle of everything', async (context) => {
  const requests = [
    operationBytes(server, 'Scan', { TableName: 'wide' }),
    operationBytes(server, 'PutItem', { TableName: 'items', Item: { pk: { S: 'torn' }, v: { S: 'y'.repeat(100_000) } } }),
  ];
  await staysWell(context, async () => {
    for (let round = 0; round < (sanitized ? 5 : 30); round++) {
      const some = await open(20);
      for (const [i, socket] of some.entries()) {
        const whole = requests[i % 2];
        socket.write(whole.subarray(0, i < 10 ? whole.length : Math.floor((whole.length * i) / 20)));
      }
      if (round % 2) await sleep(2);
      for (const socket of some) socket.resetAndDestroy();
    }
  });
  const { Item } = await succeed(server, 'GetItem', { TableName: 'items', Key: { pk: { S: 'torn' } } });
  assert.ok(Item === undefined || Item.v.S.length === 100_000);
});

test('half of all requests wrong, each refused for what it is, every good one verified', async (context) => {
  // Small and repeatable: the numbers of a linear congruential generator.
  let state = 20240607n;
  const random = (below) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number((state >> 33n) % BigInt(below));
  };
  const mutate = (whole) => {
    const bytes = Buffer.from(whole);
    switch (random(5)) {
      case 0:
        bytes[random(bytes.length)] = random(256);
        return bytes;
      case 1:
        return bytes.subarray(0, random(bytes.length));
      case 2: {
        const at = random(bytes.length);
        return Buffer.concat([bytes.subarray(0, at), bytes.subarray(random(bytes.length))]);
      }
      case 3: {
        const at = random(bytes.length);
        return Buffer.concat([bytes.subarray(0, at), Buffer.from(Array.from({ length: 1 + random(40) }, () => random(256))), bytes.subarray(at)]);
      }
      default: {
        const at = random(bytes.length);
        const end = Math.min(bytes.length, at + random(100));
        return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
      }
    }
  };
  const key = (i) => ({ pk: { S: `mutated ${i}` } });
  await staysWell(context, async () => {
    for (let i = 0; i < (sanitized ? 60 : 400); i++) {
      const valid = operationBytes(server, 'PutItem', { TableName: 'items', Item: { ...key(i), n: { N: String(i) }, l: { L: [{ BOOL: true }] } } });
      const wrong = new Connection(server);
      await wrong.send(mutate(valid));
      wrong.socket.end();
      await wrong.waitForClose({ timeout_ms: 30_000 * slowness });
      const { status } = /^HTTP\/1\.1 (?<status>\d{3})/.exec(wrong.received.toString('latin1'))?.groups ?? { status: '400' };
      assert.ok(Number(status) < 500 || status === '501' || status === '505', `seed 20240607, request ${i}: ${status}`);
      wrong.close();
      assert.equal((await call(server, 'PutItem', { TableName: 'items', Item: { ...key(i), n: { N: String(i) } } })).status, 200);
      const { Item } = await succeed(server, 'GetItem', { TableName: 'items', Key: key(i), ConsistentRead: true });
      assert.deepEqual(Item, { ...key(i), n: { N: String(i) } });
    }
  });
});

test('when the server is full, who waited longest goes, and newcomers are served', async () => {
  const file = path.join(temporaryDirectory('limits'), 'basalt.toml');
  writeFileSync(file, '[limits]\nconnections_max = 50\n');
  const small = await startDev({ inMemory: true, flags: ['--config', file] });
  await createTable(small, 'items');
  const idle = await open(50, '', small);
  let closed = 0;
  for (const socket of idle)
    socket.on('close', () => {
      closed++;
    });
  await sleep(3000);
  for (let i = 0; i < 20; i++) await succeed(small, 'ListTables', {});
  const client = await GoodClient.start(small, 'items');
  const { calls, failures } = await client.report(500);
  assert.deepEqual(failures, []);
  assert.ok(calls > 0);
  assert.ok(closed >= 1 && closed < 50, `${closed} of 50 idle connections were closed`);
  await client.stop();
  close(idle);
  await small.stop();
});

test('with few descriptors the server neither dies nor spins, keeps serving, and keeps its tables open', async () => {
  const few = await startDev({ descriptors: 128 });
  await createTable(few, 'items');
  const idle = await open(300, '', few);
  const before_ms = few.cpuMs();
  await sleep(2500);
  const spent_ms = few.cpuMs() - before_ms;
  assert.ok(spent_ms < 800 * slowness, `${spent_ms} ms of processor time in 2.5 s`);
  await createTable(few, 'another');
  const client = await GoodClient.start(few, 'another');
  const { calls, failures } = await client.report(500);
  assert.deepEqual(failures, []);
  assert.ok(calls > 0);
  await client.stop();
  close(idle);
  await few.stop();
});
