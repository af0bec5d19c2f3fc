import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { copyEvents } from '../../src/decode/events.ts';
import type { Filter, FilterRun } from '../../src/frame/filter.ts';
import { type Dot, dotsOf, eventsOf } from './dots.ts';

const [WIDTH, HEIGHT] = [12, 9];

/** What is left of these events. */
export const filtered = (run: FilterRun, dots: readonly Dot[], width = WIDTH, height = HEIGHT): Dot[] => {
  const events = copyEvents(run.push(eventsOf(dots), width, height));
  return dotsOf([{ events, from: 0, to: events.length }]);
};

/** Events in order of time, close enough in time and place that filters have something to do. */
export const crowd = (): fc.Arbitrary<Dot[]> =>
  fc.array(fc.record({ step: fc.nat(900), x: fc.nat(WIDTH - 1), y: fc.nat(HEIGHT - 1), p: fc.nat(1) }), { maxLength: 200 }).map((steps) => {
    let t = 0;
    return steps.map(({ step, x, y, p }) => ({ t: (t += step), x, y, p }));
  });

/** What every filter promises. `moves`: it changes where events are. */
export function itIsAFilter(make: () => Filter, { moves = false } = {}): void {
  it('is named after its file and has JSON-compatible parameters', () => {
    const { name, params } = make();
    expect(name).toMatch(/^[a-z][A-Za-z]+$/);
    expect(JSON.parse(JSON.stringify(params))).toEqual(params);
  });

  it('keeps some of the events, in their order, and counts the others', () => {
    fc.assert(
      fc.property(crowd(), (dots) => {
        const run = make().start();
        const kept = filtered(run, dots);
        expect(kept.length + run.dropped).toBe(dots.length);
        const places = (all: readonly Dot[]): string[] => all.map(({ t, x, y, p }) => (moves ? `${t} ${p}` : `${t} ${x} ${y} ${p}`));
        let from = 0;
        for (const place of places(kept)) from = places(dots).indexOf(place, from) + 1 || Infinity;
        expect(from).toBeLessThan(Infinity);
      }),
    );
  });

  it('keeps the same events however the stream was divided into batches', () => {
    fc.assert(
      fc.property(crowd(), fc.nat(200), (dots, cut) => {
        const run = make().start();
        expect([...filtered(run, dots.slice(0, cut)), ...filtered(run, dots.slice(cut))]).toEqual(filtered(make().start(), dots));
      }),
    );
  });

  it('does not change the batch, and starts without state', () => {
    fc.assert(
      fc.property(crowd(), (dots) => {
        const filter = make();
        const events = eventsOf(dots);
        const first = filter.start();
        const kept = copyEvents(first.push(events, WIDTH, HEIGHT));
        expect(dotsOf([{ events, from: 0, to: events.length }])).toEqual(dots);
        expect(filtered(filter.start(), dots)).toEqual(dotsOf([{ events: kept, from: 0, to: kept.length }]));
      }),
    );
  });

  it('passes nothing on of nothing', () => {
    const run = make().start();
    expect(run.push(eventsOf([]), WIDTH, HEIGHT)).toHaveLength(0);
    expect(run.dropped).toBe(0);
  });
}
