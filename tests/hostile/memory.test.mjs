// What bounds memory, for real: a server with small bounds is attacked in every way that could make it hold much, and
// the kernel's account of its memory stays below the sum that the readme states, while a client that behaves is served.
import { after, before, test } from 'node:test';
import assert from 'node:assert/strict';
import net from 'node:net';
import zlib from 'node:zlib';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { GoodClient } from '../support/good_client.mjs';
import { initialize, sleep, startDev, startServe, temporaryDirectory } from '../support/server.mjs';
import { sanitized, slowness } from '../support/paths.mjs';
import { Connection, hostOf, jsonType, operationBytes, requestBytes, succeed } from '../support/wire.mjs';
import { createTable } from '../support/tables.mjs';

const mebibyte = 1 << 20;
const loops = 2;
const admitted_bytes_max = 64 * mebibyte;
const scratch_bytes = 320 * mebibyte; // of a loop, while it unpacks and parses one body of 16 MiB
const connection_bytes = 40 << 10;
const connections_max = 2000;
const limits = `
[server]
loops = ${loops}
[limits]
connections_max = ${connections_max}
admitted_bytes_max = ${admitted_bytes_max}
block_cache_bytes = ${16 * mebibyte}
item_cache_bytes = ${16 * mebibyte}
write_buffer_bytes = ${16 * mebibyte}
`;

let server;
let bound;
let good;
before(async () => {
  const file = path.join(temporaryDirectory('limits'), 'basalt.toml');
  writeFileSync(file, limits);
  server = await startDev({ flags: ['--config', file] });
  await createTable(server, 'items');
  await createTable(server, 'wide');
  for (let i = 0; i < 5; i++)
    await succeed(server, 'PutItem', { TableName: 'wide', Item: { pk: { S: `w${i}` }, v: { S: 'x'.repeat(200_000) } } });
  good = await GoodClient.start(server, 'items');
  bound =
    server.residentBytes() +
    16 * mebibyte +
    16 * mebibyte +
    2 * 16 * mebibyte +
    loops * (admitted_bytes_max + scratch_bytes) +
    connections_max * connection_bytes;
});
after(async () => {
  await good.stop();
  await server.stop();
});

// Runs the attack and compares the peak of memory with the bound; every small request of the good client succeeds.
async function staysBounded(context, attack) {
  server.forgetPeak();
  await good.report();
  await attack();
  const { calls, failures, worst_ms } = await good.report(10);
  const peak = server.peakResidentBytes();
  context.diagnostic(
    `peak ${Math.round(peak / mebibyte)} MiB of ${Math.round(bound / mebibyte)}, ${calls} good calls, worst ${worst_ms.toFixed(0)} ms`,
  );
  assert.deepEqual(failures, []);
  if (!sanitized) assert.ok(peak <= bound, `${Math.round(peak / mebibyte)} MiB of ${Math.round(bound / mebibyte)} MiB`);
}

function open(count, listen = () => {}) {
  return Array.from({ length: count }, () => {
    const socket = net.connect({ host: server.host, port: server.port });
    socket.on('error', () => {});
    socket.on('data', (bytes) => listen(bytes, socket));
    return socket;
  });
}
const close = (sockets) => sockets.forEach((socket) => socket.destroy());
const declared = (size) => `POST / HTTP/1.1\r\nhost: ${hostOf(server)}\r\ncontent-type: ${jsonType}\r\ncontent-length: ${size}\r\n\r\n`;

// Answers by status, of one request on each of `count` connections.
async function statuses(count, bytes) {
  const seen = {};
  await Promise.all(
    Array.from({ length: count }, async () => {
      const connection = new Connection(server);
      try {
        await connection.send(bytes);
        const response = await connection.readResponse({ timeout_ms: 60_000 * slowness });
        const status = response?.status ?? 'closed';
        seen[status] = (seen[status] ?? 0) + 1;
      } finally {
        connection.close();
      }
    }),
  );
  return seen;
}

test('bodies that are announced and never sent keep nobody out', async (context) => {
  const sockets = open(500);
  for (const socket of sockets) socket.write(declared(16 * mebibyte));
  await staysBounded(context, async () => {
    await sleep(300);
    const item = { pk: { S: 'large' }, v: { S: 'x'.repeat(390_000) } };
    await succeed(server, 'PutItem', { TableName: 'items', Item: item });
    await succeed(server, 'BatchWriteItem', {
      RequestItems: { items: Array.from({ length: 20 }, (_, i) => ({ PutRequest: { Item: { ...item, pk: { S: `b${i}` } } } })) },
    });
  });
  close(sockets);
});

test('bodies that arrive by half and stop make room for one that comes whole', async (context) => {
  let refused = 0;
  const sockets = open(200, (bytes) => {
    if (!bytes.includes('HTTP/1.1 503')) return;
    if (bytes.includes('{"__type":"com.amazon.coral.availability#ServiceUnavailableException",')) refused++;
  });
  const half = Buffer.from(declared(4 * mebibyte) + 'x'.repeat(2 * mebibyte));
  await staysBounded(context, async () => {
    for (const socket of sockets) socket.write(half);
    await sleep(2500);
    // All of the large share is taken by those who stopped: this one takes it from them.
    const whole = {
      RequestItems: {
        items: Array.from({ length: 25 }, (_, i) => ({ PutRequest: { Item: { pk: { S: `w${i}` }, v: { S: 'x'.repeat(390_000) } } } })),
      },
    };
    await succeed(server, 'BatchWriteItem', whole);
  });
  assert.ok(refused > 100, `${refused} of 200 halves were refused: in all they are 400 MiB`);
  close(sockets);
});

