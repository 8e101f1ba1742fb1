// Keys in the memory of a running server lie where nothing swaps them and no core file holds them. What a core file
// would hold is read from /proc: all of its private memory but what the kernel says is left out ("dd").
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { initialize, startServe } from '../support/server.mjs';
import { succeed } from '../support/wire.mjs';
import { createTable } from '../support/tables.mjs';

// [{ begin, end, flags }] of what the process may read and write.
function mappingsOf(pid) {
  const mappings = [];
  for (const line of readFileSync(`/proc/${pid}/smaps`, 'latin1').split('\n')) {
    const head = /^([0-9a-f]+)-([0-9a-f]+) (rw)/.exec(line);
    if (/^[0-9a-f]+-[0-9a-f]+ /.test(line)) mappings.push(head && { begin: Number.parseInt(head[1], 16), end: Number.parseInt(head[2], 16) });
    else if (line.startsWith('VmFlags:') && mappings.at(-1)) mappings.at(-1).flags = line.split(/\s+/).slice(1);
  }
  return mappings.filter(Boolean);
}

function countIn(pid, mappings, bytes) {
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  const piece = Buffer.alloc(1 << 20);
  let count = 0;
  try {
    for (const { begin, end } of mappings)
      for (let at = begin; at < end; at += piece.length - bytes.length) {
        let size = 0;
        try {
          size = readSync(memory, piece, 0, Math.min(piece.length, end - at), at);
        } catch (error) {
          if (error.code !== 'EIO') throw error; // a page that was never touched beyond its end, or is gone
        }
        for (let found = piece.subarray(0, size).indexOf(bytes); found >= 0; found = piece.subarray(0, size).indexOf(bytes, found + 1)) ++count;
      }
  } finally {
    closeSync(memory);
  }
  return count;
}

function mayLookInto(pid) {
  try {
    closeSync(openSync(`/proc/${pid}/mem`, 'r'));
    return true;
  } catch {
    return false;
  }
}

test('the root key is in locked memory alone', async (t) => {
  const place = await initialize();
  const options = { credentials: place.credentials['111111111111'] };
  const server = await startServe(place);
  await createTable(server, 'Table', { options });
  for (let i = 0; i < 20; ++i)
    await succeed(server, 'PutItem', { TableName: 'Table', Item: { pk: { S: `known text ${i}` } } }, options);
  const pid = server.child.pid;
  if (!mayLookInto(pid)) {
    await server.stop();
    return t.skip('another process may not be looked into');
  }
  const mappings = mappingsOf(pid);
  const dumped = mappings.filter(({ flags }) => !flags.includes('dd'));
  const hidden = mappings.filter(({ flags }) => flags.includes('dd'));
  assert.ok(countIn(pid, dumped, Buffer.from('known text 7')) > 0, 'the search finds nothing at all');

  const rootKey = readFileSync(place.rootKeyFile);
  assert.ok(countIn(pid, hidden, rootKey) > 0, 'the root key is not where it is looked for');
  assert.equal(countIn(pid, dumped, rootKey), 0, 'a core file would hold the root key');
  assert.ok(hidden.some(({ flags }) => flags.includes('lo')) || server.stderr.includes('may be swapped'));
  await server.stop();
});
