import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { countTrigger } from '../windowing/countTrigger.ts';
import { sequentialAssigner } from '../windowing/sequentialAssigner.ts';
import type { Windowing } from '../windowing/windowing.ts';

export interface FixedCountOptions {
  /** Events in a window. Further events with the time of the last one are in it as well. */
  events: number;
  /** Idle timeout: wall-clock time without packets of the sensor that closes a window, in milliseconds. Absent: no timeout. */
  idleAfterMs?: number;
  /** Allowed lateness: how far behind the latest event an event may come and still be in its window, in milliseconds of sensor time. @default 0 */
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
  const sequence = {
    span: (t: number): [number, number] => [t, Infinity],
    makeTrigger: () => countTrigger(events),
    atLeastUs: 0,
    latenessUs: params.lateAfterMs * 1000,
    idleAfterMs,
  };
  return {
    name: 'fixedCount',
    params,
    ...(idleAfterMs === undefined ? {} : { idleAfterMs }),
    start: (stream) => sequentialAssigner(sequence, stream),
  };
}
