// The bench behind script/bench: server CPU time per request of `basalt serve` (verified signatures, encryption on,
// every write synced) beside nginx answering a fixed 1 KiB body, driven by the same driver in interleaved runs; then
// the Google Benchmark programs. Prints tables and writes bench/RESULTS.md.
// BENCH_BUILD (build/release), BENCH_ROUNDS (5), BENCH_MS (4000 a run), BENCH_CONNECTIONS (32), BENCH_ITEMS (20000) set its size.
import { spawnSync } from 'node:child_process';
import { closeSync, fdatasyncSync, openSync, readFileSync, readdirSync, statfsSync, writeFileSync, writeSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {
  home,
  initBasalt,
  load as loadWith,
  median,
  must,
  pinned,
  portsOf,
  repository,
  resultParts,
  sleep,
  start,
  table,
  titleOf,
  writeResults,
} from './support.mjs';

const build = path.resolve(process.env.BENCH_BUILD ?? path.join(repository, 'build/release'));
const program = path.join(build, 'basalt');
const driver = path.join(build, 'bench/basalt-load');
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const measured_ms = Number(process.env.BENCH_MS ?? 4000);
const connections = Number(process.env.BENCH_CONNECTIONS ?? 32);
const items = Number(process.env.BENCH_ITEMS ?? 20_000);

async function startBasalt() {
  const { configuration, accessKeyId, secret } = initBasalt(program, 'data');
  const [certificate, key] = ['tls.crt', 'tls.key'].map((name) => path.join(home, name));
  must(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=localhost'].concat([
      '-days',
      '1',
      '-out',
      certificate,
      '-keyout',
      key,
    ]),
  );
  const clear = ['[[listener]]', 'addr = "127.0.0.1:0"'];
  const tls = [...clear, `tls_cert = "${certificate}"`, `tls_key = "${key}"`];
  const file = path.join(home, 'basalt.toml');
  writeFileSync(file, [...configuration, ...clear, ...tls].join('\n'));
  const child = start(...pinned(0, program, ['serve', '--config', file]), { stdio: ['ignore', 'pipe', 'inherit'] });
  const ports = await portsOf(child, 2);
  return { name: 'basalt', pid: child.pid, port: ports.http, tlsPort: ports.https, accessKeyId, secret };
}

const freePort = () =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

