// What encryption costs: `basalt serve` of the release build beside one that writes the same files as plaintext and is
// otherwise the same (script/build plaintext). First instructions a request, counted by callgrind over the whole server
// process with its flushes and compactions, and of hot paths; then server CPU time a request in interleaved runs, on a
// machine that should be quiet. Writes its section of bench/RESULTS.md.
//   script/bench encryption
// BENCH_ROUNDS (7; 0: no times are taken) and BENCH_COUNTED (345000 writes, enough for two flushes and the compaction that
// merges them, and a third as many reads are counted; 0: none) set its size, and what bench/run.mjs names.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { countHotPaths, dumps, environment, whyNotCounted } from './callgrind.mjs';
import {
  home,
  howMeasured,
  interleave,
  load,
  median,
  must,
  prose,
  repository,
  settings,
  settled,
  spread,
  table,
  whole,
} from './measure.mjs';
import { readResults, writeResults } from './results.mjs';
import { startBasalt, stop } from './servers.mjs';

if (process.env.BENCH_ROUNDS === undefined) settings.rounds = 7;
const counted = Number(process.env.BENCH_COUNTED ?? 345_000);
const kinds = ['release', 'plaintext'];
const requests = [
  { name: 'GetItem of 1 KiB', command: 'get', counted: Math.ceil(counted / 3), target: '3 %' },
  { name: 'PutItem of 1 KiB, durable', command: 'put', counted, target: '5 %' },
];
// Its hot paths that touch files, or might.
const isOfItems = ({ name }) => /^(GetItem|PutItem|UpdateItem|Batch)/.test(name);

const buildOf = (kind) => path.join(repository, 'build', kind);
const percent = (sealed, plain) => `${((sealed / plain - 1) * 100).toFixed(1)} %`;

// That each build is what it is taken for: names of attributes can be read in the files of one, and of one alone.
function checkFiles(kind, { directory }) {
  const tables = path.join(directory, 'tables');
  const readable = readdirSync(tables).some((folder) =>
    readdirSync(path.join(tables, folder)).some((file) => readFileSync(path.join(tables, folder, file)).includes('attribute0')),
  );
  if (readable !== (kind === 'plaintext')) throw new Error(`of the ${kind} build, files that can be read: ${readable}`);
}

// Instructions a request of the whole process, by the driver's command. What the requests leave to be done in the
// background is counted with them, and what was left before is not.
async function countServer(kind) {
  const out = path.join(home, `${kind}.callgrind`);
  const pins = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const server = await startBasalt({
    build: buildOf(kind),
    under: ['env', ...pins, 'valgrind', '--tool=callgrind', '--quiet', '--instr-atstart=no', `--callgrind-out-file=${out}`],
  });
  const control = (...flags) => must('callgrind_control', [...flags, String(server.pids[0])]);
  const quiet = () => settled(server.pids, { quiet_ms: 2000, waits_max: 300 });
  const send = (command, number) => load(server, command, { items: settings.items, requests: number });
  await load(server, 'prepare', { items: settings.items });
  const counts = {};
  for (const { command, counted: number } of requests) {
    await send(command, settings.items);
    await quiet();
    control('-i', 'on');
    await send(command, 500);
    control('-z');
    let answered = 0;
    // Not more at a time than are sent before their signatures expire.
    while (answered < number) answered += (await send(command, Math.min(50_000, number - answered))).requests;
    await quiet();
    control(`--dump=${command}`);
    control('-i', 'off');
    counts[command] = dumps(out).find(({ trigger }) => trigger?.includes(command)).total / answered;
  }
  await stop(server);
  checkFiles(kind, server);
  return counts;
}

async function measureInstructions() {
  const reason = counted === 0 ? 'none were asked for' : whyNotCounted();
  if (reason) return `No instructions were counted: ${reason}.`;
  console.error('counting instructions of both servers ...');
  const servers = [];
  for (const kind of kinds) servers.push(await countServer(kind));
  console.error('counting instructions of hot paths ...');
  const [sealed, plain] = kinds.map((kind) => countHotPaths(buildOf(kind)).filter(isOfItems));
  const row = (name, a, b, target) => [name, whole(a), whole(b), percent(a, b), target];
  return [
    prose(
      'Instructions a request under callgrind, all threads. Of the whole server, one loop:',
      `${settings.connections[0]} connections, ${whole(counted)} writes and a third as many reads over ${whole(settings.items)} items, with the`,
      'flushes and compactions they cause. Below, hot paths of bench/instructions.json, without any.',
    ),
    table(
      ['request', 'sealed', 'plaintext', 'sealed costs more', 'target'],
      [
        ...requests.map(({ name, command, target }) => row(`${name}, whole server`, servers[0][command], servers[1][command], target)),
        ...sealed.map(({ name, instructions }, i) => row(name, instructions, plain[i].instructions, '')),
      ],
    ),
  ].join('\n\n');
}

async function measureTimes() {
  if (settings.rounds === 0) return 'No times were taken.';
  const how = howMeasured();
  const servers = [];
  for (const kind of kinds) {
    servers.push(await startBasalt({ build: buildOf(kind) }));
    await load(servers.at(-1), 'prepare');
  }
  const subjects = requests.flatMap(({ command }) => kinds.map((kind, i) => [`${command} ${kind}`, () => load(servers[i], command)]));
  const runs = await interleave('encryption', subjects);
  for (const [i, kind] of kinds.entries()) {
    await stop(servers[i]);
    checkFiles(kind, servers[i]);
  }
  const rows = requests.map(({ name, command }) => {
    const [sealed, plain] = kinds.map((kind) => runs.get(`${command} ${kind}`).map((run) => run.server_cpu_us));
    const [a, b] = [sealed, plain].map(median);
    return [name, a.toFixed(2), spread(sealed), b.toFixed(2), spread(plain), percent(a, b)];
  });
  return [
    prose('Server CPU time a request, us.', how, `${settings.connections[0]} connections; one loop on core 0, the driver on core 1.`),
    table(['request', 'sealed', 'least-most', 'plaintext', 'least-most', 'sealed costs more'], rows),
  ].join('\n\n');
}

const programs = ['basalt', 'basalt-load', 'basalt-hot-paths'];
for (const kind of kinds) {
  must(path.join(repository, 'script/build'), [kind, ...programs]);
  const version = must(path.join(buildOf(kind), 'basalt'), ['--version']);
  if (version.includes('NOT ENCRYPTED') !== (kind === 'plaintext')) throw new Error(`the ${kind} build says of itself: ${version}`);
}
const text = [
  prose('Written by `script/bench encryption`: the release build beside the same sources with `BASALT_PLAINTEXT_FILES`.'),
  await measureInstructions(),
  await measureTimes(),
].join('\n\n');
console.log(text);
const results = readResults();
results.sections.set('What encryption costs', text);
writeResults(results);
process.exit(0);
