import type { EventBatch } from '../../decode/events.ts';
import type { Ack } from '../../stage/item.ts';
import { splitAck } from '../../stage/splitAck.ts';
import type { CloseReason, EventSlice, EventWindow } from '../eventWindow.ts';

/** Bytes of an event in the columns t, x, y and p. */
const EVENT_BYTES = 13;
/** What a batch takes besides its events, roughly: there may be millions with one event each. */
const BATCH_BYTES = 4096;

/** The bytes of all batches that an assigner holds. */
export interface HeldBytes {
  bytes: number;
}

/** A batch whose ack is shared by all windows that hold some of its events. */
export interface HeldBatch extends EventBatch {
  share(): Ack;
  readonly held: HeldBytes;
  /** Windows that hold it, and the lookback; its bytes count until none does. */
  holders: number;
}

const bytesOf = ({ events }: HeldBatch): number => BATCH_BYTES + events.length * EVENT_BYTES;

export function hold(batch: HeldBatch): void {
  if (batch.holders++ === 0) batch.held.bytes += bytesOf(batch);
}

export function letGo(batch: HeldBatch): void {
  if (--batch.holders === 0) batch.held.bytes -= bytesOf(batch);
}

/** Hands a batch to `use`. The batch is acked when every share that `use` took has been called; at once if it took none. */
export function holdBatch<Out>(batch: EventBatch, held: HeldBytes, use: (batch: HeldBatch) => Out): Out {
  const { share, close } = splitAck(batch.ack);
  try {
    return use({ ...batch, share, held, holders: 0 });
  } finally {
    close();
  }
}

/** A window that still takes events. */
export interface OpenWindow {
  /** Sensor time in microseconds. The end may become earlier while the window is open, but stays after `lastT`. */
  readonly start: number;
  end: number;
  /** What will close it, if nothing else closes it first. */
  closedBy: CloseReason;
  /** It was cut because it held as many events as a window may. */
  isCut: boolean;
  count: number;
  /** The latest sensor time in it. */
  lastT: number;
  readonly slices: EventSlice[];
  readonly batches: HeldBatch[];
  readonly acks: Ack[];
  first: EventBatch | undefined;
  last: EventBatch | undefined;
  /** Sensor size in pixels: the largest that a batch told, so that every event lies inside. */
  width: number;
  height: number;
}

export const openWindow = (start: number, end: number): OpenWindow => ({
  start,
  end,
  closedBy: 'time',
  isCut: false,
  count: 0,
  lastT: -Infinity,
  slices: [],
  batches: [],
  acks: [],
  first: undefined,
  last: undefined,
  width: 0,
  height: 0,
});

/** Adds events `from` up to, not including, `to` of a batch to the window; `lastT` is the largest of their times. */
export function addEvents(window: OpenWindow, batch: HeldBatch, from: number, to: number, lastT: number): void {
  if (window.last !== batch) {
    window.acks.push(batch.share());
    window.batches.push(batch);
    hold(batch);
  }
  window.first ??= batch;
  window.last = batch;
  window.width = Math.max(window.width, batch.width);
  window.height = Math.max(window.height, batch.height);
  window.count += to - from;
  if (lastT > window.lastT) window.lastT = lastT;
  const before = window.slices.at(-1);
  if (before?.events === batch.events && before.to === from) window.slices[window.slices.length - 1] = { ...before, to };
  else window.slices.push({ events: batch.events, from, to });
}

/**
 * Events that a window still takes: `most`, and then as many again of the time at which it was cut, since no event of a time may be in
 * the next window.
 */
export const roomIn = ({ count }: OpenWindow, most: number): number => (count < most ? most : 2 * most) - count;

/** The window as the next stages see it. It must hold at least one event. */
export function closeWindow(window: OpenWindow, closedBy: CloseReason, history: readonly EventSlice[]): EventWindow {
  const { start, end, slices, batches, acks, count, first, last, width, height } = window;
  for (const batch of batches) letGo(batch);
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
    ...(window.isCut && { isCut: true }),
    width,
    height,
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
