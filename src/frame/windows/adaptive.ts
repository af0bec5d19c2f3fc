import { z } from 'zod';
import type { Events } from '../../decode/events.ts';
import { readOptions } from '../../readOptions.ts';
import { type Judge, cutInSeries } from '../windowing/cutInSeries.ts';
import { fullAt } from '../windowing/fullAt.ts';
import type { Windowing } from '../windowing/windowing.ts';

export interface AdaptiveOptions {
  /** Events per pixel of the sensor that fill a window, as in E2VID (0.35): a picture that is neither empty nor crowded. @default 0.25 */
  perPixel?: number;
  /**
   * Share of the lit pixels that both polarities may have lit before the window is full, as in the
   * AdaptiveRateEventsSplitter of Metavision (0.1): beyond it, motion blurs. Absent: not watched.
   */
  overlap?: number;
  /** A full window still lasts at least this long, in milliseconds of sensor time. @default 5 */
  atLeastMs?: number;
  /** A window ends after this time at the latest, in milliseconds of sensor time. @default 500 */
  atMostMs?: number;
  /** Wall-clock silence of the sensor that ends a window, in milliseconds. Absent: it waits. */
  idleAfterMs?: number;
  /** How far behind the latest event an event may come and still be taken, in milliseconds of sensor time. @default 0 */
  lateAfterMs?: number;
}

const schema = z.strictObject({
  perPixel: z.number().positive().max(100).default(0.25),
  overlap: z.number().positive().max(0.5).optional(),
  atLeastMs: z.number().nonnegative().default(5),
  atMostMs: z.number().positive().default(500),
  idleAfterMs: z.number().positive().optional(),
  lateAfterMs: z.number().nonnegative().default(0),
});

/** Windows as long as the scene needs: short where much happens, long where little does. */
export function adaptive(options: AdaptiveOptions = {}): Windowing {
  const params = readOptions('adaptive', schema, options);
  const { perPixel, overlap, idleAfterMs } = params;
  const series = {
    span: (t: number): [number, number] => [t, t + params.atMostMs * 1000],
    judge: ({ width, height }: { readonly width: number; readonly height: number }): Judge => {
      const crowded = fullAt(Math.max(1, Math.round(perPixel * width * height)));
      return overlap === undefined ? crowded : firstOf(crowded, blurredAt(overlap, width, height));
    },
    atLeastUs: params.atLeastMs * 1000,
    latenessUs: params.lateAfterMs * 1000,
    idleAfterMs,
  };
  return { name: 'adaptive', params, ...(idleAfterMs === undefined ? {} : { idleAfterMs }), start: (cut) => cutInSeries(series, cut) };
}

const firstOf = (a: Judge, b: Judge): Judge => ({
  fills(events, from, to) {
    const [first, second] = [a.fills(events, from, to), b.fills(events, from, to)];
    return first < 0 || second < 0 ? Math.max(first, second) : Math.min(first, second);
  },
});

/** Looks each 100 events, and only at every fourth pixel across and down: enough to see an edge cross its own trail. */
function blurredAt(limit: number, width: number, height: number): Judge {
  const across = Math.ceil(width / 4);
  const lit = new Uint8Array(across * Math.ceil(height / 4));
  let [seen, pixels, both] = [0, 0, 0];
  const light = ({ x, y, p }: Events, i: number): void => {
    if ((x[i]! | y[i]!) & 3) return;
    const at = (y[i]! >> 2) * across + (x[i]! >> 2);
    const bit = 1 + p[i]!;
    if (lit[at]! & bit) return;
    lit[at]! |= bit;
    pixels++;
    if (lit[at] === 3) both++;
  };
  return {
    fills(events, from, to) {
      for (let i = from; i < to; i++) {
        light(events, i);
        if (++seen % 100 === 0 && both >= limit * pixels && both > 0) return i + 1;
      }
      return -1;
    },
  };
}
