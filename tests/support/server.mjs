// Starts real servers for tests: `basalt dev` or `basalt serve` on a free port over a directory of their own.
//
//   const server = await startDev();            // waits for the ready line
//   server.endpoint, server.port, server.directory
//   await server.stop();                        // SIGTERM, expects exit code 0
//   await server.kill();                        // SIGKILL; the directory stays for the next start
//
// What a server wrote to stderr is printed if it dies unasked or a wait for it fails.
import { after } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { program, requireProgram, slowness } from './paths.mjs';

const directories = [];
const running = new Set();

// A failed test may leave its server behind, whose pipes would keep this process waiting: it is ended some time after
// the tests, when hooks that stop servers in good order have had their chance.
after(() => {
  setTimeout(() => running.forEach((server) => server.kill()), 45_000 * slowness).unref();
});
process.on('exit', () => {
  for (const server of running) server.child.kill('SIGKILL');
  if (process.env.BASALT_KEEP_DIRECTORIES) return;
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

export function temporaryDirectory(label = 'test') {
  const directory = mkdtempSync(path.join(os.tmpdir(), `basalt-${label}-`));
  directories.push(directory);
  return directory;
}

export class Server {
  // `descriptors`: how many files and sockets it may have open.
  constructor(commandLine, { directory, environment = {}, stdio = [], descriptors } = {}) {
    requireProgram();
    this.commandLine = commandLine;
    this.directory = directory;
    this.stdout = '';
    this.stderr = '';
    this.expectedToEnd = false;
    const [file, ...words] = descriptors
      ? ['sh', '-c', `ulimit -n ${descriptors} && exec "$@"`, 'sh', program, ...commandLine]
      : [program, ...commandLine];
    this.child = spawn(file, words, { stdio: ['ignore', 'pipe', 'pipe', ...stdio], env: { ...process.env, ...environment } });
    running.add(this);
    this.child.stdout.on('data', (bytes) => {
      this.stdout += bytes;
    });
    this.child.stderr.on('data', (bytes) => {
      this.stderr += bytes;
    });
    this.ended = new Promise((resolve) => {
      this.child.on('close', (code, signal) => {
        running.delete(this);
        this.code = code;
        this.signal = signal;
        if (!this.expectedToEnd) this.printLog(`ended unasked: code ${code}, signal ${signal}`);
        resolve({ code, signal });
      });
      this.child.on('error', (error) => {
        this.stderr += `${error}\n`;
        resolve({ code: -1, signal: null });
      });
    });
  }

  // Resolves once every listener has printed its ready line; rejects if the server ends before.
  async ready({ listeners = 1, timeout_ms = 30_000 * slowness } = {}) {
    const deadline = Date.now() + timeout_ms;
    while (this.stdout.split('\n').length - 1 < listeners) {
      if (this.code !== undefined || this.signal) throw this.failure('ended before it was ready');
      if (Date.now() > deadline) throw this.failure('printed no ready line in time');
      await sleep(5);
    }
    const line = /^basalt ready (https?):\/\/(\S+):(\d+) regions=(\S+) mode=(dev|serve)$/;
    this.readyLines = this.stdout
      .trimEnd()
      .split('\n')
      .map((text) => {
        const match = line.exec(text);
        if (!match) throw this.failure(`printed on stdout what is no ready line: ${text}`);
        return { text, scheme: match[1], host: match[2], port: Number(match[3]), regions: match[4].split(','), mode: match[5] };
      });
    const first = this.readyLines[0];
    this.host = first.host.replace(/^\[|\]$/g, '');
    this.port = first.port;
    this.endpoint = `${first.scheme}://${first.host}:${first.port}`;
    return this;
  }

  get pid() {
    return this.child.pid;
  }

  // Resident memory in bytes, from the kernel.
  residentBytes() {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))[1]) * 1024;
  }
  // The most there ever was, since the start or since `forgetPeak`.
  peakResidentBytes() {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))[1]) * 1024;
  }
  forgetPeak() {
    writeFileSync(`/proc/${this.pid}/clear_refs`, '5');
  }
  // User and system time of all its threads.
  cpuMs() {
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }
  openDescriptors() {
    return Number(/FDSize:\s+(\d+)/.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))[1]);
  }

  async stop({ timeout_ms = 30_000 * slowness } = {}) {
    if (this.code !== undefined || this.signal) return { code: this.code, signal: this.signal };
    this.expectedToEnd = true;
    this.child.kill('SIGTERM');
    const late = new Promise((resolve) => {
      setTimeout(resolve, timeout_ms, null).unref();
    });
    const end = await Promise.race([this.ended, late]);
    if (!end) {
      this.child.kill('SIGKILL');
      throw this.failure('did not drain on SIGTERM in time');
    }
    if (end.code !== 0) throw this.failure(`ended with code ${end.code}, signal ${end.signal} on SIGTERM`);
    return end;
  }

  async kill() {
    this.expectedToEnd = true;
    this.child.kill('SIGKILL');
    return this.ended;
  }

  failure(what) {
    return new Error(`basalt ${this.commandLine.join(' ')} ${what}\nstdout: ${this.stdout}\nstderr: ${this.stderr.slice(-4000)}`);
  }
  printLog(what) {
    process.stderr.write(`# basalt ${this.commandLine.join(' ')} ${what}\n${this.stderr.slice(-4000)}\n`);
  }
}

