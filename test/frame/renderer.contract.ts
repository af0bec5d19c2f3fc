import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Renderer } from '../../src/frame/renderer.ts';
import { type Dot, eventsOf, windowOf } from './dots.ts';

/** What every renderer promises. `make` takes the options of the canvas. */
export function itIsARenderer(make: (canvas: { longSide?: number; minSide?: number }) => Renderer): void {
  const small = make({ minSide: 0 });

  it('is named after its file, has JSON-compatible parameters and a legend of whole sentences', () => {
    const { name, params, legend } = small;
    expect(name).toMatch(/^[a-z][A-Za-z0-9]+$/);
    expect(JSON.parse(JSON.stringify(params))).toEqual(params);
    expect(legend).toMatch(/^[A-Z].*\.$/);
  });

  it('draws a picture of the size of the sensor', () => {
    const { width, height, channels, data } = small.draw(windowOf(dots));
    expect([width, height]).toEqual([32, 24]);
    expect(data.length).toBe(width * height * channels);
  });

  it('draws the same window the same way, in memory of its own', () => {
    const first = small.draw(windowOf(dots));
    const copy = first.data.slice();
    small.draw(windowOf(dots.map((dot) => ({ ...dot, x: 31 - dot.x }))));
    expect(first.data).toEqual(copy);
    expect(small.draw(windowOf(dots)).data).toEqual(copy);
  });

  it('draws the same however the events were divided into slices', () => {
    fc.assert(
      fc.property(fc.nat(dots.length), (cut) => {
        const slices = [
          { events: eventsOf(dots), from: 0, to: cut },
          { events: eventsOf([...dots.slice(cut), ...dots]), from: 0, to: dots.length - cut },
        ];
        expect(small.draw(windowOf(dots, { slices })).data).toEqual(small.draw(windowOf(dots)).data);
      }),
    );
  });

  it('looks back as far as its horizon and no further', () => {
    const before = eventsOf(dots.map(({ t, x, y, p }) => ({ t: t - 50_000, x: 31 - x, y, p })));
    const history = [{ events: before, from: 0, to: dots.length }];
    const withHistory = small.draw(windowOf(dots, { start: 0, history })).data;
    const without = small.draw(windowOf(dots, { start: 0 })).data;
    if (small.horizonUs) expect(withHistory).not.toEqual(without);
    else expect(withHistory).toEqual(without);
  });

  it('bins a sensor that is larger than the long side', () => {
    const { width, height } = make({ longSide: 15, minSide: 0 }).draw(windowOf(dots));
    expect([width, height]).toEqual([11, 8]);
  });

  it('repeats the pixels of a small sensor a whole number of times', () => {
    const large = make({ minSide: 70 }).draw(windowOf(dots));
    const plain = small.draw(windowOf(dots));
    expect([large.width, large.height]).toEqual([96, 72]);
    for (let y = 0; y < 72; y += 7)
      for (let x = 0; x < 96; x += 5) {
        const [to, from] = [(y * 96 + x) * plain.channels, (Math.floor(y / 3) * 32 + Math.floor(x / 3)) * plain.channels];
        expect(large.data.slice(to, to + plain.channels)).toEqual(plain.data.slice(from, from + plain.channels));
      }
  });

  it('enlarges no picture without end, however narrow the sensor (issue 11)', () => {
    const row = dots.map((dot) => ({ ...dot, y: 0 }));
    const { width, height, data } = make({ minSide: 200 }).draw({ ...windowOf(row), width: 8192, height: 1 });
    expect(width * height).toBeLessThanOrEqual(2 ** 24);
    expect(data.length).toBeLessThanOrEqual(3 * 2 ** 24);
  });

  it('lets the long side bound the enlargement', () => {
    const { width, height } = make({ longSide: 70, minSide: 200 }).draw(windowOf(dots));
    expect([width, height]).toEqual([64, 48]);
  });

  it('refuses a sensor whose size is not known', () => {
    expect(() => small.draw(windowOf(dots, { width: 0, height: 0 }))).toThrow(/0 x 0/);
  });

  it('names a field that is wrong and the value found', () => {
    expect(() => make({ longSide: -1 })).toThrow(new RegExp(`${small.name}\\.longSide: .*found -1`));
  });
}

/** A little of everything: both polarities, several events in a pixel, every corner. */
const dots: Dot[] = Array.from({ length: 400 }, (_, i) => ({ t: i * 25, x: (i * 7) % 32, y: (i * i) % 24, p: (i >> 2) & 1 }));
