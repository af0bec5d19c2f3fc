import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { type CanvasOptions, bytesOf, canvasFields, canvases, picture } from '../rendering/canvas.ts';
import { polarityCounts, largest } from '../rendering/polarityCounts.ts';
import type { Renderer } from '../renderer.ts';

export interface EventCountOptions extends CanvasOptions {
  /** `linear`: brightness n / max; `log`: ln(1 + n) / ln(1 + max), which shows single events next to busy pixels. @default 'log' */
  scale?: 'linear' | 'log';
  /** Events of a pixel that is white. @default those of the busiest pixel of the window */
  max?: number;
}

const schema = z.strictObject({ scale: z.enum(['linear', 'log']).default('log'), max: z.int().positive().optional(), ...canvasFields });

/** How many events each pixel had, of both polarities: the event histogram. */
export function eventCount(options: EventCountOptions = {}): Renderer {
  const params = readOptions('eventCount', schema, options);
  const canvasOf = canvases(params);
  const bend = params.scale === 'log' ? Math.log1p : (n: number): number => n;
  return {
    name: 'eventCount',
    params,
    // Its name until it was found to shadow the operator `count` of RxJS.
    hashedAs: { name: 'count', params },
    legend: 'The brighter a pixel, the more often its brightness changed; black pixels did not change.',
    draw(window) {
      const canvas = canvasOf(window);
      const [off, on] = polarityCounts(canvas, window.slices);
      for (let i = 0; i < on.length; i++) on[i]! += off[i]!;
      const most = params.max ?? largest(on);
      const grey = Uint8Array.from({ length: most + 1 }, (_, n) => Math.round((255 * bend(n)) / bend(Math.max(1, most))));
      return picture(
        canvas,
        bytesOf(on, (n) => grey[Math.min(n, most)]!),
        1,
      );
    },
  };
}
