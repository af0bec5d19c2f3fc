import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { NEVER, lastValueFrom, take, toArray } from 'rxjs';
import { definePipeline, memory, polarity, synthetic, tumbling } from 'saccade';
import { describe, expect, it } from 'vitest';
import { sparseCaptions } from '../../docs/examples/customOperator.ts';
import { captionLines } from '../../docs/examples/plainRxjs.ts';
import { watchCaptions } from '../../docs/examples/watchCaptions.ts';
import { scripted } from '../parts.ts';

const scene = { width: 64, height: 48, seconds: 1, noiseHz: 0, hotPixels: 0 } as const;
const dots = (): ReturnType<typeof scripted> => scripted(({ window }) => `A dot at ${window.start}.`);

describe('docs/examples', () => {
  it('plainRxjs: one line for each window, and no packet is read while the gate is shut', async () => {
    const lines = await lastValueFrom(captionLines(synthetic(scene), dots()).pipe(toArray()));
    expect(lines).toHaveLength(10);
    expect(lines).toContain('100 ms: A dot at 100000.');
  });

  it('plainRxjs: may be subscribed to again after it was unsubscribed with the gate shut', async () => {
    let asked = 0;
    const captioner = scripted(() => (asked++ < 16 ? NEVER : 'A dot.'));
    const lines = captionLines(synthetic({ ...scene, seconds: 3 }), captioner);
    const first = lines.subscribe();
    while (captioner.calls() < 16) await new Promise((resolve) => setImmediate(resolve));
    first.unsubscribe();
    expect(await lastValueFrom(lines.pipe(toArray()))).toHaveLength(30);
  });

  it('customOperator: every fifth window is captioned, and the others are acked', async () => {
    const captioner = dots();
    const captions = await lastValueFrom(sparseCaptions(synthetic(scene), captioner, 5).pipe(toArray()));
    // Pictures are encoded two at once, so frames may overtake each other.
    const starts = captions.map(({ frame }) => frame.window.start).toSorted((a, b) => a - b);
    expect(starts).toEqual([0, 250_000, 500_000, 750_000]);
    expect(captioner.calls()).toBe(4);
  });

  it('watchCaptions: the state of each sensor, live; unsubscribing ends the run', async () => {
    const pipeline = definePipeline({
      source: synthetic({ ...scene, sensors: 2 }),
      window: tumbling({ everyMs: 100 }),
      renderer: polarity(),
      captioner: dots(),
      sink: memory(),
      deadLetters: memory(),
    });
    const states = await lastValueFrom(watchCaptions(pipeline, 1));
    expect([...states.values()].map(({ windows }) => windows)).toEqual([10, 10]);
    const [first] = await lastValueFrom(watchCaptions({ ...pipeline, sink: memory() }, 1).pipe(take(1), toArray()));
    expect(first!.size).toBeGreaterThan(0);
  });

  it.each(['plainRxjs', 'customOperator', 'watchCaptions'])('%s runs as a program', async (name) => {
    const { stdout } = await promisify(execFile)(process.execPath, [`docs/examples/${name}.ts`]);
    expect(stdout.length).toBeGreaterThan(100);
  });
});
