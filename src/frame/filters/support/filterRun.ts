import { type Events, type WritableEvents, makeEvents } from '../../../decode/events.ts';
import type { FilterRun } from '../../filter.ts';

/** A pass over a batch: puts what it keeps into `out`, in order, and returns how many that were. */
export type Pass = (events: Events, out: WritableEvents, width: number, height: number) => number;

/** A run of a filter around its hot loop: columns that grow as needed, and the count of what was dropped. */
export function filterRun(pass: Pass): FilterRun {
  let out = makeEvents(0);
  let dropped = 0;
  return {
    push(events, width, height) {
      if (out.t.length < events.length) out = makeEvents(Math.max(events.length, 2 * out.t.length));
      out.length = pass(events, out, width, height);
      dropped += events.length - out.length;
      return out;
    },
    get dropped() {
      return dropped;
    },
  };
}

/** Copies event `from` of a batch to place `to`. */
export function keep(events: Events, from: number, out: WritableEvents, to: number): void {
  out.t[to] = events.t[from]!;
  out.x[to] = events.x[from]!;
  out.y[to] = events.y[from]!;
  out.p[to] = events.p[from]!;
}

/** State of each pixel, made when the size of the sensor is known, and again if it changes. */
export function perPixel<State>(make: (width: number, height: number) => State): (width: number, height: number) => State {
  let last: { readonly width: number; readonly height: number; readonly state: State } | undefined;
  return (width, height) => {
    if (last?.width !== width || last.height !== height) last = { width, height, state: make(width, height) };
    return last.state;
  };
}
