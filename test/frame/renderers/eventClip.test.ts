import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventClip } from '../../../src/frame/renderers/eventClip.ts';
import { eachPixel, someDots, windowOf } from '../dots.ts';
import { itIsARenderer } from '../renderer.contract.ts';

/** The published recipe step by step: histograms, hot pixels out, over the maximum, times the colours, over white. */
function straight(hist: readonly [on: number, off: number][], sigma: number, colours: readonly number[][]): number[] {
  const all = hist.flat();
  const mean = all.reduce((a, b) => a + b, 0) / all.length;
  const deviation = Math.sqrt(all.reduce((a, b) => a + (b - mean) ** 2, 0) / all.length);
  const cool = hist.map((pair) => pair.map((n) => (sigma > 0 && n > mean + sigma * deviation ? 0 : n)));
  const most = Math.max(1, ...cool.flat());
  return cool.flatMap(([on = 0, off = 0]) =>
    [0, 1, 2].map((c) => {
      const colour = (on / most) * colours[0]![c]! + (off / most) * colours[1]![c]!;
      const weight = Math.min(1, on / most + off / most);
      return Math.round(colour * weight + 255 * (1 - weight));
    }),
  );
}

describe('eventClip', () => {
  itIsARenderer((canvas) => eventClip(canvas));
  describe('in colour', () => itIsARenderer((canvas) => eventClip({ palette: 'colour', ...canvas })));

  it.each([
    ['colour', [255, 0, 0], [0, 0, 255]],
    ['grey', [127, 127, 127], [127, 127, 127]],
  ] as const)('in %s equals the published recipe', (palette, red, blue) => {
    fc.assert(
      fc.property(someDots(), fc.constantFrom(0, 3, 10), (dots, hotSigma) => {
        const hist = eachPixel(dots, (own): [number, number] => [
          own.filter(({ p }) => p === 1).length,
          own.filter(({ p }) => p === 0).length,
        ]);
        const rgb = straight(hist, hotSigma, [[...red], [...blue]]);
        const { data, channels } = eventClip({ palette, hotSigma, minSide: 0 }).draw(windowOf(dots));
        // A last bit of rounding may differ between the two orders of the same sum.
        const expected = channels === 3 ? rgb : rgb.filter((_, i) => i % 3 === 0);
        expect(Math.max(...expected.map((value, i) => Math.abs(value - data[i]!)))).toBeLessThanOrEqual(1);
        expect(expected.filter((value, i) => value !== data[i]).length).toBeLessThanOrEqual(4);
      }),
    );
  });
});
