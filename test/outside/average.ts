import type { Renderer } from 'saccade';

/** A renderer: the later a pixel changed, the lighter it is. */
export const average = (): Renderer => ({
  name: 'average',
  params: {},
  legend: 'Lighter pixels changed later.',
  draw({ width, height, slices, start, end }) {
    const data = new Uint8Array(width * height);
    for (const { events, from, to } of slices)
      for (let i = from; i < to; i++) data[events.y[i]! * width + events.x[i]!] = (255 * (events.t[i]! - start)) / (end - start);
    return { width, height, channels: 1, data };
  },
});
