// Counting instructions with callgrind, so that the counts of one build are the same on every machine that can make
// them. How that is done: docs/decisions/008-instructions-are-counted.md.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { home, must } from './measure.mjs';

// What a processor of another make, or another day, would change.
export const environment = {
  OPENSSL_ia32cap: ':~0x600f0230000', // no AVX-512, no SHA and no VAES instructions; callgrind knows none of them
  SIMDJSON_FORCE_IMPLEMENTATION: 'haswell',
  MALLOC_CONF: 'narenas:1,dirty_decay_ms:-1,muzzy_decay_ms:-1', // nothing is given back to the system by the clock
};

// Null if instructions can be counted here.
export function whyNotCounted() {
  if (spawnSync('valgrind', ['--version']).status !== 0 || !existsSync('/usr/include/valgrind/callgrind.h'))
    return 'valgrind is not installed';
  const flags =
    readFileSync('/proc/cpuinfo', 'utf8')
      .match(/^flags\s*:(.*)$/m)?.[1]
      .split(' ') ?? [];
  const lacking = ['avx2', 'aes', 'pclmulqdq', 'bmi2'].filter((flag) => !flags.includes(flag));
  return lacking.length > 0 ? `the processor has no ${lacking.join(', ')}` : null;
}

// What callgrind has dumped into files that begin with `prefix`: why, and the instructions of all threads.
export const dumps = (prefix) =>
  readdirSync(path.dirname(prefix))
    .filter((name) => name.startsWith(`${path.basename(prefix)}.`))
    .map((name) => readFileSync(path.join(path.dirname(prefix), name), 'utf8'))
    .map((text) => ({ trigger: /^desc: Trigger: (.*)$/m.exec(text)?.[1], total: Number(/^totals: (\d+)$/m.exec(text)?.[1]) }));

// Instructions an operation, by path. All threads are in them.
export function countHotPaths(build) {
  const data = mkdtempSync(path.join(home, 'hot-paths-'));
  const counts = `${data}.counts`;
  const output = must(
    'valgrind',
    ['--tool=callgrind', '--quiet', '--instr-atstart=no', `--callgrind-out-file=${counts}`].concat([
      path.join(build, 'bench/basalt-hot-paths'),
      data,
    ]),
    { env: { PATH: process.env.PATH, ...environment } },
  );
  const totals = new Map();
  for (const { trigger, total } of dumps(counts)) totals.set(/^Client Request: (.*)$/.exec(trigger)?.[1], total);
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ name, operations, threads }) => ({ name, threads, instructions: Math.round(totals.get(name) / operations) }));
}
