import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { type Canvas, type CanvasOptions, bytesOf, canvasFields, canvases, picture } from '../rendering/canvas.ts';
import type { EventSlice } from '../eventWindow.ts';
import type { Renderer } from '../renderer.ts';

export interface DvAccumulatorOptions extends CanvasOptions {
  /** How a pixel's potential returns to neutral. @default 'exponential' */
  decay?: 'none' | 'linear' | 'exponential';
  /** `exponential`: time constant in microseconds; `linear`: potential per microsecond. @default 1e6 */
  decayParam?: number;
  /** Whether all pixels decay until the end of the window, and not only until their last event. @default false */
  synchronousDecay?: boolean;
  /** What one event adds or takes away. @default 0.15 */
  eventContribution?: number;
  /** Range of the potential: black and white. @default 0 and 1 */
  minPotential?: number;
  maxPotential?: number;
  /** Potential of a pixel without events. @default 0 */
  neutralPotential?: number;
  /** Whether OFF events add like ON events. @default false */
  ignorePolarity?: boolean;
  /** How far before the window's start its picture begins, in milliseconds; the original accumulator never forgets. @default 0 */
  historyMs?: number;
}

const schema = z.strictObject({
  decay: z.enum(['none', 'linear', 'exponential']).default('exponential'),
  decayParam: z.number().positive().default(1e6),
  synchronousDecay: z.boolean().default(false),
  eventContribution: z.number().positive().default(0.15),
  minPotential: z.number().default(0),
  maxPotential: z.number().default(1),
  neutralPotential: z.number().default(0),
  ignorePolarity: z.boolean().default(false),
  historyMs: z.number().nonnegative().default(0),
  ...canvasFields,
});
type Settings = z.output<typeof schema>;

/** The Accumulator of dv-processing with its defaults: each event lifts or lowers its pixel's potential, which decays to neutral. */
export function dvAccumulator(options: DvAccumulatorOptions = {}): Renderer {
  const params = readOptions('dvAccumulator', schema, options);
  const { minPotential, maxPotential, historyMs } = params;
  const canvasOf = canvases(params);
  return {
    name: 'dvAccumulator',
    params,
    legend: 'An accumulated frame: pixels that became brighter are lighter, pixels that became darker are darker, and older changes fade.',
    ...(historyMs > 0 ? { horizonUs: historyMs * 1000 } : {}),
    draw(window) {
      const canvas = canvasOf(window);
      const slices = historyMs > 0 ? [...window.history, ...window.slices] : window.slices;
      const potentials = accumulate(canvas, slices, window.end, params);
      const scale = 255 / (maxPotential - minPotential);
      return picture(
        canvas,
        bytesOf(potentials, (potential) => Math.round((potential - minPotential) * scale)),
        1,
      );
    },
  };
}

function accumulate(canvas: Canvas, slices: readonly EventSlice[], end: number, settings: Settings): Float64Array {
  const { width, height, row, column } = canvas;
  const { eventContribution, ignorePolarity, minPotential, maxPotential, neutralPotential } = settings;
  const potentials = new Float64Array(width * height).fill(Math.max(minPotential, Math.min(maxPotential, neutralPotential)));
  const lastT = new Float64Array(width * height);
  const decayed = decays[settings.decay];
  const { decayParam } = settings;
  for (const { events, from, to } of slices) {
    const { t, x, y, p } = events;
    for (let i = from; i < to; i++) {
      const at = row[y[i]!]! + column[x[i]!]!;
      const rest = neutralPotential + decayed(potentials[at]! - neutralPotential, Math.max(0, t[i]! - lastT[at]!), decayParam);
      const sign = ignorePolarity ? 1 : 2 * p[i]! - 1;
      potentials[at] = Math.max(minPotential, Math.min(maxPotential, rest + sign * eventContribution));
      lastT[at] = t[i]!;
    }
  }
  if (!settings.synchronousDecay) return potentials;
  return potentials.map((potential, at) => neutralPotential + decayed(potential - neutralPotential, end - lastT[at]!, decayParam));
}

/** What is left of a distance from neutral after some microseconds. */
const decays: Record<Settings['decay'], (distance: number, us: number, param: number) => number> = {
  none: (distance) => distance,
  linear: (distance, us, param) => Math.sign(distance) * Math.max(0, Math.abs(distance) - us * param),
  exponential: (distance, us, param) => (distance === 0 ? 0 : distance * Math.exp(-us / param)),
};
