import { describe, expect, it } from 'vitest';
import { flip } from '../../../src/frame/filters/flip.ts';
import { filtered, itIsAFilter } from '../filter.contract.ts';

describe('flip', () => {
  itIsAFilter(() => flip({ horizontal: true, vertical: true }), { moves: true });

  it('mirrors along the given axes', () => {
    const dot = { t: 1, x: 2, y: 3, p: 1 };
    expect(filtered(flip({ horizontal: true }).start(), [dot])).toEqual([{ ...dot, x: 9 }]);
    expect(filtered(flip({ vertical: true }).start(), [dot])).toEqual([{ ...dot, y: 5 }]);
    expect(filtered(flip({}).start(), [dot])).toEqual([dot]);
  });
});
