// A client that behaves, on a thread of its own so that whatever the test does beside it costs it nothing: writes an
// item and reads it back, over and over, and keeps account of every answer.
//
//   const good = await GoodClient.start(server, 'items');
//   const calm = await good.report(500);      // {calls, failures, median_ms, worst_ms} of the next 500 ms
//   ... trouble ...
//   const { failures } = await good.stop();   // of everything since the last report
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { FastClient } from './fast.mjs';

export class GoodClient {
  static async start(server, table, { pause_ms = 0 } = {}) {
    const worker = new Worker(new URL(import.meta.url), {
      workerData: { goodClientOf: { host: server.host, port: server.port }, table, pause_ms },
    });
    await once(worker, 'message'); // its first call is answered
    const client = new GoodClient();
    client.worker = worker;
    return client;
  }

  async report(duration_ms = 0) {
    if (duration_ms > 0) {
      await this.report();
      await sleep(duration_ms);
    }
    this.worker.postMessage('report');
    const [report] = await once(this.worker, 'message');
    return report;
  }

  async stop() {
    const report = await this.report();
    await this.worker.terminate();
    return report;
  }
}

async function run({ goodClientOf, table, pause_ms }) {
  const client = new FastClient(goodClientOf, { connections: 2 });
  let latencies = [];
  let failures = [];
  const timed = async (operation, body) => {
    const start = performance.now();
    try {
      return await client.succeed(operation, body);
    } finally {
      latencies.push(performance.now() - start);
    }
  };
  parentPort.on('message', () => {
    latencies.sort((a, b) => a - b);
    parentPort.postMessage({
      calls: latencies.length,
      failures,
      median_ms: latencies[Math.floor(latencies.length / 2)] ?? 0,
      worst_ms: latencies.at(-1) ?? 0,
    });
    latencies = [];
    failures = [];
  });
  for (let i = 0; ; i++) {
    const key = { pk: { S: `good ${i % 10}` } };
    const item = { ...key, n: { N: String(i) }, text: { S: `é${'x'.repeat(i % 500)}` } };
    try {
      await timed('PutItem', { TableName: table, Item: item });
      const { Item } = await timed('GetItem', { TableName: table, Key: key, ConsistentRead: true });
      if (Item?.n?.N !== item.n.N || Item?.text?.S !== item.text.S) failures.push(`read ${JSON.stringify(Item)?.slice(0, 100)}`);
    } catch (error) {
      failures.push(String(error));
    }
    if (i === 0) parentPort.postMessage('started');
    if (pause_ms > 0) await sleep(pause_ms);
  }
}

if (!isMainThread && workerData?.goodClientOf) await run(workerData);
