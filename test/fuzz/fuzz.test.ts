import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { samples } from '../decode/samples.ts';
import { violationOf } from './check.ts';
import { fuzz } from './fuzz.ts';
import { makeRandom } from './mutate.ts';

const corpus = new URL('corpus/', import.meta.url);

describe('fuzzing', () => {
  it('finds nothing in a short run; `npm run fuzz` runs longer', () => {
    const { inputs, violations } = fuzz({ seconds: 10, seed: 7, inputs: 20_000 });
    expect(violations.map(({ input, what }) => `${input.format}: ${what}`)).toEqual([]);
    expect(inputs).toBeGreaterThan(1000);
  });

  it.each(readdirSync(corpus))('survives %s, which once broke a promise, however it is cut', (name) => {
    const format = name.slice(0, name.lastIndexOf('-'));
    const { width = 640, height = 480, timeBaseNs = 0n } = samples.find((sample) => sample.name === format) ?? {};
    const bytes = Uint8Array.from(readFileSync(new URL(name, corpus)));
    for (let seed = 0; seed < 50; seed++)
      expect(violationOf({ format, width, height, timeBaseNs, bytes }, makeRandom(seed))).toBeUndefined();
  });
});
