import type { Events } from '../../decode/events.ts';
import type { CloseReason, Cutter, EventWindow } from '../eventWindow.ts';
import { keepEvents } from './retainedEvents.ts';
import { countLate } from './lateEvents.ts';
import { type HeldBatch, type OpenWindow, closeWindow, holdBatch, openWindow, take } from './openWindow.ts';
import type { CutOptions } from './windowing.ts';

/** Watches the events of one window; told of each once, in order. */
export interface Judge {
  /** The index behind the event that fills the window, or -1 while there is room. */
  fills(events: Events, from: number, to: number): number;
}

export interface Series {
  /** Where a window would begin and end that holds an event at `t`; no window may begin before `after`. Microseconds. */
  readonly span: (t: number, after: number) => readonly [start: number, end: number];
  /** A fresh judge for each window; it may depend on the size of the sensor. */
  readonly judge: (sensor: { readonly width: number; readonly height: number }) => Judge;
  /** A window that is full does not end before this length, in microseconds. */
  readonly atLeastUs: number;
  /** How far behind the latest event of the stream an event may come, in microseconds. */
  readonly latenessUs: number;
  /** Wall-clock silence that ends a window, in milliseconds. */
  readonly idleAfterMs?: number | undefined;
}

/**
 * Cuts one window after the other: each ends when its time is over, when its judge calls it full, or when the sensor
 * falls silent. A full window ends behind its last event and takes in what else has the same time, so that windows
 * stay half-open intervals that do not touch the same event twice.
 *
 * Everything but idleness is decided event by event: how the stream was cut into packets does not change a window.
 */
export function cutInSeries(
  { span, judge, atLeastUs, latenessUs, idleAfterMs }: Series,
  { horizonUs, memoryUs, after: resumed }: CutOptions,
): Cutter {
  const late = countLate();
  const kept = keepEvents(horizonUs, memoryUs);
  /** Oldest first. All but the newest wait for late events only. */
  let open: OpenWindow[] = [];
  let judging: Judge | undefined;
  /** Sensor time reached, and the end of the newest window so far. */
  let reached = resumed?.end ?? -Infinity;
  let after = resumed?.end ?? -Infinity;

  const close = (windows: readonly OpenWindow[], closedBy?: CloseReason): EventWindow[] =>
    windows.map((window) => closeWindow(window, closedBy ?? window.closedBy, kept.before(window.start)));

  /** Packets that hold the end of a window that was done begin before it: no sign of a clock that started again. */
  const isReread = ({ position }: HeldBatch): boolean => resumed !== undefined && position.first < resumed.offset;

  const closeUntil = (time: number): EventWindow[] => {
    if (!(time > reached)) return []; // also for NaN: the stream does not know its time yet
    reached = time;
    const oldest = open[0];
    // A silent sensor goes on sending its clock: what the next window will not need is let go.
    if (!oldest) kept.release(span(reached - latenessUs, after)[0]);
    if (!oldest || oldest.end > reached - latenessUs) return [];
    const closed = close(open.filter(({ end }) => end <= reached - latenessUs));
    open = open.slice(closed.length);
    kept.release(open[0]?.start ?? after);
    return closed;
  };

  const closeAll = (closedBy: CloseReason): EventWindow[] => {
    const newest = open.at(-1);
    // What a silent sensor says next belongs to a new window, also where this one's time is not over.
    if (newest && (closedBy === 'idle' || newest.end === Infinity))
      newest.end = after = Math.max(newest.lastT + 1, Math.min(newest.end, reached));
    const closed = [...close(open.slice(0, -1)), ...close(open.slice(-1), closedBy)];
    open = [];
    return closed;
  };

  const restart = (): EventWindow[] => {
    const closed = closeAll('time');
    kept.release(Infinity);
    late.clear();
    reached = after = -Infinity;
    return closed;
  };

  const windowFor = (t: number, batch: HeldBatch): OpenWindow | undefined => {
    if (t < after) return open.find(({ start, end }) => start <= t && t < end);
    const fresh = openWindow(...span(t, after));
    after = fresh.end;
    judging = judge(batch);
    open.push(fresh);
    return fresh;
  };

  /** Pulls the end in behind the event that fills the window. */
  const fill = (window: OpenWindow): void => {
    judging = undefined;
    const end = Math.max(window.lastT + 1, window.start + atLeastUs);
    if (end >= window.end) return;
    window.end = after = end;
    window.closedBy = 'count';
  };

  const pushHeld = (batch: HeldBatch): EventWindow[] => {
    const closed: EventWindow[] = [];
    const { events } = batch;
    const { t, length } = events;
    kept.add(batch);
    for (let from = 0; from < length;) {
      const at = t[from]!;
      closed.push(...closeUntil(at));
      const window = windowFor(at, batch);
      if (!window) {
        const dropped = late.drop(1, isReread(batch) ? 0 : reached - at);
        if (!isReread(batch)) late.keep(events, from, from + dropped);
        from += dropped;
        if (late.clockRestarted) closed.push(...restart());
        continue;
      }
      late.clear();
      let to = from + 1;
      while (to < length && t[to]! >= window.start && t[to]! < window.end) to++;
      const filled = window === open.at(-1) ? (judging?.fills(events, from, to) ?? -1) : -1;
      if (filled >= 0) to = filled;
      take(window, batch, from, to, latest(t, from, to));
      if (filled >= 0) fill(window);
      closed.push(...closeUntil(window.lastT));
      from = to;
    }
    closed.push(...closeUntil(batch.clockUs));
    return closed;
  };

  return {
    push: (batch) => holdBatch(batch, pushHeld),
    ...(idleAfterMs === undefined ? {} : { idle: (elapsedMs) => (elapsedMs < idleAfterMs ? [] : closeAll('idle')) }),
    flush() {
      const closed = closeAll('end');
      kept.release(Infinity);
      return closed;
    },
    get late() {
      return late.count;
    },
    takeLate: () => late.take(),
  };
}

function latest(t: Float64Array, from: number, to: number): number {
  let lastT = -Infinity;
  for (let i = from; i < to; i++) if (t[i]! > lastT) lastT = t[i]!;
  return lastT;
}
