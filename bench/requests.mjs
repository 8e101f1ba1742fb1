// What a request costs the server, beside nginx answering a fixed 1 KiB to the same bytes; and an idle connection.
import { howMeasured, interleave, load, median, prose, settings, spread, table, whole } from './measure.mjs';
import { startBasalt, startNginx, stop } from './servers.mjs';

// [request, driver's command, over TLS, what a core may take for it in us, whether nginx is asked the same, its table]
const requests = [
  ['GetItem of 1 KiB, remembered', 'get', false, 16, true],
  ['GetItem of 1 KiB, remembered, over TLS 1.3', 'get', true],
  ['PutItem of 1 KiB, durable', 'put', false, 34, true],
  ['PutItem of 1 KiB, durable, over TLS 1.3', 'put', true],
  ['PutItem of 1 KiB with a global index and a stream of both images, durable', 'replace', false, 70, false, 'told'],
  ['UpdateItem, ADD under a condition, durable', 'update', false, 40],
  ['Query of 10 items of 1 KiB', 'query', false, 60],
  ['Scan of 500 items of 1 KiB', 'scan', false, 5000],
  ['BatchGetItem of 25 items of 1 KiB, remembered', 'batch-get', false, 200],
  ['BatchWriteItem of 25 puts of 1 KiB, durable', 'batch-write', false, 350],
  ['TransactWriteItems of 4 puts of 1 KiB in one table, durable', 'transact', false, 140],
];
const idleConnections = 1000;

function tableOf(runs, connections) {
  const cpu_us = (name) => median(runs.get(name).map((run) => run.server_cpu_us));
  const rows = requests.flatMap(([name, command, , target_us, besideNginx]) => {
    const row = (runName, label, target, ratio) => {
      const all = runs.get(runName);
      const of = (member) => all.map((run) => run[member]);
      return [
        label,
        target,
        cpu_us(runName).toFixed(1),
        spread(of('server_cpu_us')),
        ratio,
        whole(1e6 / cpu_us(runName)),
        whole(median(all.map((run) => run.requests / run.seconds))),
        whole(median(of('latency_p50_us'))),
        whole(median(of('latency_p99_us'))),
        median(of('client_cpu_us')).toFixed(1),
      ];
    };
    const nginx = `nginx ${command}`;
    const own = row(name, name, target_us ?? '', besideNginx ? (cpu_us(name) / cpu_us(nginx)).toFixed(2) : '');
    return besideNginx ? [own, row(nginx, `nginx, fixed 1 KiB, ${name.split(' ')[0]}'s request`, '', '')] : [own];
  });
  const head = [
    'request',
    'target us',
    'CPU us',
    'least-most',
    'times nginx',
    'a core could do / s',
    'done / s',
    'p50 us',
    'p99 us',
    'driver CPU us',
  ];
  return `${connections} connections, one request under way on each:\n\n${table(head, rows)}`;
}

// Resident bytes an idle connection costs, in the clear and over TLS, in a server without memory to use again.
async function measureIdle() {
  const basalt = await startBasalt();
  await load(basalt, 'prepare', { items: 10 });
  const bytes = [];
  for (const tls of [false, true]) bytes.push((await load(basalt, 'idle', { tls, connections: idleConnections })).bytes);
  await stop(basalt);
  return bytes;
}

export const title = 'Requests';
export async function measure() {
  const how = howMeasured();
  const basalt = await startBasalt();
  const nginx = await startNginx();
  await load(basalt, 'prepare');
  await load(basalt, 'prepare', { tableName: 'told', isTold: true });
  const tables = [];
  for (const connections of settings.connections) {
    const subjects = requests.flatMap(([name, command, tls, , besideNginx, tableName]) => [
      [name, () => load(basalt, command, { tls, connections, tableName })],
      ...(besideNginx ? [[`nginx ${command}`, () => load(nginx, command, { connections })]] : []),
    ]);
    tables.push(tableOf(await interleave(`requests, ${connections} connections`, subjects), connections));
  }
  await stop(basalt);
  await stop(nginx);
  const [idleClear, idleTls] = await measureIdle();
  return [
    prose(
      how,
      '`basalt serve` with one loop on core 0: signatures verified, files sealed with AES-256-GCM, every write synced before it is',
      'acknowledged; the driver on core 1 counts an answer only if it holds every item asked for.',
    ),
    ...tables,
    prose(
      `An idle connection costs the server ${(idleClear / 1024).toFixed(1)} KiB of resident memory in the clear,`,
      `${(idleTls / 1024).toFixed(1)} KiB over TLS (mean of ${idleConnections}, each after one request).`,
    ),
  ].join('\n\n');
}
