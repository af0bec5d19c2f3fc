import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { of } from 'rxjs';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { firstValueFrom } from 'rxjs';
import { recording } from '../../../src/consume/sources/recording.ts';
import { definePipeline } from '../../../src/definePipeline.ts';
import { polarity } from '../../../src/frame/renderers/polarity.ts';
import { tumbling } from '../../../src/frame/windows/tumbling.ts';
import { PipelineError } from '../../../src/errors.ts';
import type { Answer } from '../../../src/interpret/caption.ts';
import type { Captioner } from '../../../src/interpret/captioner.ts';
import type { CaptionRequest } from '../../../src/interpret/captionRequest.ts';
import { makeCaptioner } from '../../../src/interpret/makeCaptioner.ts';
import { nearDuplicate } from '../../../src/interpret/combinators/nearDuplicate.ts';
import { imageSignature } from '../../../src/interpret/combinators/support/imageSignature.ts';
import { runPipeline } from '../../../src/runPipeline.ts';
import type { CaptionRecord } from '../../../src/publish/captionRecord.ts';
import { memory } from '../../../src/publish/sinks/memory.ts';
import { marblesOfPromises } from '../../stage/marbles.ts';
import { request } from '../support/request.ts';
import { answerOf, scripted } from '../support/scripted.ts';

vi.mock('../../../src/interpret/combinators/support/imageSignature.ts', { spy: true });

/** Answers each frame with its own name. */
function naming(): Captioner & { asked: string[] } {
  const asked: string[] = [];
  const made = makeCaptioner(
    ({ id }) => {
      asked.push(id);
      return of<Answer>({
        text: `A frame ${id}.`,
        target: 'x',
        provider: 'x',
        model: 'x',
        inputTokens: 9,
        outputTokens: 9,
        costUsd: 0.1,
        priceDate: '',
        flags: [],
        cache: 'none',
        requestHash: 'aa',
      });
    },
    {
      targets: [{ target: 'x', provider: 'x', model: 'x', params: {}, limits: [], worstCostUsd: () => 0, missingKeys: () => [] }],
      paths: [],
      notes: [],
    },
  );
  return Object.assign(made, { asked });
}

