import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { countTrigger } from '../windowing/countTrigger.ts';
import { sequentialAssigner } from '../windowing/sequentialAssigner.ts';
import type { Windowing } from '../windowing/windowing.ts';

export interface MixedOptions {
  /** A window ends at the next multiple of this, in milliseconds of sensor time... */
  everyMs: number;
  /** ... or after this many events, whichever comes first. */
  orEvents: number;
  /** A window that its count closes lasts at least this long, in milliseconds of sensor time. @default 0 */
  atLeastMs?: number;
  /** Idle timeout: wall-clock time without packets of the sensor that closes a window, in milliseconds. Absent: no timeout. */
  idleAfterMs?: number;
  /** Allowed lateness: how far behind the latest event an event may come and still be in its window, in milliseconds of sensor time. @default 0 */
  lateAfterMs?: number;
}

const schema = z.strictObject({
  everyMs: z.number().min(0.001),
  orEvents: z.int().positive(),
  atLeastMs: z.number().nonnegative().default(0),
  idleAfterMs: z.number().positive().optional(),
  lateAfterMs: z.number().nonnegative().default(0),
});

/** Consecutive windows that end with their time or with their count: busy scenes get shorter windows. */
export function mixed(options: MixedOptions): Windowing {
  const params = readOptions('mixed', schema, options);
  const { orEvents, idleAfterMs } = params;
  const everyUs = Math.round(params.everyMs * 1000);
  const sequence = {
    span: (t: number, after: number): [number, number] => {
      const slot = Math.floor(t / everyUs) * everyUs;
      return [Math.max(slot, after), slot + everyUs];
    },
    makeTrigger: () => countTrigger(orEvents),
    atLeastUs: params.atLeastMs * 1000,
    latenessUs: params.lateAfterMs * 1000,
    idleAfterMs,
  };
  return {
    name: 'mixed',
    params,
    ...(idleAfterMs === undefined ? {} : { idleAfterMs }),
    start: (stream) => sequentialAssigner(sequence, stream),
  };
}
