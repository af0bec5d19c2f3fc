import type { CloseReason, Cutter, EventWindow } from '../eventWindow.ts';
import { keepEvents } from './retainedEvents.ts';
import { countLate } from './lateEvents.ts';
import { type HeldBatch, type OpenWindow, closeWindow, holdBatch, openWindow, take } from './openWindow.ts';
import type { CutOptions } from './windowing.ts';

export interface Grid {
  /** From the start of one window to the start of the next, in microseconds. */
  readonly everyUs: number;
  /** Length of a window in microseconds; longer than `everyUs` where windows overlap. */
  readonly lengthUs: number;
  /** How far behind the latest event of the stream an event may come, in microseconds. */
  readonly latenessUs: number;
}

/**
 * Cuts at multiples of the sensor time: window k holds the events with k·every <= t < k·every + length. It closes when
 * the stream's time passes its end by the lateness. Slots without events make no window, so silence costs nothing and
 * a jump of the clock cannot explode.
 *
 * Everything is decided event by event: how the stream was cut into packets does not change a window.
 */
export function cutOnGrid({ everyUs, lengthUs, latenessUs }: Grid, { horizonUs, memoryUs, after }: CutOptions): Cutter {
  const late = countLate();
  const kept = keepEvents(horizonUs, memoryUs);
  /** Oldest first. */
  let open: OpenWindow[] = [];
  /** Sensor time reached. */
  let reached = after?.end ?? -Infinity;
  /** Windows below this number are closed. */
  let firstOpen = after ? Math.round(after.start / everyUs) + 1 : -Infinity;

  /** Packets that hold the end of a window that was done begin before it: no sign of a clock that started again. */
  const isReread = ({ position }: HeldBatch): boolean => after !== undefined && position.first < after.offset;

  const closeUntil = (time: number): EventWindow[] => {
    if (!(time > reached)) return []; // also for NaN: the stream does not know its time yet
    reached = time;
    const number = Math.floor((reached - latenessUs - lengthUs) / everyUs) + 1;
    if (number === firstOpen) return [];
    firstOpen = number;
    return close(firstOpen * everyUs, 'time');
  };

  /** Closes the windows that start before `firstStart`, after which none will. */
  const close = (firstStart: number, closedBy: CloseReason): EventWindow[] => {
    const closed = open.filter(({ start }) => start < firstStart).map((window) => closeWindow(window, closedBy, kept.before(window.start)));
    open = open.filter(({ start }) => start >= firstStart);
    kept.release(firstStart);
    return closed;
  };

  const closeAll = (closedBy: CloseReason): EventWindow[] => {
    reached = firstOpen = -Infinity;
    late.clear();
    return close(Infinity, closedBy);
  };

  const windowAt = (number: number): OpenWindow => {
    const start = number * everyUs;
    const at = open.findLastIndex((window) => window.start <= start);
    const found = open[at];
    if (found?.start === start) return found;
    const fresh = openWindow(start, start + lengthUs);
    open.splice(at + 1, 0, fresh);
    return fresh;
  };

  const pushHeld = (batch: HeldBatch): EventWindow[] => {
    const closed: EventWindow[] = [];
    const { t, length } = batch.events;
    kept.add(batch);
    for (let from = 0; from < length;) {
      const at = t[from]!;
      const last = Math.floor(at / everyUs);
      const first = Math.floor((at - lengthUs) / everyUs) + 1;
      // The events of one run are in the same windows: no start and no end lies between them.
      const low = Math.max(last * everyUs, (first - 1) * everyUs + lengthUs);
      const high = Math.min((last + 1) * everyUs, first * everyUs + lengthUs);
      let to = from + 1;
      let lastT = at;
      for (; to < length; to++) {
        const next = t[to]!;
        if (next < low || next >= high) break;
        if (next > lastT) lastT = next;
      }
      const isBetweenWindows = first > last;
      if (last < firstOpen && !isBetweenWindows) {
        const dropped = late.drop(to - from, isReread(batch) ? 0 : reached - at);
        if (!isReread(batch)) late.keep(batch.events, from, from + dropped);
        from += dropped;
        if (late.clockRestarted) closed.push(...closeAll('time'));
        continue;
      }
      if (first < firstOpen && !isBetweenWindows) {
        late.drop(to - from, 0);
        if (!isReread(batch)) late.keep(batch.events, from, to);
      }
      late.clear();
      closed.push(...closeUntil(lastT));
      for (let number = Math.max(first, firstOpen); number <= last; number++) take(windowAt(number), batch, from, to, lastT);
      from = to;
    }
    closed.push(...closeUntil(batch.clockUs));
    return closed;
  };

  return {
    push: (batch) => holdBatch(batch, pushHeld),
    flush: () => closeAll('end'),
    get late() {
      return late.count;
    },
    takeLate: () => late.take(),
  };
}
