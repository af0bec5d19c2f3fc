import { LZ4_KERNEL } from './kernelBytes.ts';

interface Exports {
  readonly lz4: (from: number, end: number, start: number, out: number, room: number) => number;
}

const PAGE = 65_536;
/** The kernel reads and writes so much beyond what it was given. */
const BEYOND = 32;
/** A larger memory is not kept for the next frame. */
const KEPT_BYTES = 2 ** 24;

interface Engine {
  readonly memory: WebAssembly.Memory;
  readonly lz4: Exports['lz4'];
}

let module: WebAssembly.Module | undefined;
let engine: Engine | undefined;

/** Room for the content of one frame in the memory of a kernel; undefined where there is none to be had. */
export function lz4Kernel(frame: Uint8Array) {
  try {
    module ??= new WebAssembly.Module(Buffer.from(LZ4_KERNEL, 'base64'));
    // Frames are unpacked one at a time: each may write over the one before.
    if (!engine || engine.memory.buffer.byteLength > KEPT_BYTES) engine = startEngine(module);
    return roomIn(engine, frame);
  } catch {
    return undefined;
  }
}

function startEngine(from: WebAssembly.Module): Engine {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { lz4 } = new WebAssembly.Instance(from, { env: { memory } }).exports as unknown as Exports;
  return { memory, lz4 };
}

/** The frame lies at the front of the memory, its content behind it. */
function roomIn({ memory, lz4 }: Engine, frame: Uint8Array) {
  const start = frame.length + BEYOND;
  let capacity = 0;
  const grow = (bytes: number): void => {
    const pages = Math.ceil(bytes / PAGE) - memory.buffer.byteLength / PAGE;
    if (pages > 0) memory.grow(pages);
  };
  grow(start + BEYOND);
  new Uint8Array(memory.buffer).set(frame);
  return {
    get capacity() {
      return capacity;
    },
    reserve(bytes: number): void {
      grow(start + bytes + BEYOND);
      capacity = bytes;
    },
    append(at: number, end: number, length: number): number {
      const stopped = lz4(at, end, start, start + length, start + capacity);
      return stopped === 0 ? 0 : stopped - start;
    },
    copy: (at: number, end: number, length: number): void => void new Uint8Array(memory.buffer).copyWithin(start + length, at, end),
    take: (length: number): Uint8Array => new Uint8Array(memory.buffer).slice(start, start + length),
  };
}
