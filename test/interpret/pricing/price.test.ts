import { expect, it } from 'vitest';
import { baseModel } from '../../../src/interpret/pricing/baseModel.ts';
import { costUsd } from '../../../src/interpret/pricing/costUsd.ts';
import { factsOf } from '../../../src/interpret/pricing/factsOf.ts';
import { imageTokens } from '../../../src/interpret/pricing/imageTokens.ts';
import { priceOf } from '../../../src/interpret/pricing/price.ts';

it('a price holds from its date until the next', () => {
  expect(priceOf('gpt-6-luna', '2026-07-29')).toMatchObject({ input: 0.5, date: '2026-07-24' });
  expect(priceOf('gpt-6-luna', '2026-07-30')).toMatchObject({ input: 0.1, date: '2026-07-30' });
  expect(priceOf('gpt-4o', '2020-01-01')).toBeUndefined();
});

it('a dated or latest name is its model, a longer name is another one', () => {
  expect(
    ['gpt-4o-2024-08-06', 'openai/gpt-4o', 'claude-3-7-sonnet-20250219', 'claude-3-7-sonnet-latest', 'models/gemini-2.5-pro-001'].map(
      baseModel,
    ),
  ).toEqual(['gpt-4o', 'gpt-4o', 'claude-3-7-sonnet', 'claude-3-7-sonnet', 'gemini-2.5-pro']);
  expect(priceOf('claude-sonnet-5', '2026-11-22')).toBeUndefined();
  expect(priceOf('gpt-4o-audio', '2026-11-22')).toBeUndefined();
});

it('each class of token has its own price, and a million calls add up to the micro-dollar', () => {
  const price = { input: 2.5, output: 10, cachedInput: 1.25, cacheWrite: 3, date: '' };
  expect(costUsd(price, { input: 100, cachedInput: 200, cacheWrite: 10, output: 20 })).toBe(0.00073);
  let sum = 0;
  for (let n = 0; n < 1_000_000; n++) sum += costUsd(price, { input: 333, cachedInput: 0, cacheWrite: 0, output: 77 });
  expect(Math.abs(sum - 1602.5)).toBeLessThan(1e-6);
});

it.each([
  ['gpt-4o', 346, 260, 255],
  ['gpt-4o', 640, 480, 425],
  ['gpt-4o', 1024, 768, 765],
  ['gpt-4o-mini', 346, 260, 8_500],
  ['gpt-4o-mini', 640, 480, 14_168],
  ['gpt-4.1-mini', 346, 260, 161],
  ['gpt-4.1-mini', 640, 480, 486],
  ['gpt-6-luna', 346, 260, 119],
  ['gpt-6-luna', 640, 480, 360],
  ['claude-haiku-4-5', 346, 260, 130],
  ['claude-haiku-4-5', 640, 480, 414],
  ['gemini-2.5-pro', 640, 480, 258],
  ['gemini-3.8-flash', 640, 480, 1_090],
])('%s bills a picture of %i x %i as %i tokens', (model, width, height, tokens) => {
  expect(Math.abs(imageTokens(factsOf(model).image, width, height) - tokens)).toBeLessThanOrEqual(1);
});

it('low detail is cheap where there is one', () => {
  expect(imageTokens(factsOf('gpt-4o').image, 640, 480, true)).toBe(85);
  expect(imageTokens(factsOf('gemini-3.8-flash').image, 640, 480, true)).toBe(280);
});
