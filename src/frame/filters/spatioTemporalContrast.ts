import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import type { Filter } from '../filter.ts';
import { filterRun, keep, perPixel } from './support/filterRun.ts';

export interface SpatioTemporalContrastOptions {
  /** Longest time between two events of one burst in milliseconds; sensors allow 1 to 100. @default 10 */
  thresholdMs?: number;
  /**
   * What is kept of a burst (events of one pixel and one polarity, each within the threshold of the one before):
   * `stcCutTrail` its second event, `stcKeepTrail` all but the first, `trail` the first. @default 'stcCutTrail'
   */
  mode?: 'stcCutTrail' | 'stcKeepTrail' | 'trail';
}

const schema = z.strictObject({
  thresholdMs: z.number().positive().default(10),
  mode: z.enum(['stcCutTrail', 'stcKeepTrail', 'trail']).default('stcCutTrail'),
});

/** The event trail filter of Metavision: real contrast makes a burst of events, noise makes single ones. */
export function spatioTemporalContrast(options: SpatioTemporalContrastOptions = {}): Filter {
  const params = readOptions('spatioTemporalContrast', schema, options);
  const thresholdUs = params.thresholdMs * 1000;
  const [fromNth, toNth] = { stcCutTrail: [2, 2], stcKeepTrail: [2, Infinity], trail: [1, 1] }[params.mode] as [number, number];
  return {
    name: 'spatioTemporalContrast',
    params,
    memoryUs: 2 * thresholdUs,
    start() {
      const pixelsOf = perPixel((width, height) => ({
        last: new Float64Array(width * height).fill(-Infinity),
        /** Number of the last event in its burst; negative for OFF. It stops at 3, where nothing changes any more. */
        nth: new Int8Array(width * height),
      }));
      return filterRun((events, out, width, height) => {
        const { last, nth } = pixelsOf(width, height);
        const { t, x, y, p, length } = events;
        let kept = 0;
        for (let i = 0; i < length; i++) {
          const at = y[i]! * width + x[i]!;
          const sign = 2 * p[i]! - 1;
          const before = nth[at]! * sign;
          const n = before > 0 && t[i]! - last[at]! <= thresholdUs ? Math.min(3, before + 1) : 1;
          last[at] = t[i]!;
          nth[at] = n * sign;
          if (n >= fromNth && n <= toNth) keep(events, i, out, kept++);
        }
        return kept;
      });
    },
  };
}
