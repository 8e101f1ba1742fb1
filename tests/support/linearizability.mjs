// Whether a history of calls can be explained by one order of them, each taking effect at one moment between its call
// and its answer (Wing and Gong's search, with a memory of what was tried: Lowe's).
//
//   const { ok, stuck } = linearizable(history, model, initial)
//
// A history is a list of {start, end, ...}; without an answer `end` is Infinity, and the call may have taken effect at any
// moment after its start, or never. `model(state, call)` answers with the state after the call, or undefined if the call
// cannot have been answered so in that state. States are strings or numbers. `stuck`: the first calls that no order of
// what was before explains.
export function linearizable(history, model, initial) {
  const byStart = (one, other) => one.start - other.start;
  const answered = history.filter((call) => call.end !== Infinity).sort(byStart);
  const open = history.filter((call) => call.end === Infinity).sort(byStart);
  const calls = [...answered, ...open];
  const done = new Uint8Array(calls.length);
  const tried = new Set();
  const path = [];
  let now = { state: initial, first: 0, last: -1, left: answered.length }; // answered ones before `first` are done, none behind `last`
  let least = { left: answered.length + 1, first: 0 };

  const key = () => {
    let text = `${typeof now.state} ${now.state}|${now.first}`;
    for (let at = now.first + 1; at <= now.last; ++at) if (done[at]) text += `,${at}`;
    for (let at = answered.length; at < calls.length; ++at) if (done[at]) text += `;${at}`;
    return text;
  };
  // The next call from position `from` on that may come now: none may that began after another one was answered.
  const nextFrom = (from) => {
    let earliest = Infinity;
    for (let at = now.first; at < answered.length && calls[at].start <= earliest; ++at) {
      if (!done[at]) earliest = Math.min(earliest, calls[at].end);
    }
    for (let at = Math.max(from, now.first); at < calls.length; ++at) {
      if (calls[at].start > earliest) {
        if (at >= answered.length) break;
        at = answered.length - 1; // on to the open ones
        continue;
      }
      const state = done[at] ? undefined : model(now.state, calls[at]);
      if (state !== undefined) return { at, state };
    }
    return undefined;
  };

  for (let from = 0; now.left > 0; ) {
    if (now.left < least.left) least = now;
    const next = nextFrom(from);
    if (next) {
      path.push({ at: next.at, before: now });
      done[next.at] = 1;
      const isAnswered = next.at < answered.length;
      let { first } = now;
      while (first < answered.length && done[first]) ++first;
      const last = isAnswered ? Math.max(now.last, next.at) : now.last;
      now = { state: next.state, first, last, left: now.left - (isAnswered ? 1 : 0) };
      from = 0;
      const text = key();
      if (!tried.has(text)) {
        tried.add(text);
        continue;
      }
    }
    const back = path.pop();
    if (!back) return { ok: false, stuck: answered.slice(least.first, least.first + 10) };
    done[back.at] = 0;
    now = back.before;
    from = back.at + 1;
  }
  return { ok: true };
}

// What kinds of calls mean: {kind: 'read', value}, {kind: 'write', value}, {kind: 'swap', from, value, failed} (written
// if it was `from`), {kind: 'add', value} (one more than before is `value`; unknown after a call without an answer).
// `value` of something that is not there is null.
export function register(state, call) {
  switch (call.kind) {
    case 'read':
      return state === call.value ? state : undefined;
    case 'write':
      return call.value;
    case 'swap':
      if (call.failed === undefined) return state === call.from ? call.value : state; // no answer
      if (call.failed) return state === call.from ? undefined : state;
      return state === call.from ? call.value : undefined;
    case 'add': {
      const next = (state ?? 0) + 1;
      return call.value === undefined || call.value === next ? next : undefined;
    }
    default:
      throw new Error(`no meaning of ${call.kind}`);
  }
}
