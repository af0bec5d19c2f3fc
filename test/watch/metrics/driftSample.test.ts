import { expect, test, vi } from 'vitest';
import type { NormalisedCaption } from '../../../src/normalise/normalise.ts';
import { report } from '../../../src/stage/report.ts';
import { driftSample } from '../../../src/watch/metrics/driftSample.ts';
import { measureDrift } from '../../../src/watch/metrics/measureDrift.ts';
import { watchMetrics } from '../../../src/watch/watchMetrics.ts';

const things = 'car dog hand tree bus ball bird boat chair lamp'.split(' ');

const caption = (i: number, target: string, raw: string, flags: readonly string[] = []): NormalisedCaption =>
  ({
    frame: { id: `${target}${i}` },
    answer: { text: raw, target },
    draft: { text: `A ${things[i % 10]} moving.`, flags, confidence: 1 },
  }) as unknown as NormalisedCaption;

const both = (i: number): NormalisedCaption[] => [
  caption(i, 'a', `The image shows a ${things[i % 10]} moving.`, i === 0 ? ['hedged'] : []),
  caption(i, 'b', `"${things[i % 10]} in motion!"`),
];

test('a sample of the latest captions shows the style of raw captions, and less of it in normalised ones', () => {
  const sample = driftSample();
  expect(measureDrift(sample.captions)).toBeUndefined();
  for (let i = 0; i < 60; i += 1) for (const one of both(i)) sample.add(one);
  const found = measureDrift(sample.captions)!;
  expect(found.raw).toBe(1);
  expect(found.normalised).toBeLessThan(0.7);
  expect(found.chance).toBe(0.5);
});

test('flags and drift are metrics of a running pipeline', async () => {
  const { registry, end } = watchMetrics();
  for (let i = 0; i < 60; i += 1)
    for (const out of both(i)) report('stage', () => ({ stage: 'normalise', sensor: 's', ms: 1, item: {}, out }));
  const before = await registry.metrics();
  // Measured apart: no scrape waits for it, and a later one has it.
  expect(before).not.toContain('saccade_caption_drift{');
  const text = await vi.waitUntil(async () => {
    const now = await registry.metrics();
    return now.includes('saccade_caption_drift{') && now;
  }, 20_000);
  end();
  expect(text).toContain('saccade_caption_flags_total{target="a",flag="hedged"} 1');
  expect(text).toContain('saccade_caption_drift{captions="raw"} 1');
});