async function startNginx() {
  const port = await freePort();
  const configuration = path.join(home, 'nginx.conf');
  writeFileSync(
    configuration,
    [
      'daemon off; master_process off; worker_processes 1;',
      `pid ${home}/nginx.pid; error_log ${home}/nginx.log;`,
      'events { worker_connections 1024; }',
      'http { access_log off; keepalive_requests 100000000; default_type application/x-amz-json-1.0;',
      `server { listen 127.0.0.1:${port}; location / { return 200 "${'x'.repeat(1024)}"; } } }`,
    ].join('\n'),
  );
  const child = start(...pinned(0, 'nginx', ['-c', configuration, '-e', path.join(home, 'nginx.log')]), {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  for (let i = 0; i < 100; i++) {
    const open = await new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
    if (open) return { name: 'nginx', pid: child.pid, port: String(port), accessKeyId: 'nobody', secret: 'nothing' };
    await sleep(50);
  }
  throw new Error(`nginx did not start: ${readFileSync(path.join(home, 'nginx.log'), 'utf8')}`);
}

function load(server, command, { tls = false, connectionCount = connections } = {}) {
  const more = { tls: tls ? 1 : 0, items, connections: connectionCount, 'measured-ms': measured_ms };
  return loadWith(driver, tls ? { ...server, port: server.tlsPort } : server, command, more);
}

function machine() {
  const cpu = readFileSync('/proc/cpuinfo', 'utf8').match(/^model name\s*: (.*)$/m)?.[1] ?? 'unknown processor';
  const release = readFileSync('/etc/os-release', 'utf8').match(/^PRETTY_NAME="(.*)"$/m)?.[1] ?? 'unknown system';
  const waits_us = [];
  const descriptor = openSync(path.join(home, 'sync'), 'w');
  for (let i = 0; i < 200; i++) {
    writeSync(descriptor, Buffer.alloc(4096));
    const start = process.hrtime.bigint();
    fdatasyncSync(descriptor);
    waits_us.push(Number(process.hrtime.bigint() - start) / 1000);
  }
  closeSync(descriptor);
  const type =
    { 0xef53: 'ext4', 0x58465342: 'xfs', 0x9123683e: 'btrfs', 0x01021994: 'tmpfs', 0x794c7630: 'overlay' }[statfsSync(home).type] ??
    'another file system';
  return [
    `${os.cpus().length} cores of ${cpu}, ${Math.round(os.totalmem() / 2 ** 30)} GiB of memory, load average at the start ${os.loadavg()[0].toFixed(1)}`,
    `${release}, Linux ${os.release()}, ${must('g++', ['--version']).split('\n')[0]}, ${spawnSync('nginx', ['-v'], { encoding: 'utf8' }).stderr.trim().split(': ').at(-1)}`,
    `data on ${type}; fdatasync of 4 KiB appended takes ${Math.round(median(waits_us))} us (median of 200)`,
  ];
}

const about = machine();
const basalt = await startBasalt();
const nginx = await startNginx();
console.error(`loading ${items} items ...`);
load(basalt, 'prepare');

const subjects = [
  ['GetItem of 1 KiB', basalt, 'get'],
  ['GetItem of 1 KiB over TLS 1.3', basalt, 'get', { tls: true }],
  ['PutItem of 1 KiB, durable', basalt, 'put'],
  ['PutItem of 1 KiB, durable, over TLS 1.3', basalt, 'put', { tls: true }],
  ['UpdateItem, durable', basalt, 'update'],
  ['Query of 10 items of 1 KiB', basalt, 'query'],
  ["nginx, fixed 1 KiB, GetItem's request", nginx, 'get'],
  ["nginx, fixed 1 KiB, PutItem's request", nginx, 'put'],
];
const runs = new Map(subjects.map(([name]) => [name, []]));
for (let round = 1; round <= rounds; round++) {
  console.error(`round ${round} of ${rounds} ...`);
  for (const [name, server, command, options] of subjects) runs.get(name).push(load(server, command, options));
}
const idleConnections = 1000;
const [idleClear, idleTls] = [false, true].map((tls) => load(basalt, 'idle', { tls, connectionCount: idleConnections }).bytes);
const idleLine =
  `An idle connection costs the server ${(idleClear / 1024).toFixed(1)} KiB of resident memory in the clear, ` +
  `${(idleTls / 1024).toFixed(1)} KiB over TLS (mean of ${idleConnections}, each after one request).`;

const spread = (numbers) => `${Math.min(...numbers).toFixed(1)}-${Math.max(...numbers).toFixed(1)}`;
const rows = subjects.map(([name]) => {
  const all = runs.get(name);
  const of = (member) => all.map((run) => run[member]);
  const rate = all.map((run) => run.requests / run.seconds);
  return [
    name,
    median(of('server_cpu_us')).toFixed(1),
    spread(of('server_cpu_us')),
    Math.round(1e6 / median(of('server_cpu_us'))).toLocaleString('en'),
    Math.round(median(rate)).toLocaleString('en'),
    Math.round(median(of('latency_p50_us'))).toLocaleString('en'),
    Math.round(median(of('latency_p99_us'))).toLocaleString('en'),
    median(of('client_cpu_us')).toFixed(1),
  ];
});
const header = ['request', 'server CPU us (median)', 'least-most', 'a core could do / s', 'done / s', 'p50 us', 'p99 us', 'driver CPU us'];
console.log(`${table(header, rows)}\n\n${idleLine}`);

// The pieces. Each program prints its own JSON.
const pieces = [];
for (const name of readdirSync(build)
  .filter((file) => file.endsWith('_bench'))
  .sort()) {
  console.error(`${name} ...`);
  const [command, words] = pinned(1, path.join(build, name), [
    '--benchmark_format=json',
    '--benchmark_repetitions=5',
    '--benchmark_min_time=0.1',
    '--benchmark_report_aggregates_only=true',
  ]);
  const { benchmarks } = JSON.parse(must(command, words, { stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 26 }));
  for (const bench of benchmarks.filter((b) => b.aggregate_name === 'median')) {
    const ns = bench.cpu_time * { ns: 1, us: 1e3, ms: 1e6, s: 1e9 }[bench.time_unit];
    pieces.push([name.replace(/_bench$/, ''), bench.run_name, ns < 10 ? ns.toFixed(2) : Math.round(ns).toLocaleString('en')]);
  }
}
const piecesTable = table(['program', 'benchmark', 'CPU ns (median of 5)'], pieces);
console.log(`\n${piecesTable}`);

// What others have measured stays as it is.
const others = resultParts().filter((part) => titleOf(part) && titleOf(part) !== 'Pieces');

writeResults([
  `# Figures

Written by \`script/bench\`. CPU time is user and system time of all threads of the server, from the kernel's account, divided by the requests of the
run; on a machine that other work shares it is the figure to trust, requests per second are not.

${about.map((line) => `- ${line}`).join('\n')}
- basalt serve on core 0: signatures verified, files sealed with AES-256-GCM, every write synced before it is acknowledged; the driver on core 1
- ${connections} connections, one request under way on each; ${items.toLocaleString('en')} items of about 1 KiB
- ${rounds} interleaved runs of ${measured_ms / 1000} s after 1 s of warm-up; medians

${table(header, rows)}

${idleLine}`,
  `## Pieces\n\n${piecesTable}`,
  ...others,
]);
process.exit(0);
