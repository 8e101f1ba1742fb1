// What encryption costs: `basalt serve` of the release build beside one that writes the same files as plaintext and is
// otherwise the same (script/build plaintext). First instructions a request, counted by callgrind over the whole server
// process with its flushes and compactions; then, unless BENCH_ROUNDS is 0, server CPU time a request in interleaved
// runs on a machine that should be quiet. Writes its section of bench/RESULTS.md.
//   script/bench encryption
// BENCH_ROUNDS (7), BENCH_MS (4000 a run), BENCH_CONNECTIONS (32), BENCH_ITEMS (20000), BENCH_COUNTED (60000 writes and a
// third as many reads under callgrind; 0: none) set its size.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { countHotPaths, dumps, environment, whyNotCounted } from './callgrind.mjs';
import { home, initBasalt, load, median, must, pinned, portsOf, replaceSection, repository, sleep, start, table } from './support.mjs';

const rounds = Number(process.env.BENCH_ROUNDS ?? 7);
const measured_ms = Number(process.env.BENCH_MS ?? 4000);
const connections = Number(process.env.BENCH_CONNECTIONS ?? 32);
const items = Number(process.env.BENCH_ITEMS ?? 20_000);
const counted = Number(process.env.BENCH_COUNTED ?? 60_000);
const driver = path.join(repository, 'build/release/bench/basalt-load');
const kinds = ['release', 'plaintext'];
const requests = [
  ['GetItem of 1 KiB', 'get'],
  ['PutItem of 1 KiB, durable', 'put'],
];
const targets = { get: '3 %', put: '5 %' };

const program = (kind) => path.join(repository, 'build', kind, 'basalt');
const percent = (sealed, plain) => `${((sealed / plain - 1) * 100).toFixed(1)} %`;
const whole = (number) => Math.round(number).toLocaleString('en');

async function serve(kind, name, command, words, more = []) {
  const { directory, configuration, accessKeyId, secret } = initBasalt(program(kind), name);
  const file = path.join(home, `${name}.toml`);
  writeFileSync(file, [...configuration, ...more, '[[listener]]', 'addr = "127.0.0.1:0"'].join('\n'));
  const child = start(command, [...words, program(kind), 'serve', '--config', file], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...(command === 'valgrind' ? environment : {}) },
  });
  const { http } = await portsOf(child, 1);
  return { kind, directory, child, pid: child.pid, port: http, accessKeyId, secret };
}

const ended = (server) =>
  new Promise((resolve) => {
    server.child.once('exit', resolve);
    server.child.kill('SIGTERM');
  });

// That each build is what it is taken for: item names are readable in the files of one, and of one alone.
function checkFiles(server) {
  const tables = path.join(server.directory, 'tables');
  const readable = readdirSync(tables).some((table) =>
    readdirSync(path.join(tables, table)).some((file) => readFileSync(path.join(tables, table, file)).includes('attribute0')),
  );
  if (readable !== (server.kind === 'plaintext')) throw new Error(`files of the ${server.kind} build: readable is ${readable}`);
}

// Until a process has nothing more to do: what was written in the background is flushed and compacted.
async function settled({ pid }) {
  const ticks = () => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return Number(fields[11]) + Number(fields[12]);
  };
  for (let before = -Infinity, now = ticks(); now > before + 2; now = ticks()) {
    before = now;
    await sleep(2000);
  }
}

// Instructions a request of the whole process, by the command of the load driver.
async function countServer(kind) {
  const out = path.join(home, `${kind}.callgrind`);
  const words = ['--tool=callgrind', '--quiet', '--instr-atstart=no', `--callgrind-out-file=${out}`];
  // Memtables of 16 MiB (64 would be the default), so that the counted puts see several flushes and a compaction.
  const limits = ['[limits]', `write_buffer_bytes = ${64 << 20}`];
  const server = await serve(kind, `${kind}-counted`, 'valgrind', words, [...limits, '[server]', 'loops = 1']);
  const control = (flag) => must('callgrind_control', [...flag, String(server.pid)]);
  load(driver, server, 'prepare', { items, connections });
  const counts = {};
  for (const [, command] of requests) {
    load(driver, server, command, { items, connections, requests: items });
    await settled(server);
    control(['-i', 'on']);
    load(driver, server, command, { items, connections, requests: 500 });
    control(['-z']);
    const { requests: answered } = load(driver, server, command, {
      items,
      connections,
      requests: command === 'get' ? Math.ceil(counted / 3) : counted,
    });
    await settled(server);
    control([`--dump=${command}`]);
    control(['-i', 'off']);
    counts[command] = dumps(out).find(({ trigger }) => trigger?.includes(command)).total / answered;
  }
  await ended(server);
  checkFiles(server);
  return counts;
}

