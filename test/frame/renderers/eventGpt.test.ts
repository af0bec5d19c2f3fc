import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventGpt } from '../../../src/frame/renderers/eventGpt.ts';
import { eachPixel, someDots, windowOf } from '../dots.ts';
import { itIsARenderer } from '../renderer.contract.ts';

describe('eventGpt', () => {
  itIsARenderer((canvas) => eventGpt(canvas));

  it('is red for ON, blue for OFF, white else; the last event wins', () => {
    fc.assert(
      fc.property(someDots(), (dots) => {
        const colours = [
          [0, 0, 255],
          [255, 0, 0],
        ];
        const straight = eachPixel(dots, (own) => colours[own.at(-1)?.p ?? 2] ?? [255, 255, 255]);
        expect([...eventGpt({ minSide: 0 }).draw(windowOf(dots)).data]).toEqual(straight.flat());
      }),
    );
  });
});
