import type { EventBatch } from '../../decode/events.ts';
import type { Ack } from '../../stage/item.ts';
import { splitAck } from '../../stage/splitAck.ts';
import type { CloseReason, EventSlice, EventWindow } from '../eventWindow.ts';

/** A batch whose ack is shared by everything that keeps some of its events. */
export interface HeldBatch extends EventBatch {
  share(): Ack;
}

/** Hands a batch to `use`; the batch's own ack is called when every share that `use` took has been called, or at once if it took none. */
export function holdBatch<Out>(batch: EventBatch, use: (held: HeldBatch) => Out): Out {
  const { share, close } = splitAck(batch.ack);
  try {
    return use({ ...batch, share });
  } finally {
    close();
  }
}

/** A window that still takes events. */
export interface OpenWindow {
  /** Sensor time in microseconds; the end may be pulled in while the window is open, never behind `lastT`. */
  readonly start: number;
  end: number;
  /** Why it will end, if nothing else ends it first. */
  closedBy: CloseReason;
  count: number;
  /** The latest sensor time in it. */
  lastT: number;
  readonly slices: EventSlice[];
  readonly acks: Ack[];
  first: EventBatch | undefined;
  last: EventBatch | undefined;
}

export const openWindow = (start: number, end: number): OpenWindow => ({
  start,
  end,
  closedBy: 'time',
  count: 0,
  lastT: -Infinity,
  slices: [],
  acks: [],
  first: undefined,
  last: undefined,
});

/** Puts events `from` up to, not including, `to` of a batch into the window; `lastT` is the largest of their times. */
export function take(window: OpenWindow, batch: HeldBatch, from: number, to: number, lastT: number): void {
  if (window.last !== batch) window.acks.push(batch.share());
  window.first ??= batch;
  window.last = batch;
  window.count += to - from;
  if (lastT > window.lastT) window.lastT = lastT;
  const before = window.slices.at(-1);
  if (before?.events === batch.events && before.to === from) window.slices[window.slices.length - 1] = { ...before, to };
  else window.slices.push({ events: batch.events, from, to });
}

/** The window as the stages after it see it. It must hold at least one event. */
export function closeWindow(window: OpenWindow, closedBy: CloseReason, history: readonly EventSlice[]): EventWindow {
  const { start, end, slices, acks, count, first, last } = window;
  if (!first || !last) throw new Error('a window without events was closed');
  return {
    sensor: first.sensor,
    position: { ...first.position, end: last.position.end },
    ack: () => {
      for (const ack of acks) ack();
    },
    start,
    end,
    closedBy,
    width: last.width,
    height: last.height,
    slices,
    history,
    count,
    on: countOn(slices),
    capturedAtUs: first.capturedAtUs,
  };
}

function countOn(slices: readonly EventSlice[]): number {
  let on = 0;
  for (const { events, from, to } of slices) {
    const { p } = events;
    for (let i = from; i < to; i++) on += p[i]!;
  }
  return on;
}
