import type { EventBatch } from '../../decode/events.ts';
import type { ResumePoint } from '../../stage/session.ts';
import type { CloseReason, EventSlice, EventWindow } from '../eventWindow.ts';
import { type LateEvents, collectLate } from './lateEvents.ts';
import { latest } from './latest.ts';
import { type HeldBatch, type HeldBytes, type OpenWindow, addEvents, closeWindow, holdBatch, openWindow, roomIn } from './openWindow.ts';
import { type PeriodicOptions, type Run, numberAt, runFrom } from './runFrom.ts';
import { type RetainedEvents, retainEvents } from './retainedEvents.ts';
import type { AssignerOptions, WindowAssigner } from './windowAssigner.ts';

/**
 * Assigns events to tumbling or sliding windows at multiples of the sensor time: window k holds the events with
 * k·every <= t < k·every + length. It closes when the stream's time passes its end by the allowed lateness. Times without events
 * make no window, so pauses cost nothing and a jump of the clock does not make millions of windows.
 *
 * A window that was cut before its end, because it was full or its sensor was forgotten, goes on as a second one that begins there. Of
 * windows that overlap only the newest goes on: it holds all that comes.
 *
 * Every decision is made event by event: how the stream was divided into packets does not change a window.
 */
export const periodicAssigner = (periods: PeriodicOptions, options: AssignerOptions): WindowAssigner =>
  new PeriodicAssigner(periods, options);

/** Where a window was cut, and whether a second one begins there. */
interface Cut {
  readonly at: number;
  readonly goesOn: boolean;
}

class PeriodicAssigner implements WindowAssigner {
  readonly #periods: PeriodicOptions;
  readonly #late: LateEvents;
  readonly #retained: RetainedEvents;
  readonly #windowEvents: number;
  readonly #held: HeldBytes = { bytes: 0 };
  /** In the order of their starts. */
  #open: OpenWindow[] = [];
  /** Sensor time reached. */
  #reached: number;
  /** Windows below this number are closed. */
  #firstOpen: number;
  /** By number, from the first open one on. */
  readonly #cuts = new Map<number, Cut>();

  constructor(periods: PeriodicOptions, { horizonUs, memoryUs, after, windowEvents = Infinity }: AssignerOptions) {
    this.#periods = periods;
    this.#late = collectLate(after);
    this.#retained = retainEvents(horizonUs, memoryUs);
    this.#windowEvents = windowEvents;
    this.#reached = after?.end ?? -Infinity;
    this.#firstOpen = after ? this.#nextAfter(after) : -Infinity;
  }

  push(batch: EventBatch): EventWindow[] {
    return holdBatch(batch, this.#held, (held) => {
      const closed: EventWindow[] = [];
      const { t, length } = held.events;
      this.#retained.add(held);
      for (let from = 0; from < length;) {
        from = this.#assignRun(held, runFrom(t, from, length, this.#periods, this.#borders()), closed);
      }
      closed.push(...this.#advance(held.clockUs));
      return closed;
    });
  }

