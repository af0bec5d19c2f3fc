import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import type { Filter } from '../filter.ts';
import { filterRun, keep, perPixel } from './support/filterRun.ts';

export interface BackgroundActivityOptions {
  /** How recent the neighbour's event must be, in microseconds. @default 2000, as in dv-processing */
  withinUs?: number;
  /** The neighbours whose events support an event: 8, or 4 without the diagonals. @default 8 */
  neighbours?: 4 | 8;
}

const schema = z.strictObject({
  withinUs: z.number().positive().default(2000),
  neighbours: z.union([z.literal(4), z.literal(8)]).default(8),
});

/**
 * Drops isolated events: keeps those with an event of a neighbour a short time before.
 * The BackgroundActivityFilter of jAER and the BackgroundActivityNoiseFilter of dv-processing.
 */
export function backgroundActivity(options: BackgroundActivityOptions = {}): Filter {
  const params = readOptions('backgroundActivity', schema, options);
  const { withinUs, neighbours } = params;
  return {
    name: 'backgroundActivity',
    params,
    memoryUs: withinUs,
    start() {
      // A border of one pixel around the sensor makes a test for its edge unnecessary.
      const lastOf = perPixel((width, height) => new Float64Array((width + 2) * (height + 2)).fill(-Infinity));
      return filterRun((events, out, width, height) => {
        const last = lastOf(width, height);
        const stride = width + 2;
        const { t, x, y, length } = events;
        let kept = 0;
        for (let i = 0; i < length; i++) {
          const at = (y[i]! + 1) * stride + x[i]! + 1;
          const since = t[i]! - withinUs;
          const isSupported =
            last[at - 1]! >= since ||
            last[at + 1]! >= since ||
            last[at - stride]! >= since ||
            last[at + stride]! >= since ||
            (neighbours === 8 &&
              (last[at - stride - 1]! >= since ||
                last[at - stride + 1]! >= since ||
                last[at + stride - 1]! >= since ||
                last[at + stride + 1]! >= since));
          last[at] = t[i]!;
          if (isSupported) keep(events, i, out, kept++);
        }
        return kept;
      });
    },
  };
}
