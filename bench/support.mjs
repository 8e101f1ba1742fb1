// What the programs of bench/ share: running others, a basalt to measure, tables, and the sections of bench/RESULTS.md.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
export const results = path.join(repository, 'bench/RESULTS.md');

// A directory of its own, and processes that end with this one.
export const home = mkdtempSync(path.join(process.env.BENCH_DIRECTORY ?? os.tmpdir(), 'basalt-bench-'));
const children = [];
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

export function start(command, words, options) {
  const child = spawn(command, words, options);
  children.push(child);
  return child;
}

export const sleep = (ms) =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
};

export function must(command, words, options) {
  const end = spawnSync(command, words, { encoding: 'utf8', maxBuffer: 1 << 26, ...options });
  if (end.status !== 0) throw new Error(`${command} ${words.join(' ')}: ${end.stdout}${end.stderr}${end.error ?? ''}`);
  return end.stdout;
}

export const pinned = (core, command, words) =>
  os.cpus().length > 1 ? ['taskset', ['-c', String(core), command, ...words]] : [command, words];

// `basalt init` in a folder of its own under home, then what a server and its clients need to know of it.
export function initBasalt(program, name) {
  const [directory, credentialsFile, rootKey] = [name, `${name}.credentials`, `${name}.root-key`].map((file) => path.join(home, file));
  const words = ['init', '--data-dir', directory, '--account', '111111111111', '--credentials-file', credentialsFile];
  must(program, [...words, '--root-key', `file:${rootKey}`]);
  const credentials = readFileSync(credentialsFile, 'utf8');
  return {
    directory,
    configuration: [`data_dir = "${directory}"`, `root_key = "file:${rootKey}"`],
    accessKeyId: /aws_access_key_id\s*=\s*(\S+)/.exec(credentials)[1],
    secret: /aws_secret_access_key\s*=\s*(\S+)/.exec(credentials)[1],
  };
}

// Waits for the ready lines of `listeners` listeners; the port of each by its scheme.
export async function portsOf(child, listeners) {
  let ready = '';
  child.stdout.on('data', (bytes) => {
    ready += bytes;
  });
  for (let i = 0; i < 600 && ready.split('\n').length <= listeners; i++) await sleep(50);
  const ports = Object.fromEntries(
    [...ready.matchAll(/^basalt ready (https?):\/\/127\.0\.0\.1:(\d+) /gm)].map(([, scheme, port]) => [scheme, port]),
  );
  if (Object.keys(ports).length < listeners) throw new Error(`basalt did not become ready: ${ready}`);
  return ports;
}

// One run of the load driver; `more` are further flags of it.
export function load(driver, server, command, more) {
  const flags = { port: server.port, 'access-key': server.accessKeyId, 'server-pid': server.pid, ...more };
  const words = [command, ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)])];
  return JSON.parse(must(...pinned(1, driver, words), { env: { ...process.env, BASALT_LOAD_SECRET: server.secret } }));
}

export const table = (head, lines) =>
  [`| ${head.join(' | ')} |`, `|${head.map(() => ' --- |').join('')}`, ...lines.map((line) => `| ${line.join(' | ')} |`)].join('\n');

// RESULTS.md as its parts: what stands before the first heading of the second level, then one part a heading.
export const resultParts = () => (existsSync(results) ? readFileSync(results, 'utf8').split(/^(?=## )/m) : []);
export const titleOf = (part) => /^## (.*)\n/.exec(part)?.[1];

export const writeResults = (parts) => writeFileSync(results, `${parts.map((part) => part.trim()).join('\n\n')}\n`);

// Puts a section in the place of the one of its title, or at the end.
export function replaceSection(title, text) {
  const parts = resultParts();
  const at = parts.findIndex((part) => titleOf(part) === title);
  const section = `## ${title}\n\n${text}\n`;
  if (at < 0) parts.push(section);
  else parts[at] = section;
  writeResults(parts);
}
