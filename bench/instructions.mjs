// Counts the instructions of every hot path (bench/hot_paths/) under callgrind and compares them with
// bench/instructions.json: a path may cost at most its tolerance more than what stands there, and not as much less
// either, so that the file stays true. `--write` writes the counts of this run into the file (a path keeps its
// tolerance). Why the counts are stable: docs/decisions/008-instructions-are-counted.md.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { countHotPaths, whyNotCounted } from './callgrind.mjs';
import { must, repository, table } from './measure.mjs';

const file = path.join(repository, 'bench/instructions.json');
const tolerances = { alone: 0.03, threads: 0.05, otherTools: 0.2 }; // the first two of a path that is new

// What else the counts depend on: the compiler and the libraries that a path runs through.
function toolchain() {
  const packages = ['valgrind', 'libc6', 'libstdc++6', 'librocksdb7.8', 'libssl3', 'libsimdjson14', 'libdeflate0', 'libjemalloc2'];
  const versions = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${Version}\n', ...packages], { encoding: 'utf8' }).stdout;
  return [must('g++', ['--version']).split('\n')[0], ...(versions ?? '').trim().split('\n')];
}

const reason = whyNotCounted();
if (reason) {
  console.log(`SKIPPED: instruction counts: ${reason}`);
  process.exit(77);
}
must(path.join(repository, 'script/build'), ['release', 'basalt-hot-paths']);
const counted = countHotPaths(path.join(repository, 'build/release'));
const tools = toolchain();
const stored = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { paths: {} };

// Other tools than those the file names count otherwise: then only what grew by more than tools explain is a defect.
const otherTools = tools.filter((tool) => !stored.tools?.includes(tool));
const toleranceOf = (expected) => (otherTools.length > 0 ? Math.max(expected.tolerance, tolerances.otherTools) : expected.tolerance);

const defects = [];
const rows = counted.map(({ name, instructions }) => {
  const expected = stored.paths[name];
  if (!expected) {
    defects.push(`${name}: is not in bench/instructions.json`);
    return [name, instructions.toLocaleString('en'), '', '', ''];
  }
  const change = instructions / expected.instructions - 1;
  if (!(Number.isFinite(change) && Math.abs(change) <= toleranceOf(expected))) {
    const percent = Math.abs(change * 100).toFixed(1);
    defects.push(
      change > 0
        ? `${name}: costs ${percent} % more than bench/instructions.json says`
        : `${name}: costs ${percent} % less than bench/instructions.json says`,
    );
  }
  return [
    name,
    instructions.toLocaleString('en'),
    expected.instructions.toLocaleString('en'),
    `${(change * 100).toFixed(2)} %`,
    `${toleranceOf(expected) * 100} %`,
  ];
});
for (const name of Object.keys(stored.paths))
  if (!counted.some((one) => one.name === name)) defects.push(`${name}: stands in bench/instructions.json and is not counted`);
console.log(table(['path', 'instructions', 'expected', 'change', 'tolerance'], rows));

if (process.argv.includes('--write')) {
  const paths = Object.fromEntries(
    counted.map(({ name, instructions, threads }) => [
      name,
      { instructions, tolerance: stored.paths[name]?.tolerance ?? (threads > 1 ? tolerances.threads : tolerances.alone) },
    ]),
  );
  writeFileSync(
    file,
    `${JSON.stringify(
      {
        about:
          'Instructions of one operation on each hot path, all threads, counted by bench/instructions.mjs, which script/test runs ' +
          'and `node bench/instructions.mjs --write` uses to write this file. They hold for the compiler and libraries named here.',
        tools,
        paths,
      },
      null,
      2,
    )}\n`,
  );
  console.log(`written to ${path.relative(repository, file)}`);
} else if (defects.length > 0) {
  console.log(defects.join('\n'));
  console.log('If that is meant: node bench/instructions.mjs --write');
}
if (otherTools.length > 0) console.log(`Counted with other tools than the file names: ${otherTools.join('; ')}`);
if (defects.length > 0 && !process.argv.includes('--write')) process.exit(1);
