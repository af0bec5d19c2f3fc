import { type Events, makeEvents } from '../../decode/events.ts';

/** Collects events, and gives them out sorted by time. */
export interface EventList {
  add: (t: number, x: number, y: number, p: number) => void;
  clear: () => void;
  /** The columns are valid until the next call. All events must lie in from <= t < to. */
  inOrder: (from: number, to: number) => Events;
}

export function eventList(): EventList {
  let events = makeEvents(4096);
  let sorted = makeEvents(4096);
  let length = 0;
  return {
    add(t, x, y, p) {
      if (length === events.t.length) events = grown(events);
      events.t[length] = t;
      events.x[length] = x;
      events.y[length] = y;
      events.p[length++] = p;
    },
    clear() {
      length = 0;
    },
    /** A counting sort: a step is a few thousand microseconds long. */
    inOrder(from, to) {
      if (sorted.t.length < length) sorted = makeEvents(events.t.length);
      const next = new Uint32Array(to - from + 1);
      for (let i = 0; i < length; i++) next[events.t[i]! - from + 1]!++;
      for (let i = 1; i < next.length; i++) next[i]! += next[i - 1]!;
      for (let i = 0; i < length; i++) {
        const at = next[events.t[i]! - from]!++;
        sorted.t[at] = events.t[i]!;
        sorted.x[at] = events.x[i]!;
        sorted.y[at] = events.y[i]!;
        sorted.p[at] = events.p[i]!;
      }
      sorted.length = length;
      return sorted;
    },
  };
}

function grown(events: ReturnType<typeof makeEvents>): ReturnType<typeof makeEvents> {
  const more = makeEvents(events.t.length * 2);
  more.t.set(events.t);
  more.x.set(events.x);
  more.y.set(events.y);
  more.p.set(events.p);
  return more;
}
