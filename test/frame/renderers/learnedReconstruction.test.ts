import { fileURLToPath } from 'node:url';
import { lastValueFrom, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { render } from '../../../src/frame/rendering/render.ts';
import {
  type LearnedReconstructionOptions,
  type OnnxRuntime,
  learnedReconstruction,
} from '../../../src/frame/renderers/learnedReconstruction.ts';
import { voxelGrid } from '../../../src/frame/rendering/voxelGrid.ts';
import { type Dot, eventsOf, windowOf } from '../dots.ts';

/** Any file that is there: the runtime of these tests does not read it. */
const weights = fileURLToPath(import.meta.url);
const dots: Dot[] = Array.from({ length: 300 }, (_, i) => ({ t: i * 30, x: (i * 7) % 32, y: (i * i) % 24, p: (i >> 2) & 1 }));

class Tensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
  constructor(_type: 'float32', data: Float32Array, dims: readonly number[]) {
    this.data = data;
    this.dims = dims;
  }
}

/** A model with one state: the picture is |first bin| / 4 plus what the state has summed up. What it was fed is kept. */
function runtimeOf(stateShape: readonly (number | string)[] = [1, 1, 24, 32]): OnnxRuntime & { readonly fed: Tensor[] } {
  const fed: Tensor[] = [];
  const session = {
    inputNames: ['events', 'h0'],
    outputNames: ['image', 'h1'],
    inputMetadata: [{ shape: [1, 5, 'height', 'width'] }, { shape: stateShape }],
    run: async ({ events, h0 }: Record<string, unknown>) => {
      const [grid, state] = [events as Tensor, h0 as Tensor];
      fed.push(grid);
      const [, , height, width] = grid.dims as [number, number, number, number];
      const sum = Float32Array.from({ length: height * width }, (_, i) => Math.abs(grid.data[i]!) / 4 + (state.data[i] ?? 0));
      return { image: new Tensor('float32', sum, [1, 1, height, width]), h1: new Tensor('float32', sum, state.dims) };
    },
  };
  return { fed, Tensor, InferenceSession: { create: async () => session } };
}
const make = (given: Partial<LearnedReconstructionOptions> = {}) => {
  const runtime = runtimeOf();
  return { fed: runtime.fed, renderer: learnedReconstruction({ weights, minSide: 0, normalise: false, runtime, ...given }) };
};

describe('learnedReconstruction', () => {
  it('shows the model the voxel grid of the window, and takes its first output for a picture of 0..1', async () => {
    const { renderer, fed } = make();
    const window = windowOf(dots);
    const { width, height, channels, data } = await renderer.draw(window);
    expect([width, height, channels]).toEqual([32, 24, 1]);
    expect(fed.map(({ dims }) => dims)).toEqual([[1, 5, 24, 32]]);
    expect(fed[0]!.data).toEqual(voxelGrid(window).data);
    expect([...data]).toEqual(Array.from({ length: 24 * 32 }, (_, i) => Math.round(255 * Math.min(1, Math.abs(fed[0]!.data[i]!) / 4))));
  });

  it('fills up with zeros to the size that the model wants, and cuts them off again', async () => {
    const { renderer, fed } = make({ multipleOf: 20 });
    const { width, height } = await renderer.draw(windowOf(dots));
    expect([width, height]).toEqual([32, 24]);
    expect(fed[0]!.dims).toEqual([1, 5, 40, 40]);
    expect(fed[0]!.data[35]).toBe(0);
  });

  it('bins a sensor that is larger than the long side', async () => {
    const { renderer, fed } = make({ longSide: 16, multipleOf: 1 });
    const { width, height } = await renderer.draw(windowOf(dots));
    expect([width, height]).toEqual([16, 12]);
    expect(fed[0]!.data.reduce((sum, value) => sum + value, 0)).toBeCloseTo(
      voxelGrid(windowOf(dots)).data.reduce((sum, value) => sum + value, 0),
      3,
    );
  });

  it('steps through its history with the states of the model, and starts from zero with each window', async () => {
    const { renderer, fed } = make({ historyMs: 40, stepMs: 20 });
    expect(renderer.horizonUs).toBe(40_000);
    const before = eventsOf(dots.map((dot) => ({ ...dot, t: dot.t * 3 - 35_000 })));
    const window = windowOf(dots, { start: 0, history: [{ events: before, from: 0, to: before.length }] });
    const first = await renderer.draw(window);
    expect(fed.map(({ data }) => data.some((value) => value !== 0))).toEqual([true, true, true]);
    const again = await renderer.draw(window);
    expect(again.data).toEqual(first.data);
    expect(first.data).not.toEqual((await renderer.draw({ ...window, history: [] })).data);
  });

  it('brings the grid to mean 0 and deviation 1, but for its zeros', async () => {
    const { renderer, fed } = make({ normalise: true });
    await renderer.draw(windowOf(dots));
    const values = [...fed[0]!.data].filter((value) => value !== 0);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean).toBeCloseTo(0, 4);
    expect(Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length)).toBeCloseTo(1, 4);
  });

  it('keeps the runtime out of its parameters', () => {
    expect(JSON.parse(JSON.stringify(make().renderer.params))).toEqual(make().renderer.params);
  });

  it('ends the run, not the window, and says what to do where library or weights are absent or do not fit', async () => {
    const drawing = (options: LearnedReconstructionOptions) => {
      const window = windowOf(dots);
      const stage = render(learnedReconstruction(options), { quietBelow: 0, concurrency: 1, reject: async () => {} });
      return lastValueFrom(of(window).pipe(stage));
    };
    await expect(drawing({ weights })).rejects.toThrow(/onnxruntime-node is not installed; run `npm install onnxruntime-node`/);
    await expect(drawing({ weights: 'nowhere.onnx', runtime: runtimeOf() })).rejects.toThrow(/no such file \(found "nowhere.onnx"\)/);
    await expect(drawing({ weights, runtime: runtimeOf([1, 'c', 24, 32]) })).rejects.toThrow(/state 'h0' has no fixed shape/);
    await expect(drawing({ weights, bins: 3, runtime: runtimeOf() })).rejects.toThrow(/grid of 1 x 5 x .* gives 1 x 3 x 24 x 32; set bins/);
    const broken = { ...runtimeOf(), InferenceSession: { create: () => Promise.reject(new Error('bad magic')) } };
    await expect(drawing({ weights, runtime: broken })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('bad magic'),
    });
  });
});
