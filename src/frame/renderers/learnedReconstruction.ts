import { existsSync } from 'node:fs';
import { z } from 'zod';
import { PipelineError, messageOf } from '../../errors.ts';
import { readOptions } from '../../readOptions.ts';
import { type Canvas, type CanvasOptions, bytesOf, canvasFields, canvases, picture } from '../rendering/canvas.ts';
import type { EventSlice, EventWindow } from '../eventWindow.ts';
import { runsBetween } from '../runsBetween.ts';
import type { Pixels, Renderer } from '../renderer.ts';
import { voxelGrid } from '../rendering/voxelGrid.ts';

/** What is used of ONNX Runtime: `onnxruntime-node` and `onnxruntime-web` both have it. */
export interface OnnxRuntime {
  readonly InferenceSession: { create(path: string): Promise<OnnxSession> };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OnnxTensor;
}
export interface OnnxSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Of each input: numbers, and words for dimensions that the model leaves open. */
  readonly inputMetadata: readonly { readonly shape?: readonly (number | string)[] }[];
  run(feeds: Record<string, OnnxTensor>): Promise<Record<string, OnnxTensor>>;
}
export interface OnnxTensor {
  readonly dims: readonly number[];
  readonly data: unknown;
}

export interface LearnedReconstructionOptions extends CanvasOptions {
  /**
   * Path of an ONNX model, such as an export of E2VID or FireNet. Its first input is a voxel grid [1, bins, height, width]
   * and its first output a picture [1, 1, height, width] of 0..1. Further inputs are states, zero at first, and further
   * outputs are the next states in the same order.
   */
  weights: string;
  /** Slices of time in a voxel grid. @default 5 */
  bins?: number;
  /** Bring the grid's values other than 0 to mean 0 and deviation 1, as E2VID does. @default true */
  normalise?: boolean;
  /** The model wants width and height to be multiples of this; zeros fill up. @default 8 */
  multipleOf?: number;
  /** How far before the window's start its picture begins, in milliseconds: the states of the model begin there. @default 0 */
  historyMs?: number;
  /** Length of one step of the model before the window, in milliseconds. @default 33 */
  stepMs?: number;
  /** @default onnxruntime-node, which is not installed with this project */
  runtime?: OnnxRuntime;
}

const schema = z.strictObject({
  weights: z.string().min(1),
  bins: z.int().min(1).max(256).default(5),
  normalise: z.boolean().default(true),
  multipleOf: z.int().positive().max(256).default(8),
  historyMs: z.number().nonnegative().default(0),
  stepMs: z.number().positive().default(33),
  ...canvasFields,
});
type Params = z.output<typeof schema>;

/**
 * A grey picture by a network that was trained for it (E2VID, Rebecq 2019; FireNet, Scheerlinck 2020). Neither the library
 * nor weights come with this project: the first picture fails the run with CONFIG_INVALID where one of them is absent.
 * Each window begins with fresh states at its horizon, so that its picture does not depend on what was drawn before.
 */
export function learnedReconstruction({ runtime, ...options }: LearnedReconstructionOptions): Renderer<Promise<Pixels>> {
  const params = readOptions('learnedReconstruction', schema, options);
  const { historyMs } = params;
  const canvasOf = canvases(params);
  let loading: Promise<Model> | undefined;
  return {
    name: 'learnedReconstruction',
    params,
    legend: 'A greyscale picture that a neural network reconstructed from changes of brightness; where nothing moved it may be wrong.',
    ...(historyMs > 0 ? { horizonUs: historyMs * 1000 } : {}),
    async draw(window) {
      const canvas = canvasOf(window);
      const model = await (loading ??= loadModel(params.weights, runtime));
      return picture(canvas, await reconstruct(model, canvas, window, params), 1);
    },
  };
}

interface Model {
  readonly session: OnnxSession;
  readonly Tensor: OnnxRuntime['Tensor'];
}

async function loadModel(weights: string, given: OnnxRuntime | undefined): Promise<Model> {
  const { InferenceSession, Tensor } = given ?? (await importRuntime());
  if (!existsSync(weights))
    throw new PipelineError(
      'CONFIG_INVALID',
      `learnedReconstruction.weights: no such file (found "${weights}"); give the path of an ONNX export, or take greyReconstruction, which needs none`,
    );
  try {
    return { session: await InferenceSession.create(weights), Tensor };
  } catch (cause) {
    throw new PipelineError('CONFIG_INVALID', `learnedReconstruction.weights: ${weights} is no model: ${messageOf(cause)}`, { cause });
  }
}

