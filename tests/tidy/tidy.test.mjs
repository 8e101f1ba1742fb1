// The tree checks itself: include floors, headers that compile alone, one list of operations, banned calls, leftover
// markers, line width, a purpose in the first lines of every file, nothing of a package registry.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { repository } from '../support/paths.mjs';

// The house, floor by floor. A folder includes from floors below its own; a folder nested in another may also include
// from that one (engine/rocks from engine).
const floors = [
  ['base'],
  ['json', 'crypto', 'os', 'telemetry'],
  ['model', 'http', 'sealed'],
  ['engine', 'expression', 'policy', 'signature'],
  ['table', 'identity', 'keys'],
  ['feed', 'replica', 'audit', 'chores'],
  ['operations'],
  ['server'],
  ['main'],
];
const floorOf = new Map(floors.flatMap((folders, floor) => folders.map((folder) => [folder, floor])));

function walk(folder, found = []) {
  for (const entry of readdirSync(path.join(repository, folder), { withFileTypes: true })) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!['node_modules', 'build', '.git', 'corpus'].includes(entry.name)) walk(name, found);
    } else if (entry.isFile()) found.push(name);
  }
  return found;
}
const read = (file) => readFileSync(path.join(repository, file), 'utf8');
const all = walk('.')
  .map((file) => path.normalize(file))
  .filter((file) => !file.startsWith('.git/'));
const sources = all.filter((file) => file.startsWith('src/') && /\.(cc|h)$/.test(file));
const written = all.filter(
  (file) => /\.(cc|h|mjs|sh|cmake)$|(^|\/)CMakeLists\.txt$|^script\/|^\.ci\//.test(file) && !file.includes('/generated/'),
);
const lines = (file) => read(file).split('\n');

function findings(files, look) {
  const found = [];
  for (const file of files)
    lines(file).forEach((line, i, text) => {
      const what = look(line, file, text, i);
      if (what) found.push(`${file}:${i + 1}: ${what}`);
    });
  return found;
}
const none = (found) => assert.deepEqual(found, [], `\n${found.join('\n')}\n`);

// Code without comments and the contents of strings.
const codeOf = (line) => line.replace(/"(\\.|[^"\\])*"/g, '""').replace(/\/\/.*$/, '');

test('there is something to check', () => assert.ok(sources.length > 20));

test('every folder of src/ has a floor', () => {
  none(
    readdirSync(path.join(repository, 'src'), { withFileTypes: true })
      .filter((e) => e.isDirectory() && !floorOf.has(e.name))
      .map((e) => e.name),
  );
});

test('a folder includes only from lower floors', () => {
  none(
    findings(sources, (line, file) => {
      const include = /^\s*#\s*include\s+"([^"]+)"/.exec(line)?.[1];
      if (!include) return null;
      if (!existsSync(path.join(repository, 'src', include))) return `${include} is not a path under src/`;
      const own = path.dirname(file).slice('src/'.length);
      const other = path.dirname(include);
      if (own === other || own.startsWith(`${other}/`)) return null;
      const [ownRoot, otherRoot] = [own.split('/')[0], other.split('/')[0]];
      if (ownRoot === otherRoot) {
        // The registry knows the folders of its services; engines know each other in tests that compare them, no further.
        if (ownRoot === 'operations' && own === ownRoot) return null;
        // Streams belong to tables, and are named, found and refused as these are.
        if (own === 'operations/streams' && other === 'operations/dynamodb') return null;
        if (ownRoot === 'engine' && /_test\.cc$/.test(file)) return null;
        return `${own} may not include ${include}`;
      }
      const [mine, theirs] = [floorOf.get(ownRoot), floorOf.get(otherRoot)];
      if (theirs === undefined) return `${otherRoot} has no floor`;
      return theirs < mine ? null : `${ownRoot} (floor ${mine}) may not include ${include} (floor ${theirs})`;
    }),
  );
});

test('the build links what the includes say: only lower floors', () => {
  const found = [];
  let checked = 0;
  for (const [, words] of read('CMakeLists.txt').matchAll(/^basalt_folder\(([^)]*)\)/gm)) {
    const [name, ...rest] = words.split(/\s+/);
    let section;
    for (const word of rest) {
      if (/^[A-Z_]+$/.test(word)) section = word;
      else if (section === 'DEPS' && !name.startsWith(`${word}/`)) {
        if (!(floorOf.get(word.split('/')[0]) < floorOf.get(name.split('/')[0]))) found.push(`${name} depends on ${word}`);
        else checked++;
      }
    }
  }
  assert.ok(checked > 10);
  none(found);
});

