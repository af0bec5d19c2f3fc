import type { EventBatch } from '../../decode/events.ts';
import type { CloseReason, EventSlice, EventWindow } from '../eventWindow.ts';
import { type LateEvents, collectLate } from './lateEvents.ts';
import { latest } from './latest.ts';
import { type HeldBatch, type HeldBytes, type OpenWindow, addEvents, closeWindow, holdBatch, openWindow, roomIn } from './openWindow.ts';
import { type RetainedEvents, retainEvents } from './retainedEvents.ts';
import type { Trigger } from './trigger.ts';
import type { AssignerOptions, WindowAssigner } from './windowAssigner.ts';

export interface SequentialOptions {
  /** Where a window would begin and end that holds an event at `t`; no window may begin before `after`. Microseconds. */
  readonly span: (t: number, after: number) => readonly [start: number, end: number];
  /** A new trigger for each window; it may depend on the size of the sensor. */
  readonly makeTrigger: (sensor: { readonly width: number; readonly height: number }) => Trigger;
  /** A trigger does not close a window before this length, in microseconds. */
  readonly atLeastUs: number;
  /** Allowed lateness: how far behind the latest event of the stream an event may come, in microseconds. */
  readonly latenessUs: number;
  /** Idle timeout: wall-clock time without packets that closes a window, in milliseconds. */
  readonly idleAfterMs?: number | undefined;
}

/**
 * Assigns events to one window after the other, like session windows: each ends when its time is over, when its trigger fires, or at
 * the idle timeout. A trigger ends a window after the event at which it fires, and the window includes all events of the same time, so
 * that windows stay half-open intervals and no event is in two of them.
 *
 * Every decision but that of the idle timeout is made event by event: how the stream was divided into packets does not change a window.
 */
export function sequentialAssigner(sequence: SequentialOptions, options: AssignerOptions): WindowAssigner {
  return new SequentialAssigner(sequence, options);
}

class SequentialAssigner implements WindowAssigner {
  readonly #sequence: SequentialOptions;
  readonly #late: LateEvents;
  readonly #retained: RetainedEvents;
  readonly #windowEvents: number;
  readonly #held: HeldBytes = { bytes: 0 };
  /** Oldest first. All but the newest wait for late events only. */
  #open: OpenWindow[] = [];
  /** That of the newest window, until it fires. */
  #trigger: Trigger | undefined;
  /** Sensor time reached. */
  #reached: number;
  /** End of the newest window so far. */
  #after: number;

  constructor(sequence: SequentialOptions, { horizonUs, memoryUs, after, windowEvents = Infinity }: AssignerOptions) {
    this.#sequence = sequence;
    this.#windowEvents = windowEvents;
    this.#late = collectLate(after);
    this.#retained = retainEvents(horizonUs, memoryUs);
    this.#reached = this.#after = after?.end ?? -Infinity;
  }

  push(batch: EventBatch): EventWindow[] {
    return holdBatch(batch, this.#held, (held) => {
      const closed: EventWindow[] = [];
      this.#retained.add(held);
      for (let from = 0; from < held.events.length;) from = this.#assignFrom(held, from, closed);
      closed.push(...this.#advance(held.clockUs));
      return closed;
    });
  }