async function importRuntime(): Promise<OnnxRuntime> {
  const name: string = 'onnxruntime-node';
  try {
    return (await import(name)) as OnnxRuntime;
  } catch (cause) {
    throw new PipelineError(
      'CONFIG_INVALID',
      `learnedReconstruction: the library ${name} is not installed; run \`npm install ${name}\`, or take greyReconstruction, which needs none`,
      { cause },
    );
  }
}

/** One byte for each bin of the canvas: the model's picture of the window, after its steps through the history. */
async function reconstruct({ session, Tensor }: Model, canvas: Canvas, window: EventWindow, params: Params): Promise<Uint8Array> {
  const { width, height } = canvas;
  const [across, down] = [width, height].map((size) => Math.ceil(size / params.multipleOf) * params.multipleOf) as [number, number];
  const events = [...window.history, ...window.slices].map((slice) => onCanvas(slice, canvas));
  checkSize(session, [1, params.bins, down, across]);
  const [input, ...states] = session.inputNames;
  const [image, ...nextStates] = session.outputNames;
  let state = states.map((name, i) => zeros(name, session.inputMetadata[i + 1]?.shape, Tensor));
  let drawn: OnnxTensor | undefined;
  for (const [start, end] of steps(window, params)) {
    const slices = events.flatMap(({ events: columns, from, to }) => runsBetween(columns, start, end, from, to));
    const grid = voxelGrid({ ...window, start, end, slices, width: across, height: down }, { bins: params.bins });
    if (params.normalise) normalise(grid.data);
    const feeds = Object.fromEntries(states.map((name, i) => [name, state[i]!]));
    const result = await session.run({ ...feeds, [input!]: new Tensor('float32', grid.data, [1, params.bins, down, across]) });
    drawn = result[image!];
    state = nextStates.map((name) => result[name]!);
  }
  const values = drawn?.data;
  if (!(values instanceof Float32Array) || values.length !== across * down)
    throw new PipelineError(
      'CONFIG_INVALID',
      `learnedReconstruction.weights: the first output of ${params.weights} should be a picture of ${across} x ${down} floats (found ${JSON.stringify(drawn?.dims)})`,
    );
  const cut = new Float64Array(width * height);
  for (let y = 0; y < height; y++) cut.set(values.subarray(y * across, y * across + width), y * width);
  return bytesOf(cut, (value) => Math.round(255 * Math.min(1, Math.max(0, value))));
}

/** The time spans that the model sees: the history in equal steps, and the window. */
function steps({ start, end }: EventWindow, { historyMs, stepMs }: Params): [start: number, end: number][] {
  const count = Math.ceil(historyMs / stepMs);
  const at = (step: number): number => start - (historyMs * 1000 * (count - step)) / Math.max(1, count);
  return [...Array.from({ length: count }, (_, step): [number, number] => [at(step), at(step + 1)]), [start, end]];
}

/** The same events with the coordinates of the canvas. */
function onCanvas({ events, from, to }: EventSlice, { width, row, column }: Canvas): EventSlice {
  const { t, p } = events;
  const x = events.x.map((at) => column[at]!);
  const y = events.y.map((at) => row[at]! / width);
  return { events: { length: events.length, t, x, y, p }, from, to };
}

function checkSize({ inputMetadata }: OnnxSession, dims: readonly number[]): void {
  const shape = inputMetadata[0]?.shape ?? [];
  if (shape.every((size, i) => typeof size === 'string' || size === dims[i])) return;
  throw new PipelineError(
    'CONFIG_INVALID',
    `learnedReconstruction.weights: the model takes a grid of ${shape.join(' x ')}, and the sensor gives ${dims.join(' x ')}; set bins, longSide or multipleOf, or export it for this size`,
  );
}

function zeros(name: string, shape: readonly (number | string)[] | undefined, Tensor: OnnxRuntime['Tensor']): OnnxTensor {
  if (shape && shape.length > 0 && shape.every((size) => typeof size === 'number'))
    return new Tensor('float32', new Float32Array(shape.reduce((product, size) => product * size, 1)), shape);
  throw new PipelineError(
    'CONFIG_INVALID',
    `learnedReconstruction.weights: state '${name}' has no fixed shape (found ${JSON.stringify(shape)}); export the model for one sensor size`,
  );
}

function normalise(data: Float32Array): void {
  let [count, sum, squares] = [0, 0, 0];
  for (const value of data) {
    if (value === 0) continue;
    count++;
    sum += value;
    squares += value * value;
  }
  if (count === 0) return;
  const mean = sum / count;
  const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean)) || 1;
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) data[i] = (data[i]! - mean) / deviation;
}
