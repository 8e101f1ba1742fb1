// The ladder: where the microseconds of a request go, one step of its path after another (bench/ladder/).
import { howMeasured, interleave, load, median, prose, settings, table } from './measure.mjs';
import { startLadder, stop } from './servers.mjs';

// [rung, what it does beside the one before]
const rungs = [
  ['socket', 'sockets: the bytes are read, a fixed answer of 1 KiB is written'],
  ['http', '+ HTTP'],
  ['signature', '+ signature and who signed'],
  ['json', '+ JSON'],
  ['shape', '+ shape, validation, authorization'],
  ['memory', '+ table and engine, in memory'],
  ['engine', '+ table and engine'],
  ['answer', '+ admission, routing, the answer: the server itself'],
];
const commands = [
  ['GetItem, remembered', 'get'],
  ['PutItem, durable', 'put'],
];
// Nothing is remembered of the engine in memory, so a GetItem there is another thing.
const has = (rung, command) => rung !== 'memory' || command === 'put';

export const title = 'The ladder';
export async function measure() {
  const how = howMeasured();
  const [durable, inMemory] = [await startLadder(), await startLadder({ inMemory: true })];
  // A table for each rung that remembers items, since what one of them writes the others would have to read again. The
  // highest rung alone can make tables.
  for (const table of ['engine', 'answer']) {
    for (const ladder of [durable, inMemory]) await load({ ...ladder.answer, table }, 'prepare');
  }
  const server = (rung) => (rung === 'memory' ? inMemory.engine : durable[rung]);
  const tableOf = (rung) => (rung === 'answer' ? 'answer' : 'engine');
  const subjects = commands.flatMap(([, command]) =>
    rungs
      .filter(([rung]) => has(rung, command))
      .map(([rung]) => [`${rung} ${command}`, () => load({ ...server(rung), table: tableOf(rung) }, command)]),
  );
  const runs = await interleave('ladder', subjects);
  for (const ladder of [durable, inMemory]) await stop(ladder.answer);
  const cpu_us = (rung, command) => median(runs.get(`${rung} ${command}`).map((run) => run.server_cpu_us));
  const rows = rungs.map(([rung, what], i) => [
    what,
    ...commands.flatMap(([, command]) => {
      if (!has(rung, command)) return ['', ''];
      const before = rungs.slice(0, i).findLast(([other]) => has(other, command));
      const now_us = cpu_us(rung, command);
      return [now_us.toFixed(1), before ? (now_us - cpu_us(before[0], command)).toFixed(1) : ''];
    }),
  ]);
  return [
    prose(
      how,
      `${settings.connections[0]} connections. Each rung is a server of its own on one loop of \`basalt-ladder\` on core 0 and does all that`,
      "the rungs above it do, with the server's own functions; until the last, the answer is a fixed one of 1 KiB. CPU us a request, and",
      'what its step adds.',
    ),
    table(['rung', ...commands.flatMap(([name]) => [name, 'step'])], rows),
  ].join('\n\n');
}
