import { describe, expect, it } from 'vitest';
import {
  type Renderer,
  adaptive,
  definePipeline,
  eventCount,
  hotPixel,
  memory,
  openai,
  polarity,
  recording,
  sideBySide,
  withPrevious,
} from '../src/index.ts';

/* Outputs and ledgers of earlier versions go on being used: a part that is renamed keeps its hash (`hashedAs`). */
describe('the configuration hash of released versions', () => {
  const hashOf = (renderer: Renderer): string =>
    definePipeline({
      source: recording({ file: 'a.raw' }),
      filters: [hotPixel()],
      window: adaptive({ lateAfterMs: 3, idleAfterMs: 5 }),
      renderer,
      captioner: openai({ model: 'gpt-4o' }),
      sink: memory(),
      deadLetters: memory(),
    }).configHash;

  it.each<[string, Renderer, string]>([
    ['polarity', polarity(), 'e5140184db2d4e1e'],
    ['eventCount, which was called count', eventCount({ scale: 'linear' }), '9cb08d0bbc45b14c'],
    ['sideBySide over eventCount', sideBySide(eventCount(), polarity()), '24816c247fe26ae4'],
    ['withPrevious over eventCount', withPrevious(eventCount({ max: 3 }), { ms: 33 }), '9b31ee590eaa43dd'],
  ])('%s', (_what, renderer, hash) => {
    expect(hashOf(renderer)).toBe(hash);
  });
});
