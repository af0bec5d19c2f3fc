import type { Columns } from '../columns.ts';
import { EVT_KERNEL } from './kernelBytes.ts';

/** The state that a kernel starts from and ends with: the layout of `kernels/evt.ts`. */
export interface KernelState {
  y: number;
  /** -1 while unknown. */
  base: number;
  polarity: number;
  /** The last TIME_HIGH, as the whole word. */
  highWord: number;
  /** Sensor time in microseconds, and that of the last TIME_HIGH. */
  now: number;
  high: number;
  /** Events in the columns. */
  n: number;
  /** What it counted since it began. */
  outOfRange: number;
  otherWords: number;
  triggers: number;
  orphanWords: number;
}

/** Sensor size in pixels, as far as addresses reach. */
export interface KernelSensor {
  readonly width: number;
  readonly height: number;
}

/** The compiled loops with memory of their own: an input, and columns that lie in that memory, both valid until it is given the next words. */
export interface EvtKernel {
  readonly columns: Columns;
  /** Takes in the words to decode. */
  load(bytes: Uint8Array): void;
  /** The words that were taken in; a view that is only good until the columns grow. */
  words16(): Uint16Array;
  words32(): Uint32Array;
  /** Decodes words `from` up to `to` until one needs judgement or the columns are full; where it stopped. */
  run(format: 'evt2' | 'evt3', sensor: KernelSensor, state: KernelState, from: number, to: number): number;
}

interface Exports {
  readonly init: () => void;
  readonly evt3: (s: number, from: number, end: number, t: number, x: number, y: number, p: number, limit: number) => number;
  readonly evt2: (s: number, from: number, end: number, t: number, x: number, y: number, p: number) => number;
}

const PAGE = 65_536;
/** The state, and the tables of the kernel behind it. */
const STATE_BYTES = 64 + 2 * 4096;
/** Events that one word or one vector store may write beyond the last one. */
const SLACK = 64;

const align = (bytes: number): number => Math.ceil(bytes / 16) * 16;

let kernel: EvtKernel | undefined | 'refused';

/**
 * The kernel of this thread: it keeps nothing between two calls but its memory, so all decoders share it. Undefined where the engine
 * cannot run it or has no memory for it, and the reference has to do.
 */
export function evtKernel(): EvtKernel | undefined {
  kernel ??= startOrRefuse();
  return kernel === 'refused' ? undefined : kernel;
}

function startOrRefuse(): EvtKernel | 'refused' {
  try {
    return startKernel(new WebAssembly.Module(Buffer.from(EVT_KERNEL, 'base64')));
  } catch {
    return 'refused';
  }
}

function startKernel(module: WebAssembly.Module): EvtKernel {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { init, evt2, evt3 } = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports;
  init();
  let inputRoom = 0;
  let inputBytes = 0;
  let at = { t: STATE_BYTES, x: STATE_BYTES, y: STATE_BYTES, p: STATE_BYTES };
  let ints = new Int32Array(memory.buffer, 0, 16);
  let doubles = new Float64Array(memory.buffer, 0, 8);

  /** Changes the layout of the memory for a larger input or larger columns; the contents of the columns are kept. */
  const layOut = (input: number, capacity: number): void => {
    const t = STATE_BYTES + align(input);
    const x = t + align(8 * capacity);
    const y = x + align(2 * capacity);
    const p = y + align(2 * capacity);
    const pages = Math.ceil((p + align(capacity)) / PAGE) - memory.buffer.byteLength / PAGE;
    if (pages > 0) memory.grow(pages);
    const bytes = new Uint8Array(memory.buffer);
    const held = columns.capacity;
    // From the last to the first: each moves away from the one before it.
    bytes.copyWithin(p, at.p, at.p + held);
    bytes.copyWithin(y, at.y, at.y + 2 * held);
    bytes.copyWithin(x, at.x, at.x + 2 * held);
    bytes.copyWithin(t, at.t, at.t + 8 * held);
    at = { t, x, y, p };
    inputRoom = input;
    columns.capacity = capacity;
    columns.t = new Float64Array(memory.buffer, t, capacity);
    columns.x = new Uint16Array(memory.buffer, x, capacity);
    columns.y = new Uint16Array(memory.buffer, y, capacity);
    columns.p = new Uint8Array(memory.buffer, p, capacity);
    ints = new Int32Array(memory.buffer, 0, 16);
    doubles = new Float64Array(memory.buffer, 0, 8);
  };

  const columns: Columns = {
    t: new Float64Array(0),
    x: new Uint16Array(0),
    y: new Uint16Array(0),
    p: new Uint8Array(0),
    capacity: 0,
    reserve(capacity) {
      if (capacity > columns.capacity) layOut(inputRoom, Math.max(4096, capacity, columns.capacity * 2));
    },
    events: (length) => ({ length, t: columns.t, x: columns.x, y: columns.y, p: columns.p }),
  };

  return {
    columns,
    load(bytes) {
      if (bytes.length > inputRoom) layOut(Math.max(PAGE, bytes.length * 2), columns.capacity);
      inputBytes = bytes.length;
      new Uint8Array(memory.buffer, STATE_BYTES, inputBytes).set(bytes);
    },
    words16: () => new Uint16Array(memory.buffer, STATE_BYTES, inputBytes / 2),
    words32: () => new Uint32Array(memory.buffer, STATE_BYTES, inputBytes / 4),
    run(format, { width, height }, state, from, to) {
      const wordBytes = format === 'evt3' ? 2 : 4;
      ints.set([state.y, state.base, state.polarity, state.highWord | 0]);
      doubles[2] = state.now;
      doubles[3] = state.high;
      ints.set([state.n, width, height, 0, 0, 0, 0], 8);
      const [start, end] = [STATE_BYTES + from * wordBytes, STATE_BYTES + to * wordBytes];
      const stopped =
        format === 'evt3'
          ? evt3(0, start, end, at.t, at.x, at.y, at.p, columns.capacity - SLACK)
          : evt2(0, start, end, at.t, at.x, at.y, at.p);
      [state.y, state.base, state.polarity, state.highWord] = ints as unknown as [number, number, number, number];
      state.now = doubles[2];
      state.high = doubles[3];
      state.n = ints[8]!;
      [state.outOfRange, state.otherWords, state.triggers, state.orphanWords] = ints.subarray(11, 15) as unknown as [
        number,
        number,
        number,
        number,
      ];
      return (stopped - STATE_BYTES) / wordBytes;
    },
  };
}
