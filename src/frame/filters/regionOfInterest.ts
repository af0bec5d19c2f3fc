import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import type { Filter } from '../filter.ts';
import { filterRun, keep } from './support/filterRun.ts';

export interface RegionOfInterestOptions {
  /** Left and upper edge in pixels of the sensor. @default 0 */
  x?: number;
  y?: number;
  /** Size in pixels. */
  width: number;
  height: number;
  /** `outside`: drop the events inside the region instead. @default 'inside' */
  keep?: 'inside' | 'outside';
}

const schema = z.strictObject({
  x: z.int().nonnegative().default(0),
  y: z.int().nonnegative().default(0),
  width: z.int().positive(),
  height: z.int().positive(),
  keep: z.enum(['inside', 'outside']).default('inside'),
});

/** Keeps the events inside (or outside) a rectangle. Coordinates and the size of the sensor stay the same. */
export function regionOfInterest(options: RegionOfInterestOptions): Filter {
  const params = readOptions('regionOfInterest', schema, options);
  const [left, top, right, bottom] = [params.x, params.y, params.x + params.width, params.y + params.height];
  const keepInside = params.keep === 'inside';
  return {
    name: 'regionOfInterest',
    params,
    start: () =>
      filterRun((events, out) => {
        const { x, y, length } = events;
        let kept = 0;
        for (let i = 0; i < length; i++) {
          const isInside = x[i]! >= left && x[i]! < right && y[i]! >= top && y[i]! < bottom;
          if (isInside === keepInside) keep(events, i, out, kept++);
        }
        return kept;
      }),
  };
}
