import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { periodicAssigner } from '../windowing/periodicAssigner.ts';
import type { Windowing } from '../windowing/windowing.ts';

export interface TumblingOptions {
  /** Length of a window in milliseconds of sensor time. A window begins at a multiple of it. */
  everyMs: number;
  /** Allowed lateness: how far behind the latest event an event may come and still be in its window, in milliseconds of sensor time. @default 0 */
  lateAfterMs?: number;
}

const schema = z.strictObject({ everyMs: z.number().min(0.001), lateAfterMs: z.number().nonnegative().default(0) });

/** Consecutive windows of equal length: each event is in exactly one. */
export function tumbling(options: TumblingOptions): Windowing {
  const params = readOptions('tumbling', schema, options);
  const everyUs = Math.round(params.everyMs * 1000);
  const latenessUs = params.lateAfterMs * 1000;
  return { name: 'tumbling', params, start: (stream) => periodicAssigner({ everyUs, lengthUs: everyUs, latenessUs }, stream) };
}
