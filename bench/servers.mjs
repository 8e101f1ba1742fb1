// The servers under test: basalt, nginx as the yardstick, and the ladder. Each is pinned to cores and described by what
// the driver needs to reach and to measure it.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { home, must, pinned, settings, sleep } from './measure.mjs';

const children = [];
process.on('exit', () => {
  for (const child of children) child.kill(child.endedBy);
});
// `endedBy`: what it gets if the bench fails.
function start(cores, command, words, stdout, endedBy = 'SIGKILL') {
  const child = spawn(...pinned(cores, command, words), { stdio: ['ignore', stdout, 'inherit'] });
  child.endedBy = endedBy;
  children.push(child);
  return child;
}
export async function stop(server) {
  const { child } = server;
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => {
      child.once('exit', resolve);
    });
    child.kill('SIGTERM');
    await ended;
  }
  children.splice(children.indexOf(child), 1);
}

// Its output once that says what is waited for.
async function outputWith(child, pattern, name) {
  let output = '';
  child.stdout.on('data', (bytes) => {
    output += bytes;
  });
  for (let i = 0; i < 600; i++) {
    if (pattern.test(output)) return output;
    await sleep(50);
  }
  throw new Error(`${name} did not become ready: ${output}`);
}

// `under` is a command that runs the program; `limits` are lines of its configuration.
export async function startBasalt({ loops = 1, cores = '0', build = settings.build, under = [], limits = [] } = {}) {
  const program = path.join(build, 'basalt');
  const own = mkdtempSync(path.join(home, 'basalt-'));
  const at = (name) => path.join(own, name);
  must(program, [
    'init',
    ...['--data-dir', at('data'), '--account', '111111111111'],
    ...['--credentials-file', at('credentials'), '--root-key', `file:${at('root.key')}`],
  ]);
  must('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=localhost', '-days', '1'],
    ...['-out', at('tls.crt'), '-keyout', at('tls.key')],
  ]);
  writeFileSync(
    at('basalt.toml'),
    [
      `data_dir = "${at('data')}"`,
      `root_key = "file:${at('root.key')}"`,
      '[server]',
      `loops = ${loops}`,
      '[limits]',
      ...limits,
      '[[listener]]',
      'addr = "127.0.0.1:0"',
      '[[listener]]',
      'addr = "127.0.0.1:0"',
      `tls_cert = "${at('tls.crt')}"`,
      `tls_key = "${at('tls.key')}"`,
    ].join('\n'),
  );
  const [command, ...words] = [...under, program, 'serve', '--config', at('basalt.toml')];
  const child = start(cores, command, words, 'pipe');
  const ready = await outputWith(child, /https:.*\n/, 'basalt');
  const credentials = readFileSync(at('credentials'), 'utf8');
  return {
    child,
    pids: [child.pid],
    directory: at('data'),
    port: /^basalt ready http:\/\/127\.0\.0\.1:(\d+) /m.exec(ready)[1],
    tlsPort: /^basalt ready https:\/\/127\.0\.0\.1:(\d+) /m.exec(ready)[1],
    accessKeyId: /aws_access_key_id\s*=\s*(\S+)/.exec(credentials)[1],
    secret: /aws_secret_access_key\s*=\s*(\S+)/.exec(credentials)[1],
  };
}

// Gives each loop of a server a core of its own.
export function spreadLoops(server) {
  const [pid] = server.pids;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const core = /^loop-(\d+)$/m.exec(readFileSync(`/proc/${pid}/task/${thread}/comm`, 'utf8'))?.[1];
    if (core !== undefined) must('taskset', ['-pc', core, thread]);
  }
}

const freePort = () =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
const answers = (port) =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

// Each worker on a core of its own.
export async function startNginx({ workers = 1, firstCore = 0 } = {}) {
  const port = await freePort();
  const own = mkdtempSync(path.join(home, 'nginx-'));
  const configuration = path.join(own, 'nginx.conf');
  const workerCores = Array.from({ length: workers }, (_, i) => firstCore + i);
  const affinity = workerCores.map((core) => (1 << core).toString(2));
  writeFileSync(
    configuration,
    [
      `daemon off; worker_processes ${workers}; worker_cpu_affinity ${affinity.join(' ')};`,
      `pid ${own}/nginx.pid; error_log ${own}/nginx.log;`,
      'events { worker_connections 1024; }',
      'http { access_log off; keepalive_requests 100000000; default_type application/x-amz-json-1.0;',
      `server { listen 127.0.0.1:${port} reuseport; location / { return 200 "${'x'.repeat(1024)}"; } } }`,
    ].join('\n'),
  );
  // It passes SIGTERM on; killed, it would leave its workers behind.
  const child = start(workerCores.join(','), 'nginx', ['-c', configuration, '-e', path.join(own, 'nginx.log')], 'inherit', 'SIGTERM');
  for (let i = 0; i < 100; i++) {
    if (await answers(port)) {
      const pids = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(/\s+/).map(Number);
      if (pids.length === workers) return { child, pids, port: String(port), accessKeyId: 'nobody', secret: 'nothing', anyAnswer: true };
    }
    await sleep(50);
  }
  throw new Error(`nginx did not start: ${readFileSync(path.join(own, 'nginx.log'), 'utf8')}`);
}

// One server a rung, by its name.
export async function startLadder({ inMemory = false } = {}) {
  const words = inMemory ? [] : [path.join(mkdtempSync(path.join(home, 'ladder-')), 'data')];
  const child = start('0', path.join(settings.build, 'bench/basalt-ladder'), words, 'pipe');
  const { ports, accessKeyId, secret } = JSON.parse(await outputWith(child, /\n/, 'basalt-ladder'));
  const rungs = Object.entries(ports).map(([name, port]) => [
    name,
    { child, pids: [child.pid], port: String(port), accessKeyId, secret, anyAnswer: name !== 'answer' },
  ]);
  return Object.fromEntries(rungs);
}
