import { describe, expect, it } from 'vitest';
import { costUsd } from '../../../src/interpret/pricing/costUsd.ts';
import { factsOf } from '../../../src/interpret/pricing/factsOf.ts';
import { imageTokens } from '../../../src/interpret/pricing/imageTokens.ts';
import { priceOf } from '../../../src/interpret/pricing/price.ts';
import { billUsd, familyOf } from '../../../src/sim/model/modelFamily.ts';

// Two tables by two hands: what the simulator bills, and what the providers reckon. They must agree.
const models = [
  'gpt-4o',
  'gpt-4o-2024-08-06',
  'gpt-4o-mini',
  'gpt-4.1',
  'gpt-4.1-mini',
  'gpt-4.1-nano',
  'gpt-6.1-terra',
  'gpt-6-luna',
  'claude-3-7-sonnet-20250219',
  'claude-sonnet-5-5',
  'claude-haiku-4-5',
  'claude-haiku-5-5',
  'gemini-2.5-pro',
  'gemini-2.5-flash',
  'gemini-2.5-flash-lite',
  'gemini-3.8-flash',
];

const sizes = [
  [346, 260],
  [512, 384],
  [640, 480],
  [1280, 720],
] as const;

describe.each(models)('%s', (model) => {
  it.each(sizes)('costs as many tokens for a picture of %i x %i as the provider reckons', (width, height) => {
    for (const low of [true, false]) {
      const { image } = factsOf(model);
      // Patches know no low detail, and an unbounded `auto` is the vendor's trap that the provider does not walk into.
      expect(imageTokens(image, width, height, low)).toBe(familyOf(model).imageTokens(width, height, low ? 'low' : 'high'));
    }
  });

  it('has the same price', () => {
    const price = priceOf(model, '2026-11-22');
    expect(price && costUsd(price, { input: 1_234, cachedInput: 0, cacheWrite: 0, output: 321 })).toBeCloseTo(
      billUsd(model, 1_234, 321),
      12,
    );
  });
});
