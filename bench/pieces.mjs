// The Google Benchmark programs beside the sources. Each prints its own JSON.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { must, pinned, settings, table } from './measure.mjs';

const repetitions = 5;

export const title = 'Pieces';
export async function measure() {
  const rows = [];
  for (const name of readdirSync(settings.build)
    .filter((file) => file.endsWith('_bench'))
    .sort()) {
    console.error(`${name} ...`);
    const [command, words] = pinned(1, path.join(settings.build, name), [
      '--benchmark_format=json',
      `--benchmark_repetitions=${repetitions}`,
      '--benchmark_min_time=0.1',
      '--benchmark_report_aggregates_only=true',
    ]);
    const { benchmarks } = JSON.parse(must(command, words, { stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 26 }));
    for (const bench of benchmarks.filter((b) => b.aggregate_name === 'median')) {
      const ns = bench.cpu_time * { ns: 1, us: 1e3, ms: 1e6, s: 1e9 }[bench.time_unit];
      rows.push([name.replace(/_bench$/, ''), bench.run_name, ns < 10 ? ns.toFixed(2) : Math.round(ns).toLocaleString('en')]);
    }
  }
  return table(['program', 'benchmark', `CPU ns (median of ${repetitions})`], rows);
}
