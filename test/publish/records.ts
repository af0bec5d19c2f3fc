import type { NormalisedCaption } from '../../src/normalise/normalise.ts';
import { type CaptionRecord, captionRecord } from '../../src/publish/captionRecord.ts';
import { position } from '../stage/items.ts';

/** A caption as the normalise stage hands it on. */
export const normalisedCaption = (index: number): NormalisedCaption => ({
  sensor: 'cam',
  position: position(index),
  ack: () => {},
  frame: {
    sensor: 'cam',
    position: position(index),
    ack: () => {},
    id: index.toString(16).padStart(24, '0'),
    window: {
      start: index * 33_000,
      end: (index + 1) * 33_000,
      closedBy: 'time',
      count: 100,
      on: 60,
      width: 64,
      height: 48,
      capturedAtUs: 0,
    },
    image: { bytes: Uint8Array.of(1, 2, 3), mediaType: 'image/png', width: 64, height: 48, sha256: 'ab'.repeat(32) },
    renderer: { name: 'polarity', params: { palette: 'dark' }, legend: 'White is brighter.' },
  },
  answer: {
    text: 'The image shows a disc moving to the left.',
    target: 'gpt4o',
    provider: 'openai',
    model: 'gpt-4o',
    inputTokens: 300,
    outputTokens: 20,
    costUsd: 0.00095,
    priceDate: '2026-09-23',
    flags: [],
    cache: 'none',
    requestHash: 'cd'.repeat(32),
  },
  route: [
    {
      target: 'sonnet',
      key: 'KEY_1',
      startedAtUs: 1,
      ms: 10,
      status: 429,
      outcome: 'rate_limit',
      reason: 'slow down',
      inputTokens: 0,
      outputTokens: 0,
      costUsd: 0,
    },
    {
      target: 'gpt4o',
      key: 'KEY_2',
      startedAtUs: 2,
      ms: 900,
      status: 200,
      outcome: 'ok',
      reason: '',
      inputTokens: 300,
      outputTokens: 20,
      costUsd: 0.00095,
    },
  ],
  promptHash: '0123456789abcdef',
  draft: { text: 'A disc moves to the left.', flags: [], confidence: 1 },
  normaliser: { name: 'houseStyle', version: '1' },
});

export const captionRecords = (count: number): CaptionRecord[] =>
  Array.from({ length: count }, (_, index) => captionRecord(normalisedCaption(index), null, { pipeline: 'test', configHash: 'ffff' }));
