// The checker itself: it takes what some order explains and nothing else, as trying all orders does.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { linearizable, register } from '../support/linearizability.mjs';

const check = (history, initial = null) => linearizable(history, register, initial).ok;
const write = (start, end, value) => ({ start, end, kind: 'write', value });
const read = (start, end, value) => ({ start, end, kind: 'read', value });
const swap = (start, end, from, value, failed) => ({ start, end, kind: 'swap', from, value, failed });
const add = (start, end, value) => ({ start, end, kind: 'add', value });

test('reads see the last write, and of writes under way either', () => {
  assert.ok(check([write(0, 1, 'a'), read(2, 3, 'a')]));
  assert.ok(check([write(0, 5, 'a'), read(1, 2, null), read(3, 4, 'a')]));
  assert.ok(!check([write(0, 1, 'a'), read(2, 3, null)]), 'lost');
  assert.ok(!check([write(0, 9, 'a'), read(1, 2, 'a'), read(3, 4, null)]), 'seen, then unseen');
  assert.ok(!check([write(0, 1, 'a'), write(2, 3, 'b'), read(4, 5, 'a')]), 'stale');
  assert.ok(!check([read(0, 1, 'b')]), 'from nowhere');
});

test('a call without an answer took effect at any later moment, or never', () => {
  assert.ok(check([write(0, Infinity, 'a'), read(1, 2, null), read(3, 4, 'a')]));
  assert.ok(check([write(0, Infinity, 'a'), read(1, 2, null)]));
  assert.ok(!check([write(0, Infinity, 'a'), read(1, 2, 'a'), read(3, 4, null)]), 'once seen it stays');
  assert.ok(!check([read(1, 2, 'a'), write(3, Infinity, 'a')]), 'not before it began');
});

test('swaps and sums', () => {
  assert.ok(check([write(0, 1, 'a'), swap(2, 5, 'a', 'b', false), swap(2, 5, 'a', 'c', true), read(6, 7, 'b')]));
  assert.ok(!check([write(0, 1, 'a'), swap(2, 5, 'a', 'b', false), swap(2, 5, 'a', 'c', false)]), 'both');
  assert.ok(!check([write(0, 1, 'a'), swap(2, 3, 'a', 'b', true)]), 'refused for nothing');
  assert.ok(check([add(0, 3, 2), add(0, 3, 1), read(4, 5, 2)]));
  assert.ok(!check([add(0, 3, 1), add(0, 3, 1)]), 'one lost');
  assert.ok(!check([add(0, 1, 1), add(2, 3, 3)]), 'one doubled');
  assert.ok(check([add(0, 1, 1), add(0, Infinity), add(2, 3, 3)]));
});

// Every order of the answered calls and of some of the others.
function explains(history) {
  const search = (left, state) => {
    if (left.every((call) => call.end === Infinity)) return true;
    const earliest = Math.min(...left.map((call) => call.end));
    return left.some((call) => {
      if (call.start > earliest) return false;
      const next = register(state, call);
      return (
        next !== undefined &&
        search(
          left.filter((other) => other !== call),
          next,
        )
      );
    });
  };
  return search(history, null);
}

test('random histories are judged as by trying every order', () => {
  let seed = 7;
  const random = (below) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
  const verdicts = [0, 0];
  for (let round = 0; round < 3000; ++round) {
    const history = Array.from({ length: 1 + random(6) }, () => {
      const start = random(12);
      const end = random(6) === 0 ? Infinity : start + 1 + random(6);
      const value = [null, 'a', 'b'][random(3)];
      switch (random(3)) {
        case 0:
          return read(start, end === Infinity ? start + 1 : end, value);
        case 1:
          return write(start, end, value);
        default:
          return swap(start, end, [null, 'a', 'b'][random(3)], value, end === Infinity ? undefined : random(2) === 0);
      }
    });
    const expected = explains(history);
    assert.equal(check(history), expected, JSON.stringify(history));
    verdicts[Number(expected)] += 1;
  }
  assert.ok(Math.min(...verdicts) > 300, `both verdicts are met: ${verdicts}`);
});