/** A disc of events on black at `x`, with `noise` specks from a seed. */
async function disc(
  id: string,
  x: number,
  noise: number,
  over: { startMs?: number; count?: number; sensor?: string } = {},
): Promise<CaptionRequest> {
  const [width, height] = [240, 180];
  const pixels = Buffer.alloc(width * height, 20);
  for (let dy = -20; dy <= 20; dy++)
    for (let dx = -20; dx <= 20; dx++) if (dx * dx + dy * dy < 400) pixels[(90 + dy) * width + x + dx] = dx < 0 ? 230 : 0;
  for (let n = 0, seed = id.length * 977 + id.charCodeAt(0) * 7; n < noise; n++)
    pixels[(seed = (seed * 48_271) % 2_147_483_647) % pixels.length] = 230;
  const bytes = await sharp(pixels, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer();
  const { startMs = 0, count = 5_000, sensor = 'cam' } = over;
  const blank = request({ picture: id });
  return {
    ...blank,
    id,
    sensor,
    image: { ...blank.image, bytes, width, height },
    window: { ...blank.window, start: startMs * 1000, count, on: count / 2 },
  };
}

describe('a frame like one a moment ago', () => {
  it('gets its caption at no cost, and says whose and how far away', async () => {
    const inner = naming();
    const near = nearDuplicate(inner);
    await firstValueFrom(near(await disc('first', 100, 30)));
    const answer = await firstValueFrom(near(await disc('second', 100, 25, { startMs: 33, count: 5_100 })));
    expect(answer).toMatchObject({ text: 'A frame first.', cache: 'duplicate', costUsd: 0, duplicateOf: { id: 'first' } });
    expect(answer.duplicateOf!.distance).toBeGreaterThan(0);
    expect(inner.asked).toEqual(['first']);
  });

  it.each([
    ['it moved', () => disc('b', 112, 30, { startMs: 33 })],
    ['much more happened in it', () => disc('b', 100, 30, { startMs: 33, count: 7_000 })],
    ['it is too old', () => disc('b', 100, 30, { startMs: 2_500 })],
    ['it is another sensor’s', () => disc('b', 100, 30, { startMs: 33, sensor: 'other' })],
  ])('is asked about all the same when %s', async (_, other) => {
    const inner = naming();
    const near = nearDuplicate(inner);
    await firstValueFrom(near(await disc('a', 100, 30)));
    expect((await firstValueFrom(near(await other()))).cache).toBe('none');
    expect(inner.asked).toEqual(['a', 'b']);
  });

  it('cannot creep away in small steps: a duplicate is no reference', async () => {
    const inner = naming();
    const near = nearDuplicate(inner);
    for (let step = 0; step < 12; step++) await firstValueFrom(near(await disc(`f${step}`, 100 + step, 0, { startMs: step * 33 })));
    expect(inner.asked.length).toBeGreaterThanOrEqual(4);
  });
});

describe('a frame like one that waits for its caption', () => {
  // The real signature comes from a thread pool, in real time; here all frames look alike.
  beforeEach(() => {
    const ink = new Float32Array(1);
    vi.mocked(imageSignature).mockResolvedValue({ ink, amount: 0, count: 1, on: 1 });
  });
  afterEach(() => void vi.mocked(imageSignature).mockReset());
  const answers = { a: answerOf('x', 'A disc.'), b: answerOf('x', 'Another disc.') };
  const repeated = expect.objectContaining({ text: 'A disc.', cache: 'duplicate', duplicateOf: { id: 'first', distance: 0 } });
  const [first, second] = [request({ id: 'first' }), request({ id: 'second' })];

  it('waits for that caption and gets it at the same moment; one that comes later gets it at once', () =>
    marblesOfPromises(({ cold, expectObservable, expectSubscriptions }) => {
      const call = cold('-----(a|)', answers);
      const near = nearDuplicate(scripted('x', () => call));
      expectObservable(near(first)).toBe('-----(a|)', answers);
      expectObservable(near(second), '--^').toBe('-----(a|)', { a: repeated });
      expectObservable(near(second), '-------^').toBe('-------(a|)', { a: repeated });
      expectSubscriptions(call.subscriptions).toBe('^----!');
    }));

  it('is asked about itself where the other one gets no caption, because its call fails or its caller leaves, and is repeated from then on', () =>
    marblesOfPromises(({ cold, expectObservable, expectSubscriptions }) => {
      const down = new PipelineError('PROVIDER_FAILED', 'down');
      const [fails, never, answer] = [cold<Answer>('----#', undefined, down), cold<Answer>('-'), cold('---(b|)', answers)];
      const afterFailure = nearDuplicate(scripted('x', (call) => (call === 0 ? fails : answer)));
      expectObservable(afterFailure(first)).toBe('----#', undefined, down);
      expectObservable(afterFailure(second), '--^').toBe('-------(b|)', answers);
      const ofSecond = expect.objectContaining({ text: 'Another disc.', duplicateOf: { id: 'second', distance: 0 } });
      expectObservable(afterFailure(request()), '---------^').toBe('---------(c|)', { c: ofSecond });
      const afterLeaving = nearDuplicate(scripted('x', (call) => (call === 0 ? never : answer)));
      expectObservable(afterLeaving(first), '^----!').toBe('------');
      expectObservable(afterLeaving(second), '--^').toBe('--------(b|)', answers);
      expectSubscriptions(answer.subscriptions).toBe(['----^--!', '-----^--!']);
    }));

  it('takes back its own request alone: the other one is answered all the same', () =>
    marblesOfPromises(({ cold, expectObservable, expectSubscriptions }) => {
      const call = cold('-----(a|)', answers);
      const near = nearDuplicate(scripted('x', () => call));
      expectObservable(near(first)).toBe('-----(a|)', answers);
      expectObservable(near(second), '--^-!').toBe('-----');
      expectSubscriptions(call.subscriptions).toBe('^----!');
    }));
});

const data = fileURLToPath(new URL('../../../../shared/data/recordings/', import.meta.url));
describe.skipIf(!existsSync(data))('on real recordings (skipped where ../shared/data is absent)', () => {
  it.each([
    ['evt2_sparklers.raw', 10],
    ['evt3_street.raw', 2],
    ['davis346_bench.aedat4', 10],
    ['dvs.es', 10],
  ])('%s, every %i ms: frames with the same prompt that differ are never taken for each other', async (file, everyMs) => {
    const inner = naming();
    const sink = memory<CaptionRecord>();
    await runPipeline(
      definePipeline({
        source: recording({ file: `${data}${file}` }),
        window: tumbling({ everyMs }),
        renderer: polarity({ palette: 'dark' }),
        captioner: nearDuplicate(inner),
        sink,
        deadLetters: memory(),
        quietBelow: 0,
      }),
      new AbortController().signal,
    );
    expect(sink.values.length).toBeGreaterThan(4);
    expect(new Set(inner.asked).size).toBe(sink.values.length);
  });
});
