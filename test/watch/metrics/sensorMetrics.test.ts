import { describe, expect, it } from 'vitest';
import { noCounts } from '../../../src/decode/decoder.ts';
import { report } from '../../../src/stage/report.ts';
import { watchMetrics } from '../../../src/watch/watchMetrics.ts';

const decoded = (sensor: string, events: number): void => report('decode', () => ({ sensor, counters: { ...noCounts(), events } }));
const eventsIn = (text: string): number[] =>
  [...text.matchAll(/^saccade_decode\{sensor="[^\n]*",counter="events"\} (\d+)$/gm)].map(([, value]) => Number(value));

describe('metrics of sensors (issue 11)', () => {
  it('name some, and sum up all others: 20,000 names are less than 100 KB, and no event is missing', async () => {
    const { registry, end } = watchMetrics();
    for (let round = 1; round <= 2; round++) {
      for (let i = 0; i < 20_000; i++) {
        decoded(`camera ${i}`, round * 7);
        report('cut', () => ({ sensor: `camera ${i}`, counters: { late: round } }));
      }
    }
    const text = await registry.metrics();
    end();
    expect(text.length).toBeLessThan(100_000);
    expect(eventsIn(text).reduce((sum, value) => sum + value, 0)).toBe(20_000 * 14);
    expect(text).toContain('sensor="(others)"');
  });

  it('give the name of a sensor that has been silent for long to another', async () => {
    const { registry, end } = watchMetrics();
    for (let i = 0; i < 64; i++) decoded(`old ${i}`, 1);
    for (let i = 0; i < 30_000; i++) decoded('new', i);
    const text = await registry.metrics();
    end();
    expect(text).toContain('saccade_decode{sensor="new",counter="events"} 29999');
    expect(eventsIn(text).reduce((sum, value) => sum + value, 0)).toBe(64 + 29_999);
  });

  it.each([
    ['a\u001B[2Jb', String.raw`a\\u{1b}[2Jb`],
    ['a\nsaccade_decode{} 1', String.raw`a\\u{a}saccade_decode{} 1`],
    ['a\u0000b', String.raw`a\\u{0}b`],
    ['a\u202Eb', String.raw`a\\u{202e}b`],
    ['a"b', String.raw`a\"b`],
  ])('show what a name hides: %j', async (name, shown) => {
    const { registry, end } = watchMetrics();
    decoded(name, 3);
    const text = await registry.metrics();
    end();
    expect(text).toContain(`saccade_decode{sensor="${shown}",counter="events"} 3\n`);
    // oxlint-disable-next-line no-control-regex -- it is what must not be there
    expect(text).not.toMatch(/[\u0000\u001B\u202E]/);
  });

  it('keep two names two where they are the same once escaped or cut', async () => {
    const names = [
      'a\u001B',
      String.raw`a\u{1b}`,
      String.raw`a\\u{1b}`,
      'x'.repeat(1e6),
      `${'x'.repeat(1e6)}y`,
      'x'.repeat(40),
      'x'.repeat(41),
    ];
    const { registry, end } = watchMetrics();
    for (const [i, name] of names.entries()) decoded(name, i + 1);
    const text = await registry.metrics();
    end();
    expect(eventsIn(text)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(text.length).toBeLessThan(50_000);
    const labels = [...text.matchAll(/sensor="(.*)",counter="events"/g)].map(([, label]) => label);
    expect(new Set(labels).size).toBe(names.length);
  });
});