test('every header has #pragma once', () => none(sources.filter((file) => file.endsWith('.h') && !/^#pragma once$/m.test(read(file)))));

// What a header includes of ours, with itself; its compilation is repeated only when one of these changes.
const closures = new Map();
function closureOf(file) {
  if (closures.has(file)) return closures.get(file);
  const closure = new Set([file]);
  closures.set(file, closure);
  for (const [, include] of read(file).matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)) {
    const target = path.join('src', include);
    if (existsSync(path.join(repository, target))) for (const reached of closureOf(target)) closure.add(reached);
  }
  return closure;
}

test('every header compiles alone', { timeout: 1_800_000 }, async () => {
  const stamps = path.join(repository, 'build/tidy');
  mkdirSync(stamps, { recursive: true });
  const flags = [
    '-std=c++20',
    '-fsyntax-only',
    '-x',
    'c++',
    '-I',
    'src',
    '-DASIO_STANDALONE',
    '-DASIO_NO_DEPRECATED',
    '-DBASALT_VERSION="0"',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-Wno-pragma-once-outside-header',
  ];
  const compiler = spawnSync('g++', ['--version'], { encoding: 'utf8' }).stdout;
  const waiting = sources.filter((file) => file.endsWith('.h'));
  const found = [];
  const compileOne = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      const hash = createHash('sha256').update(compiler).update(flags.join(' '));
      for (const part of [...closureOf(file)].sort()) hash.update(part).update(read(part));
      const stamp = path.join(stamps, hash.digest('hex'));
      if (existsSync(stamp)) continue;
      // Compiled through a file that includes it twice, so that the guard is tried too.
      const input = `#include "${file.slice('src/'.length)}"\n#include "${file.slice('src/'.length)}"\n`;
      const { code, output } = await new Promise((resolve) => {
        const child = spawn('g++', [...flags, '-'], { cwd: repository, stdio: ['pipe', 'ignore', 'pipe'] });
        let text = '';
        child.stderr.on('data', (bytes) => {
          text += bytes;
        });
        child.on('close', (status) => resolve({ code: status, output: text }));
        child.stdin.end(input);
      });
      if (code === 0) writeFileSync(stamp, file);
      else found.push(`${file}: ${output.split('\n').slice(0, 6).join('\n')}`);
    }
  };
  await Promise.all(os.cpus().slice(0, 4).map(compileOne));
  none(found);
});

