import { describe, expect, it } from 'vitest';
import {
  type PipelineOptions,
  definePipeline,
  houseStyle,
  memory,
  openai,
  polarity,
  recording,
  refractory,
  tumbling,
} from '../../src/index.ts';
import { differences } from '../../src/publish/configuration.ts';

const pipeline = (given: Partial<PipelineOptions> = {}): ReturnType<typeof definePipeline> =>
  definePipeline({
    source: recording({ file: 'a.raw' }),
    window: tumbling({ everyMs: 33 }),
    renderer: polarity(),
    captioner: openai({ model: 'gpt-4o' }),
    sink: memory(),
    deadLetters: memory(),
    ...given,
  });

describe('configurationOf', () => {
  it.each<[string, Partial<PipelineOptions>, string]>([
    ['window', { window: tumbling({ everyMs: 50 }) }, 'window: tumbling({everyMs: 33'],
    ['filters', { filters: [refractory({ deadUs: 7 })] }, 'filters: none, this pipeline: refractory({deadUs: 7'],
    ['motion', { motion: true }, 'motion: not measured, this pipeline: measured'],
    ['quietBelow', { quietBelow: 0.5 }, 'quietBelow: 0.02, this pipeline: 0.5'],
    ['most events of a window', { state: { windowEvents: 5000 } }, 'windowEvents: default, this pipeline: 5000'],
    ['rewriter', { rewriter: openai({ model: 't5' }) }, 'rewriter: none, this pipeline: openai/t5 (openai t5'],
    ['normaliser', { normalise: houseStyle({ form: 'tags' }) }, 'options of the normaliser: {'],
  ])('has in words whatever changes its hash: %s', (_what, given, words) => {
    const [one, other] = [pipeline().configuration, pipeline(given).configuration];
    expect(other.hash).not.toBe(one.hash);
    expect(differences(one, other)).toContain(words);
    expect(differences(one, other)).not.toContain('; ');
  });

  it('has nothing of what changes no record', () => {
    const other = pipeline({
      name: 'other',
      source: recording({ file: 'b.raw' }),
      encoders: 1,
      workers: 0,
      gate: { windows: 3 },
      mode: 'live',
    });
    expect(other.configuration).toEqual(pipeline().configuration);
  });
});
