import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import type { Filter } from '../filter.ts';
import { filterRun, keep, perPixel } from './support/filterRun.ts';

export interface RefractoryOptions {
  /** Dead time of a pixel after an event that was kept, in microseconds. @default 1000 */
  deadUs?: number;
}

const schema = z.strictObject({ deadUs: z.number().positive().default(1000) });

/** Drops events of a pixel within its dead time, as jAER's RefractoryFilter does: a strong edge makes one event, not ten. */
export function refractory(options: RefractoryOptions = {}): Filter {
  const params = readOptions('refractory', schema, options);
  const { deadUs } = params;
  return {
    name: 'refractory',
    params,
    // After a pause of the dead time, what was before does not matter.
    memoryUs: 20 * deadUs,
    start() {
      const lastOf = perPixel((width, height) => new Float64Array(width * height).fill(-Infinity));
      return filterRun((events, out, width, height) => {
        const last = lastOf(width, height);
        const { t, x, y, length } = events;
        let kept = 0;
        for (let i = 0; i < length; i++) {
          const at = y[i]! * width + x[i]!;
          const since = t[i]! - last[at]!;
          // A clock that was set back is no dead time.
          if (since >= 0 && since < deadUs) continue;
          last[at] = t[i]!;
          keep(events, i, out, kept++);
        }
        return kept;
      });
    },
  };
}
