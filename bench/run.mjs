// The bench behind script/bench: measures its parts, prints each and writes bench/RESULTS.md. A section that is not
// measured this time, or by tests/hostile and not here, stays in the file as it is.
//
// BENCH_PARTS (requests,loops,ladder,footprint,pieces) chooses; BENCH_ROUNDS (5), BENCH_MS (4000, of writes
// BENCH_WRITES_MS, three times that) and BENCH_WARM_UP_MS (1000) a run, BENCH_CONNECTIONS (32,128) and BENCH_ITEMS
// (100000) set its size; BENCH_BUILD (build/release) has the programs, BENCH_DIRECTORY (that of temporary files) takes
// the data, BENCH_RESULTS (bench/RESULTS.md) what comes out.
import * as footprint from './footprint.mjs';
import * as ladder from './ladder.mjs';
import * as loops from './loops.mjs';
import { machine, settings } from './measure.mjs';
import * as pieces from './pieces.mjs';
import * as requests from './requests.mjs';
import { readResults, writeResults } from './results.mjs';

const parts = { requests, loops, ladder, footprint, pieces };
const chosen = settings.parts ?? Object.keys(parts);
const unknown = chosen.find((name) => !(name in parts));
if (unknown !== undefined) {
  console.error(`BENCH_PARTS: '${unknown}' is none of ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}

const about = machine();
const kept = readResults().sections;
const sections = new Map();
for (const [name, { title, measure }] of Object.entries(parts)) {
  const text = chosen.includes(name) ? await measure() : kept.get(title);
  kept.delete(title);
  if (text !== undefined) sections.set(title, text);
  if (chosen.includes(name)) console.log(`## ${title}\n\n${text}\n`);
}

writeResults({
  head: `# Figures

Written by \`script/bench\`. CPU time is user and system time of all threads of the server, from the kernel's account, divided by the requests of the
run; on a machine that other work shares it is the figure to trust, requests per second are not.

${about.map((line) => `- ${line}`).join('\n')}`,
  sections: new Map([...sections, ...kept]),
});
process.exit(0);
