// What loops cost each other. One loop alone on a machine with a core to spare is no measure for two: the second core
// would have less to do, and clients that share the loop's core cost it a third less than those on the other. So one
// server with two loops is compared with two servers of one loop each, which share nothing: both times each core has one
// loop, half of all requests and the same drivers, and every loop has half of its clients on its own core. What is left
// is what loops have in common: locks, counters, lines of memory. nginx, whose workers have nothing in common, shows
// how far the comparison itself can be trusted.
import { spawn } from 'node:child_process';
import { coreCount, driverCall, howMeasured, interleave, load, median, prose, settings, settled, spread, table } from './measure.mjs';
import { spreadLoops, startBasalt, startNginx, stop } from './servers.mjs';

const cores = [0, 1];
const connectionsOfDriver = 16;
const items = Math.min(settings.items, 20_000); // few enough to be read once by every driver before it measures
const prepare_ms = 2_000; // what drivers may take until all of them send
const ratioMax = 1.1;

const output = (child) =>
  new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (bytes) => {
      text += bytes;
    });
    child.on('close', (code) => (code === 0 ? resolve(text) : reject(new Error(`basalt-load ended with ${code}: ${text}`))));
  });

// CPU us a request of one or two servers together, with two drivers on each core, one for each server if there are two.
// All measure the same seconds: what the servers took then, by what all drivers were answered.
async function loadFromAllCores(servers, command) {
  const pids = servers.flatMap((server) => server.pids);
  await settled(pids);
  const measureAt_ms = Date.now() + prepare_ms + settings.warm_up_ms;
  const drivers = cores
    .flatMap((core) => cores.map((number) => [core, servers[number % servers.length]]))
    .map(([core, server]) => {
      const { call, environment } = driverCall({ ...server, pids }, command, {
        connections: connectionsOfDriver,
        items,
        core,
        measureAt_ms,
      });
      return output(spawn(...call, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] }));
    });
  const reports = (await Promise.all(drivers)).map((text) => JSON.parse(text));
  const sum = (of) => reports.map(of).reduce((a, b) => a + b);
  return sum((run) => run.server_cpu_us * run.requests) / reports.length / sum((run) => run.requests);
}

async function startLoops(loops, onCores) {
  const basalt = await startBasalt({ loops, cores: onCores.join(',') });
  if (loops > 1) spreadLoops(basalt);
  await load(basalt, 'prepare', { items });
  return basalt;
}

export const title = 'Two loops';
export async function measure() {
  if (coreCount < cores.length) return 'Not measured: two loops need two cores.';
  const how = howMeasured(items);
  const basalt = { apart: [await startLoops(1, [0]), await startLoops(1, [1])], together: [await startLoops(2, cores)] };
  const nginx = {
    apart: [await startNginx({ firstCore: 0 }), await startNginx({ firstCore: 1 })],
    together: [await startNginx({ workers: 2 })],
  };
  const requests = [
    ['GetItem of 1 KiB, remembered', basalt, 'get', ratioMax],
    ['PutItem of 1 KiB, durable', basalt, 'put', ratioMax],
    ["nginx, fixed 1 KiB, GetItem's request", nginx, 'get', ''],
  ];
  const subjects = requests.flatMap(([name, servers, command]) =>
    Object.entries(servers).map(([which, some]) => [`${name} ${which}`, () => loadFromAllCores(some, command)]),
  );
  const runs = await interleave('loops', subjects);
  for (const server of [basalt, nginx].flatMap(({ apart, together }) => [...apart, ...together])) await stop(server);
  const rows = requests.map(([name, , , target]) => {
    const [apart, together] = [runs.get(`${name} apart`), runs.get(`${name} together`)];
    const ratios = together.map((cpu_us, round) => cpu_us / apart[round]);
    return [name, target, median(apart).toFixed(1), median(together).toFixed(1), median(ratios).toFixed(2), spread(ratios, 2)];
  });
  return [
    prose(
      how,
      'One server with two loops, each on its own core, beside two servers with one loop each, on the same cores and with half of the',
      'requests each: the load of the machine is the same, so the ratio is what loops cost each other. nginx with two workers beside two',
      `with one: what the comparison makes of servers that share nothing. ${cores.length ** 2 * connectionsOfDriver} connections in all, half of each`,
      "loop's from drivers on its own core and half from the other; writes of two servers go to two tables.",
    ),
    table(
      ['request', 'target ratio', 'CPU us, a loop in each of two', 'CPU us, two loops in one', 'ratio (median of rounds)', 'least-most'],
      rows,
    ),
  ].join('\n\n');
}
