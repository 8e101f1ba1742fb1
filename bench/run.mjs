// The bench behind script/bench: measures its parts, prints each and writes bench/RESULTS.md. A section that is not
// measured this time, or by tests/hostile and not here, stays in the file as it is.
//
// BENCH_PARTS (requests,loops,ladder,footprint,pieces) chooses; BENCH_ROUNDS (5), BENCH_MS (4000) and BENCH_WARM_UP_MS (1000) a
// run, BENCH_CONNECTIONS (32,128) and BENCH_ITEMS (100000) set its size; BENCH_BUILD (build/release) has the programs,
// BENCH_DIRECTORY (that of temporary files) takes the data, BENCH_RESULTS (bench/RESULTS.md) what comes out.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as footprint from './footprint.mjs';
import * as ladder from './ladder.mjs';
import * as loops from './loops.mjs';
import { machine, settings } from './measure.mjs';
import * as pieces from './pieces.mjs';
import * as requests from './requests.mjs';

const parts = { requests, loops, ladder, footprint, pieces };
const chosen = settings.parts ?? Object.keys(parts);
const unknown = chosen.find((name) => !(name in parts));
if (unknown !== undefined) {
  console.error(`BENCH_PARTS: '${unknown}' is none of ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}

// Title to text, in the order of the file.
function sectionsOf(text) {
  return new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map((section) => {
        const [title] = section.split('\n', 1);
        return [title, section.slice(title.length).trim()];
      }),
  );
}

const about = machine();
const kept = sectionsOf(existsSync(settings.results) ? readFileSync(settings.results, 'utf8') : '');
const sections = new Map();
for (const [name, { title, measure }] of Object.entries(parts)) {
  const text = chosen.includes(name) ? await measure() : kept.get(title);
  kept.delete(title);
  if (text !== undefined) sections.set(title, text);
  if (chosen.includes(name)) console.log(`## ${title}\n\n${text}\n`);
}

writeFileSync(
  settings.results,
  `# Figures

Written by \`script/bench\`. CPU time is user and system time of all threads of the server, from the kernel's account, divided by the requests of the
run; on a machine that other work shares it is the figure to trust, requests per second are not.

${about.map((line) => `- ${line}`).join('\n')}
${[...sections, ...kept].map(([title, text]) => `\n## ${title}\n\n${text}\n`).join('')}`,
);
process.exit(0);