test('operations are named in the registry and nowhere else', () => {
  // One array of rows a service, somewhere under src/operations/<service>/.
  const registries = sources.filter((file) => /^src\/operations\/\w+\//.test(file) && /std::array<Operation, \d+>/.test(read(file)));
  assert.ok(registries.length > 0, 'no registry was found under src/operations');
  const names = new Set(registries.flatMap((file) => [...read(file).matchAll(/"([A-Z][A-Za-z]+)"/g)].map((m) => m[1])));
  for (const expected of ['CreateTable', 'PutItem', 'Query', 'GetCallerIdentity'])
    assert.ok(names.has(expected), `the registry names no ${expected}`);
  const found = [];
  for (const file of sources) {
    if (registries.includes(file) || /_(test|bench|fuzz)\.cc$|_fixture\.h$/.test(file) || file.includes('/generated/')) continue;
    const here = new Set([...read(file).matchAll(/"(?:dynamodb:)?([A-Z][A-Za-z]+)"/g)].map((m) => m[1]).filter((name) => names.has(name)));
    // The file of one operation may name itself.
    if (here.size > 1) found.push(`${file}: ${[...here].join(', ')}`);
  }
  none(found);
});

test('time, randomness and exceptions stay where they belong', () => {
  const banned = [
    [
      /\b(std::)?chrono::(system|steady|high_resolution)_clock::now\b/,
      'the clock is a parameter (os::Clock)',
      /^src\/os\/|_(bench|test)\.cc$/,
    ],
    [
      /(^|[^\w.>:])(::|std::)?(time|gettimeofday|clock_gettime|localtime|gmtime|rand|srand|random|drand48)\s*\(/,
      'time and chance come through os/ and crypto/',
      /^src\/(os|crypto|telemetry)\/|_(bench|test)\.cc$/,
    ],
    [/\bstd::random_device\b/, 'chance comes through crypto/', /^src\/crypto\//],
    [/\bthrow\b/, 'nothing of ours throws', /_test\.cc$/],
    [/\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|system|popen)\s*\(/, 'unsafe call', /_(test|bench|fuzz)\.cc$/],
    [/\busing namespace\b(?!.*_literals)/, 'using namespace', /_(test|bench|fuzz)\.cc$/],
    [/\bstd::(cout|cerr|printf)\b/, 'output goes through telemetry/ or main/', /^src\/(main|telemetry|base)\/|_(test|bench|fuzz)\.cc$/],
    [/\bstd::mutex\b/, 'Mutex of base/mutex.h carries the annotations', /^src\/base\/mutex\.h$|_(test|bench)\.cc$/],
    [/\bmemcmp\s*\(.*(secret|signature|key)/i, 'secrets compare in constant time', null],
  ];
  none(
    findings(sources, (line, file) => {
      const code = codeOf(line);
      for (const [pattern, why, exempt] of banned) if (pattern.test(code) && !exempt?.test(file)) return `${code.trim()} (${why})`;
      return null;
    }),
  );
});

test('heavy headers stay in .cc files', () => {
  none(
    findings(
      sources.filter((file) => file.endsWith('.h')),
      (line, file) => {
        const heavy = /^\s*#\s*include\s+<((asio|rocksdb|openssl|simdjson|CLI|toml\+\+)[^>]*)>/.exec(line)?.[1];
        // Headers that are the inside of one folder and say so by their name.
        return heavy && !/(_implementation|_internal)\.h$|^src\/(http|engine\/rocks|crypto|main)\//.test(file)
          ? `includes <${heavy}>`
          : null;
      },
    ),
  );
});

// Words put together here so that this file does not find itself.
test('no leftover markers', () => {
  const marker = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK', 'W' + 'IP', 'DO NOT ' + 'SUBMIT'].join('|')})\\b`);
  none(
    findings(written.concat(all.filter((file) => /\.(md|json|yml)$/.test(file) && !file.endsWith('package-lock.json'))), (line) =>
      marker.test(line) ? line.trim() : null,
    ),
  );
});

test('no line is wider than 120 columns in C++, 180 elsewhere', () => {
  none(
    findings(written, (line, file) => {
      const limit = /\.(cc|h)$/.test(file) ? 120 : 180;
      return [...line].length > limit && !/https?:\/\/\S+$/.test(line) ? `${[...line].length} columns` : null;
    }),
  );
});

test('no tabs, no trailing white space, a newline at the end', () => {
  none(
    findings(written, (line) => (/\t/.test(line) ? 'tab' : /[ \r]$/.test(line) ? 'trailing white space' : null)).concat(
      written
        .filter((file) => statSync(path.join(repository, file)).size > 0 && !read(file).endsWith('\n'))
        .map((file) => `${file}: no newline at the end`),
    ),
  );
});

test('every file begins by saying what it is for', () => {
  none(
    written.filter((file) => {
      const text = lines(file);
      const first = text[0].startsWith('#!') ? text[1] : text[0];
      if (file === 'CMakeLists.txt') return false;
      // x.cc and x_test.cc that begin with x.h: the header says it for them.
      const own = /^src\/(.*?)(_test|_bench)?\.cc$/.exec(file)?.[1];
      if (own && first === `#include "${own}.h"`) return false;
      return !(/^(\/\/|#) ?\S/.test(first ?? '') && !/^# ?(include|pragma|!)/.test(first));
    }),
  );
});

test('nothing names a package registry', () => {
  const hosts = [
    'registry.' + 'npmjs',
    'npmjs' + '.org',
    'yarnpkg' + '.com',
    'npmmirror' + '.com',
    'deb.' + 'debian.org',
    'artifact' + 'ory',
  ];
  none(
    findings(
      all.filter((file) => !/\.(png|bin)$/.test(file)),
      (line) => hosts.find((host) => line.includes(host)),
    ),
  );
  none(all.filter((file) => file.endsWith('package-lock.json') && /"resolved"/.test(read(file))));
});

test('every fuzzer has a corpus, and every corpus its fuzzer', () => {
  const fuzzers = sources.filter((file) => file.endsWith('_fuzz.cc')).map((file) => path.basename(file, '.cc'));
  assert.deepEqual(readdirSync(path.join(repository, 'tests/corpus')).sort(), fuzzers.sort());
});
