import { z } from 'zod';
import type { Events } from '../../decode/events.ts';
import { readOptions } from '../../readOptions.ts';
import { countTrigger } from '../windowing/countTrigger.ts';
import { sequentialAssigner } from '../windowing/sequentialAssigner.ts';
import type { Trigger } from '../windowing/trigger.ts';
import type { Windowing } from '../windowing/windowing.ts';

export interface AdaptiveOptions {
  /** Events per pixel of the sensor that close a window, as in E2VID (0.35): a picture that is neither empty nor crowded. @default 0.25 */
  perPixel?: number;
  /**
   * Share of the pixels with events that may have events of both polarities before the window is closed, as in the
   * AdaptiveRateEventsSplitter of Metavision (0.1): beyond it, motion blurs. Absent: not checked.
   */
  overlap?: number;
  /** A window lasts at least this long, in milliseconds of sensor time. @default 5 */
  atLeastMs?: number;
  /** A window lasts at most this long, in milliseconds of sensor time. @default 500 */
  atMostMs?: number;
  /** Idle timeout: wall-clock time without packets of the sensor that closes a window, in milliseconds. Absent: no timeout. */
  idleAfterMs?: number;
  /** Allowed lateness: how far behind the latest event an event may come and still be in its window, in milliseconds of sensor time. @default 0 */
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

/** Windows that adapt to the scene: short where there are many events, long where there are few. */
export function adaptive(options: AdaptiveOptions = {}): Windowing {
  const params = readOptions('adaptive', schema, options);
  const { perPixel, overlap, idleAfterMs } = params;
  const sequence = {
    span: (t: number): [number, number] => [t, t + params.atMostMs * 1000],
    makeTrigger: ({ width, height }: { readonly width: number; readonly height: number }): Trigger => {
      const crowded = countTrigger(Math.max(1, Math.round(perPixel * width * height)));
      return overlap === undefined ? crowded : firstOf(crowded, overlapTrigger(overlap, width, height));
    },
    atLeastUs: params.atLeastMs * 1000,
    latenessUs: params.lateAfterMs * 1000,
    idleAfterMs,
  };
  return {
    name: 'adaptive',
    params,
    ...(idleAfterMs === undefined ? {} : { idleAfterMs }),
    start: (stream) => sequentialAssigner(sequence, stream),
  };
}

/** Fires where the first of two triggers fires. */
const firstOf = (a: Trigger, b: Trigger): Trigger => ({
  firesAt(events, from, to) {
    const [first, second] = [a.firesAt(events, from, to), b.firesAt(events, from, to)];
    return first < 0 || second < 0 ? Math.max(first, second) : Math.min(first, second);
  },
});

/** Fires where polarities overlap. Checked every 100 events, at every fourth pixel across and down: enough to see an edge cross its own trail. */
function overlapTrigger(limit: number, width: number, height: number): Trigger {
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
    firesAt(events, from, to) {
      for (let i = from; i < to; i++) {
        light(events, i);
        if (++seen % 100 === 0 && both >= limit * pixels && both > 0) return i + 1;
      }
      return -1;
    },
  };
}
