import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import type { Filter } from '../filter.ts';
import { filterRun, keep } from './support/filterRun.ts';

export interface EventRateControlOptions {
  /** Events that pass in one slice of time. @default 4000: with 200 µs, 20 million a second, as on Gen4.1 and IMX636 */
  events?: number;
  /** Length of a slice in microseconds of sensor time. @default 200 */
  sliceUs?: number;
}

const schema = z.strictObject({ events: z.int().positive().default(4000), sliceUs: z.number().positive().default(200) });

/**
 * Drops events at random while there are more than the target, as a sensor's event rate controller (ERC) does. An event
 * passes with probability target / n, where n is the larger of the counts of the slice before and of this one so far.
 * The random number is computed from the event itself, so the same events are dropped in every run.
 */
export function eventRateControl(options: EventRateControlOptions = {}): Filter {
  const params = readOptions('eventRateControl', schema, options);
  const { events: target, sliceUs } = params;
  return {
    name: 'eventRateControl',
    params,
    memoryUs: 2 * sliceUs,
    start() {
      let slice = NaN;
      let before = 0;
      let now = 0;
      return filterRun((events, out) => {
        const { t, x, y, p, length } = events;
        let kept = 0;
        for (let i = 0; i < length; i++) {
          const number = Math.floor(t[i]! / sliceUs);
          if (number !== slice) {
            before = number === slice + 1 ? now : 0;
            now = 0;
            slice = number;
          }
          const n = Math.max(before, ++now);
          if (n <= target || chance(t[i]!, x[i]!, y[i]!, p[i]!) * n < target) keep(events, i, out, kept++);
        }
        return kept;
      });
    },
  };
}

/** A number from 0 to 1 that looks random: the finaliser of murmur3 over the event. */
function chance(t: number, x: number, y: number, p: number): number {
  let h = Math.imul(t | 0, 0x9e3779b1) ^ ((y << 17) | (x << 1) | p);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}
