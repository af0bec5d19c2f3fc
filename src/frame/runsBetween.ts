import type { Events } from '../decode/events.ts';
import type { EventSlice } from './eventWindow.ts';

/** Runs of the events `from` up to, not including, `to` with start <= t < end; one run where the times never decrease. */
export function runsBetween(events: Events, start: number, end: number, from = 0, to = events.length): EventSlice[] {
  const { t } = events;
  const runs: EventSlice[] = [];
  for (let first = from; first < to; first++) {
    if (t[first]! < start || t[first]! >= end) continue;
    let next = first + 1;
    while (next < to && t[next]! >= start && t[next]! < end) next++;
    runs.push({ events, from: first, to: next });
    first = next;
  }
  return runs;
}
