// What the parts of the bench share: its settings, the machine, the driver, medians and tables.
import { spawnSync } from 'node:child_process';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, readFileSync, rmSync, statfsSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const list = (text) => text.split(',').map((word) => word.trim());

export const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const measured_ms = Number(process.env.BENCH_MS ?? 4000);
export const settings = {
  build: path.resolve(process.env.BENCH_BUILD ?? path.join(repository, 'build/release')),
  rounds: Number(process.env.BENCH_ROUNDS ?? 5),
  measured_ms,
  // Longer: what flushes and compactions take comes in bursts seconds apart, and writes pay for it.
  writes_measured_ms: Number(process.env.BENCH_WRITES_MS ?? 3 * measured_ms),
  warm_up_ms: Number(process.env.BENCH_WARM_UP_MS ?? 1000),
  connections: list(process.env.BENCH_CONNECTIONS ?? '32,128').map(Number),
  items: Number(process.env.BENCH_ITEMS ?? 100_000),
  parts: process.env.BENCH_PARTS && list(process.env.BENCH_PARTS),
  results: path.resolve(process.env.BENCH_RESULTS ?? path.join(repository, 'bench/RESULTS.md')),
};
export const home = mkdtempSync(path.join(process.env.BENCH_DIRECTORY ?? os.tmpdir(), 'basalt-bench-'));
process.on('exit', () => rmSync(home, { recursive: true, force: true }));

export const sleep = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};
export const spread = (numbers, digits = 1) => `${Math.min(...numbers).toFixed(digits)}-${Math.max(...numbers).toFixed(digits)}`;
export const whole = (number) => Math.round(number).toLocaleString('en');
export const table = (head, lines) =>
  [`| ${head.join(' | ')} |`, `|${head.map(() => ' --- |').join('')}`, ...lines.map((line) => `| ${line.join(' | ')} |`)].join('\n');

// Prose in lines of at most 120 columns.
export function prose(...sentences) {
  const lines = [''];
  for (const word of sentences.join(' ').split(' ')) {
    if (`${lines.at(-1)} ${word}`.length > 120) lines.push(word);
    else lines.push(`${lines.pop()} ${word}`.trim());
  }
  return lines.join('\n');
}

export function must(command, words, options) {
  const end = spawnSync(command, words, { encoding: 'utf8', ...options });
  if (end.status !== 0) throw new Error(`${command} ${words.join(' ')}: ${end.stdout}${end.stderr}${end.error ?? ''}`);
  return end.stdout;
}
export const coreCount = os.cpus().length;
export const pinned = (cores, command, words) => (coreCount > 1 ? ['taskset', ['-c', String(cores), command, ...words]] : [command, words]);

const writes = new Set(['put', 'replace', 'update', 'batch-write', 'transact']);

// How the driver is called. `server` = {port, tlsPort, accessKeyId, secret, pids, anyAnswer, table}.
export function driverCall(server, command, options = {}) {
  const { tls = false, connections = settings.connections[0], items = settings.items, core = 1, measureAt_ms = 0, requests } = options;
  const { tableName = server.table ?? 'bench', isTold = false } = options;
  const words = [
    ['--port', tls ? server.tlsPort : server.port],
    ['--tls', tls ? 1 : 0],
    ['--access-key', server.accessKeyId],
    ['--server-pid', server.pids.join(',')],
    ['--any-answer', server.anyAnswer ? 1 : 0],
    ['--items', items],
    ['--table', tableName],
    ['--told', isTold ? 1 : 0],
    ['--connections', connections],
    ['--warm-up-ms', settings.warm_up_ms],
    ['--measure-at-ms', measureAt_ms],
    ['--measured-ms', writes.has(command) ? settings.writes_measured_ms : settings.measured_ms],
    ...(requests === undefined ? [] : [['--requests', requests]]),
  ];
  return {
    call: pinned(core, path.join(settings.build, 'bench/basalt-load'), [command, ...words.flat().map(String)]),
    environment: { ...process.env, BASALT_LOAD_SECRET: server.secret },
  };
}

// Until what a load left behind (compactions, mostly) is done, so that no other load pays for it.
function cpuTicks(pids) {
  const fields = pids.map((pid) =>
    readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' '),
  );
  return fields.reduce((sum, stat) => sum + Number(stat[11]) + Number(stat[12]), 0);
}
export async function settled(pids, { quiet_ms = 200, waits_max = 100 } = {}) {
  for (let wait = 0; wait < waits_max; wait++) {
    const before = cpuTicks(pids);
    await sleep(quiet_ms);
    if (cpuTicks(pids) - before <= 1) return;
  }
  throw new Error('the server has work to do that does not end');
}

export async function load(server, command, options) {
  await settled(server.pids);
  const { call, environment } = driverCall(server, command, options);
  return JSON.parse(must(...call, { env: environment }));
}

// Runs every subject once a round, so that what else the machine does falls on all of them alike. Subjects are
// [name, measure]; gives a map from name to what the rounds measured.
export async function interleave(what, subjects) {
  const runs = new Map(subjects.map(([name]) => [name, []]));
  for (let round = 1; round <= settings.rounds; round++) {
    console.error(`${what}: round ${round} of ${settings.rounds} ...`);
    for (const [name, measure] of subjects) runs.get(name).push(await measure());
  }
  return runs;
}
// Said at the head of a section.
export const howMeasured = (items = settings.items) =>
  `${settings.rounds} interleaved runs of ${settings.measured_ms / 1000} s (writes: ${settings.writes_measured_ms / 1000} s) ` +
  `after at least ${settings.warm_up_ms / 1000} s of warm-up; medians. ` +
  `${whole(items)} items of about 1 KiB; load average at the start ${os.loadavg()[0].toFixed(1)}.`;

export function machine() {
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
    `${coreCount} cores of ${cpu}, ${Math.round(os.totalmem() / 2 ** 30)} GiB of memory`,
    `${release}, Linux ${os.release()}, ${must('g++', ['--version']).split('\n')[0]}, ${spawnSync('nginx', ['-v'], { encoding: 'utf8' }).stderr.trim().split(': ').at(-1)}`,
    `data on ${type}; fdatasync of 4 KiB appended takes ${Math.round(median(waits_us))} us (median of 200)`,
  ];
}