  idle(elapsedMs: number): EventWindow[] {
    return elapsedMs < (this.#sequence.idleAfterMs ?? Infinity) ? [] : this.#closeAll('idle');
  }

  rest(): EventWindow[] {
    const closed = this.#closeAll('idle');
    this.#retained.release(Infinity);
    return closed;
  }

  get heldBytes(): number {
    return this.#held.bytes;
  }

  flush(): EventWindow[] {
    const closed = this.#closeAll('end');
    this.#retained.release(Infinity);
    return closed;
  }

  get late(): number {
    return this.#late.count;
  }

  takeLate(): readonly EventSlice[] {
    return this.#late.take();
  }

  /** Assigns the next events that are in one window, and adds what that closes to `closed`. Returns the index after them. */
  #assignFrom(batch: HeldBatch, from: number, closed: EventWindow[]): number {
    const { events } = batch;
    const { t, length } = events;
    const first = t[from]!;
    closed.push(...this.#advance(first));
    const window = this.#windowFor(first, batch);
    const room = window ? roomIn(window, this.#windowEvents) : 0;
    if (!window || room <= 0) {
      if (window) window.isCut = true;
      const next = this.#late.drop(batch, from, from + 1, this.#reached - first);
      if (this.#late.clockRestarted) closed.push(...this.#restart());
      return next;
    }
    this.#late.clear();
    let to = from + 1;
    const most = Math.min(length, from + room);
    while (to < most && t[to]! >= window.start && t[to]! < window.end) to++;
    const firedAt = window === this.#open.at(-1) ? (this.#trigger?.firesAt(events, from, to) ?? -1) : -1;
    if (firedAt >= 0) to = firedAt;
    addEvents(window, batch, from, to, latest(t, from, to));
    if (firedAt >= 0) this.#fire(window);
    if (window.count === this.#windowEvents) this.#cutFull(window);
    closed.push(...this.#advance(window.lastT));
    return to;
  }

  /** The window of an event: an open one, or a new one after the newest. Undefined where its window was closed. */
  #windowFor(t: number, batch: HeldBatch): OpenWindow | undefined {
    if (t < this.#after) return this.#open.find(({ start, end }) => start <= t && t < end);
    const window = openWindow(...this.#sequence.span(t, this.#after));
    this.#after = window.end;
    this.#trigger = this.#sequence.makeTrigger(batch);
    this.#open.push(window);
    return window;
  }

  /** Moves the end of the newest window to the event at which its trigger fired. */
  #fire(window: OpenWindow): void {
    this.#trigger = undefined;
    const end = Math.max(window.lastT + 1, window.start + this.#sequence.atLeastUs);
    if (end >= window.end) return;
    window.end = this.#after = end;
    window.closedBy = 'count';
  }

  /** A window has as many events as it may. One that waits for late events takes some more, and those after them are late. */
  #cutFull(window: OpenWindow): void {
    const end = window.lastT + 1;
    if (window !== this.#open.at(-1) || end >= window.end) return;
    this.#trigger = undefined;
    window.end = this.#after = end;
    window.closedBy = 'count';
    window.isCut = true;
  }

  /** Closes the windows that end before the sensor time, less the allowed lateness. */
  #advance(time: number): EventWindow[] {
    if (!(time > this.#reached)) return []; // also for NaN: the stream does not know its time yet
    this.#reached = time;
    const watermark = time - this.#sequence.latenessUs;
    const oldest = this.#open[0];
    // A sensor without events still sends its clock: what the next window will not need is released.
    if (!oldest) this.#retained.release(this.#sequence.span(watermark, this.#after)[0]);
    if (!oldest || oldest.end > watermark) return [];
    const closed = this.#close(this.#open.filter(({ end }) => end <= watermark));
    this.#open = this.#open.slice(closed.length);
    this.#retained.release(this.#open[0]?.start ?? this.#after);
    return closed;
  }

  #closeAll(closedBy: CloseReason): EventWindow[] {
    const newest = this.#open.at(-1);
    // After an idle timeout the next event belongs to a new window, also where the time of this one is not over.
    if (newest && (closedBy === 'idle' || newest.end === Infinity))
      newest.end = this.#after = Math.max(newest.lastT + 1, Math.min(newest.end, this.#reached));
    const closed = [...this.#close(this.#open.slice(0, -1)), ...this.#close(this.#open.slice(-1), closedBy)];
    this.#open = [];
    return closed;
  }

  /** The clock of the sensor was restarted. */
  #restart(): EventWindow[] {
    const closed = this.#closeAll('time');
    this.#retained.release(Infinity);
    this.#late.clear();
    this.#reached = this.#after = -Infinity;
    return closed;
  }

  #close(windows: readonly OpenWindow[], closedBy?: CloseReason): EventWindow[] {
    return windows.map((window) => closeWindow(window, closedBy ?? window.closedBy, this.#retained.before(window.start)));
  }
}
