import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeSurface } from '../../../src/frame/renderers/timeSurface.ts';
import { type Dot, eventsOf, windowOf } from '../dots.ts';
import { itIsARenderer } from '../renderer.contract.ts';

/** The formula, straight: 127.5 (1 ± exp(-(t1 - t_last) / tau)). */
const straight = (dots: readonly Dot[], end: number, tauUs: number): number[] => {
  const last = new Map<number, Dot>();
  for (const dot of dots) last.set(dot.y * 32 + dot.x, dot);
  return Array.from({ length: 32 * 24 }, (_, pixel) => {
    const dot = last.get(pixel);
    return Math.round(dot ? 127.5 * (1 + (2 * dot.p - 1) * Math.exp(-(end - dot.t) / tauUs)) : 127.5);
  });
};
const someDots = fc.array(fc.record({ t: fc.nat(100_000), x: fc.nat({ max: 31 }), y: fc.nat({ max: 23 }), p: fc.nat({ max: 1 }) }), {
  maxLength: 300,
});

describe('timeSurface', () => {
  itIsARenderer((canvas) => timeSurface(canvas));
  describe('in colours, with history', () => itIsARenderer((canvas) => timeSurface({ palette: 'dark', historyMs: 100, ...canvas })));

  it('fades to grey with age, exact to the value', () => {
    fc.assert(
      fc.property(someDots, fc.integer({ min: 1, max: 200 }), (dots, tauMs) => {
        const window = windowOf(dots, { end: 100_001 });
        expect([...timeSurface({ tauMs, minSide: 0 }).draw(window).data]).toEqual(straight(dots, 100_001, tauMs * 1000));
      }),
    );
  });

  it('fades from a colour to the background of its palette', () => {
    const window = windowOf([{ t: 0, x: 0, y: 0, p: 0 }], { end: Math.round(30_000 * Math.LN2) });
    const { data } = timeSurface({ palette: 'dark', minSide: 0 }).draw(window);
    expect(Array.from(data.subarray(0, 6))).toEqual([47, 82, 126, 30, 37, 52]);
  });

  it('sees what happened before the window, as far as its history', () => {
    const history = [{ events: eventsOf([{ t: -10_000, x: 3, y: 0, p: 1 }]), from: 0, to: 1 }];
    const renderer = timeSurface({ historyMs: 20, minSide: 0 });
    expect(renderer.horizonUs).toBe(20_000);
    const { data } = renderer.draw(windowOf([{ t: 0, x: 0, y: 0, p: 1 }], { end: 20_000, history }));
    expect(data[3]).toBe(Math.round(127.5 * (1 + Math.exp(-1))));
  });
});