export const sleep = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

// The flags that make a server read `text` as its basalt.toml.
export function configuredBy(text) {
  const file = path.join(temporaryDirectory('configuration'), 'basalt.toml');
  writeFileSync(file, text);
  return ['--config', file];
}

// `basalt dev` over `directory` (a new one if none is given), ready.
export async function startDev({
  directory = path.join(temporaryDirectory('dev'), 'data'),
  flags = [],
  inMemory = false,
  ready = {},
  environment,
  descriptors,
} = {}) {
  const where = inMemory ? ['--in-memory'] : ['--data-dir', directory];
  const listen = flags.includes('--listen') ? [] : ['--listen', '127.0.0.1:0'];
  return new Server(['dev', ...listen, ...where, ...flags], {
    directory: inMemory ? undefined : directory,
    environment,
    descriptors,
  }).ready(ready);
}

// A directory made by `basalt init` with one account, and what is needed to serve it.
export async function initialize({ account = '111111111111', accounts = [account] } = {}) {
  const home = temporaryDirectory('serve');
  const place = {
    directory: path.join(home, 'data'),
    credentialsFile: path.join(home, 'credentials'),
    rootKeyFile: path.join(home, 'root.key'),
  };
  place.rootKey = `file:${place.rootKeyFile}`;
  const end = await run([
    'init',
    '--data-dir',
    place.directory,
    '--account',
    ...accounts,
    '--credentials-file',
    place.credentialsFile,
    '--root-key',
    place.rootKey,
  ]);
  if (end.code !== 0) throw new Error(`basalt init failed with code ${end.code}, signal ${end.signal}: ${end.stderr}`);
  place.credentials = readCredentials(place.credentialsFile);
  return place;
}

export async function startServe(place, { flags = [], ready = {}, rootKey = place.rootKey, environment } = {}) {
  const listen = flags.includes('--listen') ? [] : ['--listen', '127.0.0.1:0'];
  const server = new Server(['serve', '--data-dir', place.directory, '--root-key', rootKey, ...listen, ...flags], {
    directory: place.directory,
    environment,
  });
  return server.ready(ready);
}

// {accountId: {accessKeyId, secretAccessKey}} of an AWS ini file.
export function readCredentials(file) {
  const profiles = {};
  let profile;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const section = /^\s*\[(.+)\]\s*$/.exec(line);
    const entry = /^\s*(\w+)\s*=\s*(\S+)\s*$/.exec(line);
    if (section) profile = profiles[section[1]] = {};
    else if (entry && entry[1] === 'aws_access_key_id') profile.accessKeyId = entry[2];
    else if (entry && entry[1] === 'aws_secret_access_key') profile.secretAccessKey = entry[2];
  }
  return profiles;
}

// Runs the program to its end: {code, signal, stdout, stderr}.
export function run(commandLine, { environment = {}, timeout_ms = 60_000 * slowness, stdio = [] } = {}) {
  requireProgram();
  return new Promise((resolve, reject) => {
    const child = spawn(program, commandLine, { stdio: ['ignore', 'pipe', 'pipe', ...stdio], env: { ...process.env, ...environment } });
    let stdout = '';
    let stderr = '';
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`basalt ${commandLine.join(' ')} did not end in time\nstdout: ${stdout}\nstderr: ${stderr}`));
    }, timeout_ms);
    child.stdout.on('data', (bytes) => {
      stdout += bytes;
    });
    child.stderr.on('data', (bytes) => {
      stderr += bytes;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr });
    });
  });
}

// Refused: exit code 2 (or one of those given), nothing on stdout, the last line of stderr is `basalt: WHAT; WHAT TO DO`.
export async function refuses(commandLine, pattern, { codes = [2], ...options } = {}) {
  const end = await run(commandLine, options);
  assert.ok(codes.includes(end.code), `basalt ${commandLine.join(' ')}: exit code ${end.code}, ${end.stdout}${end.stderr}`);
  assert.equal(end.stdout, '');
  const lines = end.stderr.trimEnd().split('\n');
  assert.match(lines.at(-1), /^basalt: .+; .+/, end.stderr);
  assert.equal(lines.filter((line) => line.startsWith('basalt: ')).length, 1, end.stderr);
  if (pattern) assert.match(lines.at(-1), pattern);
  return end;
}