test('documents whose nodes take twelve times their bytes', async (context) => {
  const document = (size) => `{"TableName":"items","Item":{"pk":{"S":"n"}},"Ignored":[0${',0'.repeat(size / 2)}]}`;
  const small = operationBytes(server, 'PutItem', document(2 * mebibyte));
  const large = operationBytes(server, 'PutItem', document(15 * mebibyte));
  await staysBounded(context, async () => {
    const some = await statuses(sanitized ? 10 : 40, small);
    assert.ok(some[200] > 0, JSON.stringify(some));
    assert.deepEqual(
      Object.keys(some).filter((status) => !['200', '503'].includes(status)),
      [],
      JSON.stringify(some),
    );
    // The bound is too small for one of these, so none is served, and nothing breaks.
    const none = await statuses(sanitized ? 2 : 6, large);
    assert.deepEqual(Object.keys(none), ['503'], JSON.stringify(none));
  });
});

test('gzip bombs', async (context) => {
  const bomb = (body) =>
    operationBytes(server, 'ListTables', zlib.gzipSync(body, { level: 9 }), { headers: { 'content-encoding': 'gzip' } });
  const much = Buffer.alloc(64 * mebibyte, ' ');
  const document = Buffer.from(`{"Ignored":[0${',0'.repeat(mebibyte)}]}`);
  await staysBounded(context, async () => {
    assert.deepEqual(await statuses(sanitized ? 4 : 20, bomb(much)), { 413: sanitized ? 4 : 20 });
    const served = await statuses(sanitized ? 4 : 20, bomb(document));
    assert.deepEqual(
      Object.keys(served).filter((status) => !['200', '503'].includes(status)),
      [],
      JSON.stringify(served),
    );
  });
});

test('answers of a megabyte that nobody reads', async (context) => {
  const scan = Buffer.concat(Array(8).fill(operationBytes(server, 'Scan', { TableName: 'wide' })));
  const sockets = open(150);
  for (const socket of sockets) {
    socket.pause();
    socket.write(scan);
  }
  await staysBounded(context, () => sleep(2000));
  close(sockets);
});

test('a full house of connections, each with half a head of 30 KiB', async (context) => {
  const sockets = open(sanitized ? 300 : 1500);
  const half = `POST / HTTP/1.1\r\n${'x-filler: '.padEnd(1000, 'y').concat('\r\n').repeat(30)}`;
  await staysBounded(context, async () => {
    for (const socket of sockets) socket.write(half);
    await sleep(1500);
  });
  close(sockets);
});

test('tiny chunks, and chunked bodies without an end', async (context) => {
  const sockets = open(100);
  const head = `POST / HTTP/1.1\r\nhost: ${hostOf(server)}\r\ncontent-type: ${jsonType}\r\ntransfer-encoding: chunked\r\n\r\n`;
  const piece = Buffer.from('1\r\nx\r\n'.repeat(20_000));
  await staysBounded(context, async () => {
    for (const socket of sockets) socket.write(head);
    for (let i = 0; i < 5; i++) {
      for (const socket of sockets) if (socket.writable) socket.write(i % 2 ? piece : `80000\r\n${'y'.repeat(0x80000)}\r\n`);
      await sleep(200);
    }
  });
  close(sockets);
});

test('when it is over memory comes back and large requests are served', async () => {
  const whole = {
    RequestItems: {
      items: Array.from({ length: 25 }, (_, i) => ({ PutRequest: { Item: { pk: { S: `z${i}` }, v: { S: 'x'.repeat(390_000) } } } })),
    },
  };
  for (let i = 0; i < 5; i++) await succeed(server, 'BatchWriteItem', whole);
});

test('large bodies of strangers do not keep out those of a known signer', async () => {
  const file = path.join(temporaryDirectory('limits'), 'basalt.toml');
  writeFileSync(file, limits.replace(/loops = \d+/, 'loops = 1'));
  const place = await initialize();
  const earnest = await startServe(place, { flags: ['--config', file] });
  const credentials = place.credentials['111111111111'];
  await createTable(earnest, 'items', { options: { credentials } });
  // They keep sending, so that none of them has stalled, and hold all that strangers may.
  const sockets = Array.from({ length: 100 }, () => {
    const socket = net.connect({ host: earnest.host, port: earnest.port });
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.write(requestBytes({ headers: { host: hostOf(earnest), 'content-type': jsonType, 'content-length': 16 * mebibyte }, body: '' }));
    return socket;
  });
  const more = Buffer.alloc(150_000, ' ');
  const sending = setInterval(() => {
    for (const socket of sockets) if (socket.writable && socket.writableLength < 300_000) socket.write(more);
  }, 200);
  try {
    await sleep(1000);
    const item = { pk: { S: 'known' }, v: { S: 'x'.repeat(390_000) } };
    for (let i = 0; i < 10; i++)
      await succeed(
        earnest,
        'BatchWriteItem',
        { RequestItems: { items: Array.from({ length: 10 }, (_, k) => ({ PutRequest: { Item: { ...item, pk: { S: `k${k}` } } } })) } },
        { credentials },
      );
  } finally {
    clearInterval(sending);
    close(sockets);
    await earnest.stop();
  }
});
