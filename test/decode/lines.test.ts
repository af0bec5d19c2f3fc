import { describe, expect, it } from 'vitest';
import { makeLines } from '../../src/decode/lines.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

describe('lines', () => {
  it('are whole however the stream is divided', () => {
    const lines = makeLines(100, { leftoverBytes: 0 });
    expect(['ab', 'c\nde\n', '', 'f'].flatMap((text) => lines.take(bytes(text)))).toEqual(['abc', 'de']);
    expect([lines.end(), lines.end()]).toEqual(['f', undefined]);
  });

  it('that are too long are dropped and counted, also when they come in pieces', () => {
    const counters = { leftoverBytes: 0 };
    const lines = makeLines(4, counters);
    expect(lines.take(bytes('12345\nab\n'))).toEqual(['ab']);
    expect(['123', '456', '789\ncd\n'].flatMap((text) => lines.take(bytes(text)))).toEqual(['cd']);
    expect(counters.leftoverBytes).toBe(6 + 10);
  });

  it('at a gap are dropped on both sides', () => {
    const counters = { leftoverBytes: 0 };
    const lines = makeLines(100, counters);
    lines.take(bytes('ab\ncd'));
    lines.gap();
    expect(lines.take(bytes('ef\ngh\n'))).toEqual(['gh']);
    expect(counters.leftoverBytes).toBe(2 + 3);
    lines.gap();
    lines.take(bytes('x'));
    expect(lines.end()).toBeUndefined();
  });
});
