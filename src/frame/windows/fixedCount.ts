import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { cutInSeries } from '../windowing/cutInSeries.ts';
import { fullAt } from '../windowing/fullAt.ts';
import type { Windowing } from '../windowing/windowing.ts';

export interface FixedCountOptions {
  /** Events in a window. Those with the same time as the last one are taken in as well. */
  events: number;
  /** Wall-clock silence of the sensor that ends a window, in milliseconds. Absent: it waits. */
  idleAfterMs?: number;
  /** How far behind the latest event an event may come and still be taken, in milliseconds of sensor time. @default 0 */
  lateAfterMs?: number;
}

const schema = z.strictObject({
  events: z.int().positive(),
  idleAfterMs: z.number().positive().optional(),
  lateAfterMs: z.number().nonnegative().default(0),
});

/** Windows of equally many events, from the time of the first to that of the last: the scene sets the pace. */
export function fixedCount(options: FixedCountOptions): Windowing {
  const params = readOptions('fixedCount', schema, options);
  const { events, idleAfterMs } = params;
  const series = {
    span: (t: number): [number, number] => [t, Infinity],
    judge: () => fullAt(events),
    atLeastUs: 0,
    latenessUs: params.lateAfterMs * 1000,
    idleAfterMs,
  };
  return { name: 'fixedCount', params, ...(idleAfterMs === undefined ? {} : { idleAfterMs }), start: (cut) => cutInSeries(series, cut) };
}
