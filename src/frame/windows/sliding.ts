import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { periodicAssigner } from '../windowing/periodicAssigner.ts';
import type { Windowing } from '../windowing/windowing.ts';

export interface SlidingOptions {
  /** From the start of one window to the start of the next, in milliseconds of sensor time. Starts are multiples of it. */
  everyMs: number;
  /** Length of a window in milliseconds of sensor time. Longer than `everyMs`: windows overlap. Shorter: there are gaps. */
  lengthMs: number;
  /** Allowed lateness: how far behind the latest event an event may come and still be in its window, in milliseconds of sensor time. @default 0 */
  lateAfterMs?: number;
}

const schema = z.strictObject({
  everyMs: z.number().min(0.001),
  lengthMs: z.number().min(0.001),
  lateAfterMs: z.number().nonnegative().default(0),
});

/** Windows that overlap (or hop): each event is in length / every of them. */
export function sliding(options: SlidingOptions): Windowing {
  const params = readOptions('sliding', schema, options);
  const periods = {
    everyUs: Math.round(params.everyMs * 1000),
    lengthUs: Math.round(params.lengthMs * 1000),
    latenessUs: params.lateAfterMs * 1000,
  };
  return { name: 'sliding', params, start: (stream) => periodicAssigner(periods, stream) };
}
