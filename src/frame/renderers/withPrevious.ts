import { z } from 'zod';
import { readOptions } from '../../readOptions.ts';
import { hashedPart } from '../../stage/item.ts';
import { nestedPart } from '../rendering/nestedPart.ts';
import { sideBySidePixels } from '../rendering/sideBySidePixels.ts';
import type { EventSlice, EventWindow } from '../eventWindow.ts';
import type { Renderer } from '../renderer.ts';
import { runsBetween } from '../runsBetween.ts';

export interface WithPreviousOptions {
  /** How much time before the window is drawn, in milliseconds: usually the length of the windows. */
  ms: number;
}

const schema = z.strictObject({ ms: z.number().positive('must be above 0 ms').max(10_000) });

/**
 * The time before the window and the window itself, in one picture: a direction of motion needs two moments.
 * A pure function of the events in its horizon, as every renderer is.
 */
export function withPrevious(inner: Renderer, options: WithPreviousOptions): Renderer {
  const { ms } = readOptions('withPrevious', schema, options);
  return {
    name: 'withPrevious',
    params: { ms, of: nestedPart(inner) },
    hashedAs: { name: 'withPrevious', params: { ms, of: nestedPart(hashedPart(inner)) } },
    legend: `Two pictures of the same scene, side by side: on the left the ${ms} ms before, on the right now. What has another place on the right has moved there. ${inner.legend}`,
    horizonUs: ms * 1000 + (inner.horizonUs ?? 0),
    draw: (window) => sideBySidePixels(inner.draw(before(window, ms * 1000)), inner.draw(window)),
  };
}

/** The time before a window, as a window of its own. */
function before(window: EventWindow, us: number): EventWindow {
  const start = window.start - us;
  const between = (from: number, to: number): EventSlice[] =>
    window.history.flatMap((slice) => runsBetween(slice.events, from, to, slice.from, slice.to));
  const slices = between(start, window.start);
  let count = 0;
  let on = 0;
  for (const { events, from, to } of slices) {
    count += to - from;
    for (let i = from; i < to; i += 1) on += events.p[i]!;
  }
  return { ...window, start, end: window.start, slices, history: between(-Infinity, start), count, on };
}
