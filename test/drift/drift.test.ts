import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { drift } from '../../src/cli/commands/drift.ts';
import { contentRecall } from '../../src/drift/contentRecall.ts';
import { driftReport } from '../../src/drift/driftReport.ts';
import { textureOf } from '../../src/drift/texture.ts';
import { vendorAccuracy } from '../../src/drift/vendorAccuracy.ts';
import { houseStyle } from '../../src/normalise/normalisers/houseStyle.ts';

const things = 'car dog hand tree bus ball bird boat chair lamp cup box sign wheel door horse train plane shoe bottle'.split(' ');
const plain = things.map((thing, i) => `A ${thing} moving ${i % 2 ? 'left' : 'right'}.`);
const chatty = things.map((thing, i) => `The image shows a ${thing} moving ${i % 2 ? 'left' : 'right'}`);
const spoken = {
  texts: [...plain, ...chatty],
  vendors: [...plain.map(() => 'plain'), ...chatty.map(() => 'chatty')],
  images: [...things, ...things],
};

describe('vendor accuracy', () => {
  test('finds a style that is there', () => {
    expect(vendorAccuracy(spoken)).toBe(1);
  });

  test('is no better than chance on equal captions: the folds are grouped by image', () => {
    expect(vendorAccuracy({ ...spoken, texts: [...plain, ...plain] })).toBeLessThanOrEqual(0.6);
  });

  test('is the same in every run', () => {
    const noisy = { ...spoken, texts: spoken.texts.map((text, i) => (i % 3 ? text : `${text} Perhaps.`)) };
    expect(vendorAccuracy(noisy)).toBe(vendorAccuracy(noisy));
  });
});

test('the house style removes a pure style, and the report says so', () => {
  const report = driftReport(spoken, { sentence: houseStyle() });
  expect(report).toMatchObject({ captions: 40, images: 20, vendors: ['chatty', 'plain'], chance: 0.5, raw: 1 });
  expect(report.forms.sentence!.normalised).toBeLessThanOrEqual(0.6);
});

test('refuses captions of one model only', () => {
  const one = { texts: plain, vendors: plain.map(() => 'plain'), images: things };
  expect(() => driftReport(one, {})).toThrow(/two models at least, found 1: plain/);
});

test('recall counts content words of any kind, inflections as one', () => {
  expect(contentRecall(['A car moves left.'], ['Car moving left'])).toBe(1);
  expect(contentRecall(['The image shows a car.'], ['A car.'])).toBeCloseTo(1 / 3);
  expect(contentRecall(['A'], [''])).toBe(1);
});

test('texture counts lengths, repetition and leaks', () => {
  const texture = textureOf(['A car moving left.', 'A car moving left.', "I'm sorry, I cannot help.", 'A bottle of the']);
  expect(texture).toMatchObject({ captions: 4, refusalLeaks: 1, truncationLeaks: 1, words: { p5: 4, p50: 4, p95: 5 } });
  expect(texture.selfBleu).toBeGreaterThan(0.4);
  expect(texture.distinct2).toBeCloseTo((3 + 4 + 3) / (3 + 3 + 4 + 3));
});

const file = fileURLToPath(new URL('../../../shared/data/captions/captions_dev.tsv', import.meta.url));

describe.skipIf(!existsSync(file))('captions of three real models (skipped where ../shared is absent)', () => {
  test('the house style leaves little of their styles and nearly all of their content', { timeout: 60_000 }, async () => {
    const { raw, content, forms } = await drift(file);
    expect(raw).toBeGreaterThan(content + 0.05);
    expect(forms.telegraphic!.residual).toBeLessThanOrEqual(0.25);
    expect(forms.telegraphic!.recall).toBeGreaterThanOrEqual(0.9);
    expect(forms.sentence!.residual).toBeLessThanOrEqual(0.6);
    expect(forms.sentence!.recall).toBeGreaterThanOrEqual(0.9);
    for (const form of Object.values(forms)) {
      for (const { refusalLeaks } of Object.values(form.vendors)) expect(refusalLeaks).toBe(0);
    }
  });
});