must(path.join(repository, 'script/build'), ['release', 'basalt', 'basalt-load', 'basalt-hot-paths']);
must(path.join(repository, 'script/build'), ['plaintext', 'basalt', 'basalt-hot-paths']);
for (const kind of kinds) {
  const version = must(program(kind), ['--version']);
  if (version.includes('NOT ENCRYPTED') !== (kind === 'plaintext')) throw new Error(`the ${kind} build says it is ${version}`);
}
const parts = [];

const reason = counted === 0 ? 'none was asked for' : whyNotCounted();
if (reason) {
  parts.push(`No instructions were counted: ${reason}.`);
} else {
  console.error('counting instructions of both servers ...');
  const counts = {};
  for (const kind of kinds) counts[kind] = await countServer(kind);
  console.error('counting instructions of hot paths ...');
  const [sealed, plain] = kinds.map((kind) => countHotPaths(path.join(repository, 'build', kind)));
  const rows = requests.map(([name, command]) => {
    const [a, b] = kinds.map((kind) => counts[kind][command]);
    return [`${name}, whole server`, whole(a), whole(b), percent(a, b), targets[command]];
  });
  const paths = sealed
    .map(({ name, instructions }, i) => [
      name,
      whole(instructions),
      whole(plain[i].instructions),
      percent(instructions, plain[i].instructions),
      '',
    ])
    .filter(([name]) => /Item/.test(name) && !/parsed/.test(name));
  parts.push(
    `Instructions a request of \`basalt serve\` under callgrind, all threads: ${connections} connections, ${whole(counted)} writes (a third as many reads) ` +
      `over ${whole(items)} items, one loop, memtables of 16 MiB, flushes and compactions included. ` +
      'Below, the hot paths of bench/instructions.json in both builds, without flushes.',
    table(['request', 'sealed', 'plaintext', 'sealed costs more', 'at most'], [...rows, ...paths]),
  );
  console.log(parts.at(-1));
}

if (rounds > 0) {
  const servers = [];
  for (const kind of kinds) servers.push(await serve(kind, `${kind}-timed`, ...pinned(0, 'env', ['--'])));
  console.error('loading both servers ...');
  for (const server of servers) load(driver, server, 'prepare', { items, connections });
  const runs = new Map();
  for (let round = 1; round <= rounds; round++) {
    console.error(`round ${round} of ${rounds} ...`);
    for (const [, command] of requests) {
      for (const server of round % 2 === 0 ? [...servers].reverse() : servers) {
        const key = `${command} ${server.kind}`;
        runs.set(key, [
          ...(runs.get(key) ?? []),
          load(driver, server, command, { items, connections, 'measured-ms': measured_ms }).server_cpu_us,
        ]);
      }
    }
  }
  for (const server of servers) {
    await ended(server);
    checkFiles(server);
  }
  const spread = (numbers) => `${Math.min(...numbers).toFixed(1)}-${Math.max(...numbers).toFixed(1)}`;
  const rows = requests.map(([name, command]) => {
    const [sealed, plain] = kinds.map((kind) => runs.get(`${command} ${kind}`));
    const [a, b] = [sealed, plain].map(median);
    return [name, a.toFixed(2), spread(sealed), b.toFixed(2), spread(plain), percent(a, b)];
  });
  parts.push(
    `Server CPU time a request, us: medians of ${rounds} interleaved runs of ${measured_ms / 1000} s, server on core 0, driver on core 1, load average ` +
      `${os.loadavg()[0].toFixed(1)} at the end.`,
    table(['request', 'sealed', 'least-most', 'plaintext', 'least-most', 'sealed costs more'], rows),
  );
  console.log(parts.at(-1));
}

replaceSection('What encryption costs', `Written by \`script/bench encryption\`.\n\n${parts.join('\n\n')}`);
process.exit(0);
