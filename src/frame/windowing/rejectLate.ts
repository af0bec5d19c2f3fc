import type { EventBatch } from '../../decode/events.ts';
import { PipelineError } from '../../errors.ts';
import type { Item } from '../../stage/item.ts';
import type { Reject } from '../../stage/reject.ts';
import type { EventSlice } from '../eventWindow.ts';

/** Rejects late events: those that came after their windows had been closed. Their payload is text, which the format `text` reads: "t,x,y,p" in microseconds. */
export async function rejectLate(reject: Reject, item: Item, { clockUs }: EventBatch, late: readonly EventSlice[]): Promise<void> {
  const lines = ['t,x,y,p'];
  let [start, end] = [Infinity, -Infinity];
  for (const { events, from, to } of late) {
    const { t, x, y, p } = events;
    for (let i = from; i < to; i++) {
      lines.push(`${t[i]!},${x[i]!},${y[i]!},${p[i]!}`);
      start = Math.min(start, t[i]!);
      end = Math.max(end, t[i]! + 1);
    }
  }
  const behind = Number.isFinite(clockUs) ? `, up to ${((clockUs - start) / 1000).toFixed(1)} ms behind their sensor's clock` : '';
  const isSurplus = clockUs - start < 1;
  const what = isSurplus
    ? `${lines.length - 1} events are more than a window may hold of one microsecond (at ${start} µs); state.windowEvents allows more`
    : `${lines.length - 1} events came after their windows had been closed${behind}; a larger lateAfterMs keeps windows open for longer`;
  await reject('cut', item, new PipelineError('EVENTS_LATE', what), {
    start,
    end,
    payload: Buffer.from(`${lines.join('\n')}\n`),
    payloadType: 'text',
  });
}
