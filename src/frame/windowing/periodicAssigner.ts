import type { EventBatch } from '../../decode/events.ts';
import type { CloseReason, EventSlice, EventWindow } from '../eventWindow.ts';
import { type LateEvents, collectLate } from './lateEvents.ts';
import { type HeldBatch, type OpenWindow, addEvents, closeWindow, holdBatch, openWindow } from './openWindow.ts';
import { type RetainedEvents, retainEvents } from './retainedEvents.ts';
import type { AssignerOptions, WindowAssigner } from './windowAssigner.ts';

export interface PeriodicOptions {
  /** From the start of one window to the start of the next, in microseconds. */
  readonly everyUs: number;
  /** Length of a window in microseconds; longer than `everyUs` where windows overlap. */
  readonly lengthUs: number;
  /** Allowed lateness: how far behind the latest event of the stream an event may come, in microseconds. */
  readonly latenessUs: number;
}

/**
 * Assigns events to tumbling or sliding windows at multiples of the sensor time: window k holds the events with
 * k·every <= t < k·every + length. It closes when the stream's time passes its end by the allowed lateness. Times without events
 * make no window, so pauses cost nothing and a jump of the clock does not make millions of windows.
 *
 * Every decision is made event by event: how the stream was divided into packets does not change a window.
 */
export const periodicAssigner = (periods: PeriodicOptions, options: AssignerOptions): WindowAssigner =>
  new PeriodicAssigner(periods, options);

/** Events that follow each other in a batch and are in the same windows: no start and no end of a window lies between them. */
interface Run {
  readonly from: number;
  /** Index after the last one. */
  readonly to: number;
  readonly lastT: number;
  /** Numbers of the first and the last window that they are in; first > last where they lie between two windows. */
  readonly first: number;
  readonly last: number;
}

class PeriodicAssigner implements WindowAssigner {
  readonly #periods: PeriodicOptions;
  readonly #late: LateEvents;
  readonly #retained: RetainedEvents;
  /** In the order of their starts. */
  #open: OpenWindow[] = [];
  /** Sensor time reached. */
  #reached: number;
  /** Windows below this number are closed. */
  #firstOpen: number;

  constructor(periods: PeriodicOptions, { horizonUs, memoryUs, after }: AssignerOptions) {
    this.#periods = periods;
    this.#late = collectLate(after);
    this.#retained = retainEvents(horizonUs, memoryUs);
    this.#reached = after?.end ?? -Infinity;
    this.#firstOpen = after ? Math.round(after.start / periods.everyUs) + 1 : -Infinity;
  }

  push(batch: EventBatch): EventWindow[] {
    return holdBatch(batch, (held) => {
      const closed: EventWindow[] = [];
      this.#retained.add(held);
      for (let from = 0; from < held.events.length;) from = this.#assignRun(held, this.#runFrom(held, from), closed);
      closed.push(...this.#advance(held.clockUs));
      return closed;
    });
  }

  flush(): EventWindow[] {
    return this.#closeAll('end');
  }

  get late(): number {
    return this.#late.count;
  }

  takeLate(): readonly EventSlice[] {
    return this.#late.take();
  }

  #runFrom({ events: { t, length } }: HeldBatch, from: number): Run {
    const { everyUs, lengthUs } = this.#periods;
    let lastT = t[from]!;
    const last = Math.floor(lastT / everyUs);
    const first = Math.floor((lastT - lengthUs) / everyUs) + 1;
    const low = Math.max(last * everyUs, (first - 1) * everyUs + lengthUs);
    const high = Math.min((last + 1) * everyUs, first * everyUs + lengthUs);
    let to = from + 1;
    for (; to < length; to++) {
      const next = t[to]!;
      if (next < low || next >= high) break;
      if (next > lastT) lastT = next;
    }
    return { from, to, lastT, first, last };
  }

  /** Adds a run to its windows, and what that closes to `closed`. Returns the index after the last event that was dealt with. */
  #assignRun(batch: HeldBatch, { from, to, lastT, first, last }: Run, closed: EventWindow[]): number {
    const isBetweenWindows = first > last;
    if (last < this.#firstOpen && !isBetweenWindows) {
      const next = this.#late.drop(batch, from, to, this.#reached - batch.events.t[from]!);
      if (this.#late.clockRestarted) closed.push(...this.#closeAll('time'));
      return next;
    }
    // Too late for some of its windows, in time for the others.
    if (first < this.#firstOpen && !isBetweenWindows) this.#late.drop(batch, from, to, 0);
    this.#late.clear();
    closed.push(...this.#advance(lastT));
    for (let number = Math.max(first, this.#firstOpen); number <= last; number++) addEvents(this.#windowAt(number), batch, from, to, lastT);
    return to;
  }

  /** Closes the windows that end before the sensor time, less the allowed lateness. */
  #advance(time: number): EventWindow[] {
    if (!(time > this.#reached)) return []; // also for NaN: the stream does not know its time yet
    this.#reached = time;
    const { everyUs, lengthUs, latenessUs } = this.#periods;
    const number = Math.floor((time - latenessUs - lengthUs) / everyUs) + 1;
    if (number === this.#firstOpen) return [];
    this.#firstOpen = number;
    return this.#closeBefore(number * everyUs, 'time');
  }

  #closeAll(closedBy: CloseReason): EventWindow[] {
    this.#reached = this.#firstOpen = -Infinity;
    this.#late.clear();
    return this.#closeBefore(Infinity, closedBy);
  }

  /** Closes the windows that start before `start`; no later window will. */
  #closeBefore(start: number, closedBy: CloseReason): EventWindow[] {
    const closed = this.#open
      .filter((window) => window.start < start)
      .map((window) => closeWindow(window, closedBy, this.#retained.before(window.start)));
    this.#open = this.#open.filter((window) => window.start >= start);
    this.#retained.release(start);
    return closed;
  }

  #windowAt(number: number): OpenWindow {
    const start = number * this.#periods.everyUs;
    const at = this.#open.findLastIndex((window) => window.start <= start);
    const found = this.#open[at];
    if (found?.start === start) return found;
    const window = openWindow(start, start + this.#periods.lengthUs);
    this.#open.splice(at + 1, 0, window);
    return window;
  }
}