  /** No timeout of its own: this repeats what closed the windows of a run before. */
  idle(): EventWindow[] {
    const newest = this.#open.at(-1);
    if (!newest) return [];
    const at = newest.lastT + 1;
    for (const window of this.#open) window.end = Math.min(window.end, at);
    const number = numberAt(newest.start, this.#periods);
    const goesOn = numberAt(at, this.#periods) === number;
    this.#cuts.clear();
    if (goesOn) this.#cuts.set(number, { at, goesOn });
    this.#firstOpen = goesOn ? number : number + 1;
    return this.#closeEnded(Infinity, 'idle');
  }

  rest(): EventWindow[] {
    const closed = this.idle();
    this.#retained.release(Infinity);
    return closed;
  }

  flush(): EventWindow[] {
    return this.#closeAll('end');
  }

  get heldBytes(): number {
    return this.#held.bytes;
  }

  get late(): number {
    return this.#late.count;
  }

  takeLate(): readonly EventSlice[] {
    return this.#late.take();
  }

  /** The first number that is open after the last finished window, which may have been cut. */
  #nextAfter({ start, end }: ResumePoint): number {
    const { everyUs, lengthUs } = this.#periods;
    const atEnd = numberAt(end, this.#periods);
    const number = start === -Infinity ? atEnd : numberAt(start, this.#periods);
    // Only the start of the next window is known, and it is one that no cut has made.
    if (start === -Infinity && end === atEnd * everyUs) return -Infinity;
    // Where windows overlap, those that were cut at the same time may not be finished yet: they are cut again.
    if (end === number * everyUs + lengthUs || atEnd !== number) return number + 1;
    this.#cuts.set(number, { at: end, goesOn: true });
    return number;
  }

  /** Adds a run to its windows, and what that closes to `closed`. Returns the index after the last event that was dealt with. */
  #assignRun(batch: HeldBatch, run: Run, closed: EventWindow[]): number {
    const { from, to, first, last } = run;
    const isBetweenWindows = first > last;
    const windows = this.#windowsOf(run);
    const open = windows.filter((window) => roomIn(window, this.#windowEvents) > 0);
    if (open.length === 0 && !isBetweenWindows) {
      for (const window of windows) window.isCut = true;
      const next = this.#late.drop(batch, from, to, this.#reached - batch.events.t[from]!);
      if (this.#late.clockRestarted) closed.push(...this.#closeAll('time'));
      return next;
    }
    const until = this.#addRun(batch, run, open, closed);
    // Too late for some of its windows, in time for the others.
    if (first < this.#firstOpen && !isBetweenWindows) this.#late.drop(batch, from, until, 0);
    this.#late.clear();
    return until;
  }

  /** Adds as much of a run as fits into each of the windows, and what that closes to `closed`. Returns the index after it. */
  #addRun(batch: HeldBatch, { from, to, lastT }: Run, windows: readonly OpenWindow[], closed: EventWindow[]): number {
    let until = to;
    for (const window of windows) until = Math.min(until, from + roomIn(window, this.#windowEvents));
    const reached = until === to ? lastT : latest(batch.events.t, from, until);
    closed.push(...this.#advance(reached));
    for (const window of windows) {
      addEvents(window, batch, from, until, reached);
      if (window.count === this.#windowEvents) this.#cutFull(window);
    }
    return until;
  }

  /** A window has as many events as it may: it ends here, and takes no more than what has the same time. */
  #cutFull(window: OpenWindow): void {
    const at = window.lastT + 1;
    if (at >= window.end) return;
    const number = numberAt(window.start, this.#periods);
    Object.assign(window, { end: at, closedBy: 'count', isCut: true });
    this.#cuts.set(number, { at, goesOn: numberAt(at, this.#periods) === number });
  }

  /** Closes the windows that end before the sensor time, less the allowed lateness. */
  #advance(time: number): EventWindow[] {
    if (!(time > this.#reached)) return []; // also for NaN: the stream does not know its time yet
    this.#reached = time;
    const { everyUs, lengthUs, latenessUs } = this.#periods;
    const number = Math.max(this.#firstOpen, Math.floor((time - latenessUs - lengthUs) / everyUs) + 1);
    if (number === this.#firstOpen && this.#cuts.size === 0) return [];
    this.#firstOpen = number;
    for (const cut of this.#cuts.keys()) if (cut < number) this.#cuts.delete(cut);
    const closed = this.#closeEnded(time - latenessUs);
    this.#retained.release(number * everyUs);
    return closed;
  }

  #closeAll(closedBy: CloseReason): EventWindow[] {
    this.#reached = this.#firstOpen = -Infinity;
    this.#cuts.clear();
    this.#late.clear();
    const closed = this.#closeEnded(Infinity, closedBy);
    this.#retained.release(Infinity);
    return closed;
  }

  #closeEnded(watermark: number, closedBy?: CloseReason): EventWindow[] {
    const ended = this.#open.filter(({ end }) => end <= watermark);
    this.#open = this.#open.filter(({ end }) => end > watermark && watermark < Infinity);
    return ended.map((window) =>
      closeWindow(window, window.isCut ? window.closedBy : (closedBy ?? window.closedBy), this.#retained.before(window.start)),
    );
  }

  /** The windows of a run that are open, or can be opened. */
  #windowsOf({ lastT, first, last }: Run): OpenWindow[] {
    const windows: OpenWindow[] = [];
    for (let number = Math.max(first, this.#firstOpen); number <= last; number++) {
      const cut = this.#cuts.get(number);
      const window = cut && (lastT < cut.at || !cut.goesOn) ? this.#cutPart(number, lastT) : this.#windowAt(number, cut?.at);
      if (window) windows.push(window);
    }
    return windows;
  }

  /** The part of a cut window that holds an event, if it is still open. */
  #cutPart(number: number, t: number): OpenWindow | undefined {
    return this.#open.find(({ start, end }) => start <= t && t < end && numberAt(start, this.#periods) === number);
  }

  /** @param cutAt where a window of this number was cut: this is the part after it */
  #windowAt(number: number, cutAt = -Infinity): OpenWindow {
    const { everyUs, lengthUs } = this.#periods;
    const start = Math.max(number * everyUs, cutAt);
    const at = this.#open.findLastIndex((window) => window.start <= start);
    const found = this.#open[at];
    if (found?.start === start) return found;
    const window = openWindow(start, number * everyUs + lengthUs);
    this.#open.splice(at + 1, 0, window);
    return window;
  }

  /** Sensor times, besides those of the numbers, at which other windows begin to hold the events. */
  #borders(): readonly number[] {
    if (this.#cuts.size === 0) return [];
    return [...[...this.#cuts.values()].map(({ at }) => at), ...this.#open.flatMap(({ start, end }) => [start, end])];
  }
}
