// The clock of a server that was started with --test-clock.
import assert from 'node:assert/strict';
import { run } from './server.mjs';

// Moves it forward, once all is done that is due then; the time it shows, in milliseconds.
export async function advanceClock(server, duration) {
  const end = await run(['clock', 'advance', duration, '--data-dir', server.directory]);
  assert.equal(end.code, 0, end.stderr);
  assert.match(end.stdout, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\n$/);
  return Date.parse(end.stdout.trim());
}
