import type { AssignerOptions, EventBatch, EventWindow, WindowAssigner, Windowing } from 'saccade';

/** A way to cut time: each packet with events is a window. */
export const eachPacket = (): Windowing => ({ name: 'eachPacket', params: {}, start: startAssigner });

const startAssigner = ({ after }: AssignerOptions): WindowAssigner => ({
  push(batch) {
    const { length, t } = batch.events;
    const isOver = length === 0 || t[0]! < (after?.end ?? -Infinity);
    if (isOver) batch.ack();
    return isOver ? [] : [windowOf(batch)];
  },
  flush: () => [],
  late: 0,
  takeLate: () => [],
});

const windowOf = ({ sensor, position, ack, events, width, height, capturedAtUs }: EventBatch): EventWindow => ({
  sensor,
  position,
  ack,
  start: events.t[0]!,
  end: events.t[events.length - 1]! + 1,
  closedBy: 'count',
  width,
  height,
  slices: [{ events, from: 0, to: events.length }],
  history: [],
  count: events.length,
  on: events.p.subarray(0, events.length).reduce((sum, p) => sum + p, 0),
  capturedAtUs,
});
