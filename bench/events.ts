import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Packet } from '../src/stage/packet.ts';
import { decodeSensor } from '../src/decode/decodeSensor.ts';
import type { Decoder, Format, StreamInfo } from '../src/decode/decoder.ts';
import { startEvt2 } from '../src/decode/formats/evt2.ts';
import { startEvt3 } from '../src/decode/formats/evt3.ts';
import { allFormats } from '../src/decode/allFormats.ts';
import { encode } from '../src/frame/rendering/render.ts';
import { polarity } from '../src/frame/renderers/polarity.ts';
import { tumbling } from '../src/frame/windows/tumbling.ts';
import { samples } from '../test/decode/samples.ts';
import type { Row } from '../test/decode/support.ts';

/*
  Events a second: bytes into columns, into pictures, and into encoded pictures. The real recordings are looped with
  their time rewritten, so that it goes forward; other formats are written from the same events.
*/

const recordings = new URL('../../shared/data/recordings/', import.meta.url);
const PACKET_BYTES = 65_536;
const RUNS = 7;
const WINDOW_MS = 33;
const LONG_SIDE = 512;

interface Stream extends StreamInfo {
  readonly name: string;
  readonly format: string;
  readonly bytes: Uint8Array;
}

interface Line {
  readonly stream: string;
  readonly format: string;
  readonly into: string;
  readonly mevPerS: number;
  readonly mevPerCpuS: number;
  readonly mbPerS: number;
}

type Start = (stream: StreamInfo) => Decoder;

/** A recording `times` over; the word of its clock moves on by `steps` each time. */
function looped(
  file: string,
  skip: number,
  times: number,
  words: Uint16ArrayConstructor | Uint32ArrayConstructor,
  steps: number,
): Uint8Array {
  const [typeShift, high, mask] = words === Uint16Array ? [12, 0x8000, 0xfff] : [28, 0x80000000, 0xfffffff];
  const bytes = readFileSync(new URL(file, recordings)).subarray(skip);
  const one = new words(Uint8Array.from(bytes).buffer, 0, Math.floor(bytes.length / words.BYTES_PER_ELEMENT));
  const all = new words(one.length * times);
  for (let i = 0; i < all.length; i++) {
    const word = one[i % one.length] ?? 0;
    all[i] = word >>> typeShift === 8 ? high + (((word & mask) + Math.floor(i / one.length) * steps) & mask) : word;
  }
  return new Uint8Array(all.buffer);
}

function streams(): Stream[] {
  const written = ['evt21', 'dat', 'libcaer', 'es-dvs', 'nmnist', 'text'].map((name): Stream => {
    const sample = samples.find((candidate) => candidate.name === name);
    if (!sample) throw new Error(`no sample of ${name}`);
    const { width, height } = sample;
    return {
      name: 'written',
      format: name,
      width,
      height,
      bytes: sample.bytes(plainRows(name === 'text' ? 100_000 : 1_000_000, width, height)),
    };
  });
  if (!existsSync(recordings)) {
    const rows = plainRows(1_000_000, 640, 480);
    const own = ['evt3', 'evt2'].map((name): Stream => {
      const bytes = samples.find((candidate) => candidate.name === name)?.bytes(rows) ?? new Uint8Array(0);
      return { name: 'written', format: name, width: 640, height: 480, bytes };
    });
    return [...own, ...written];
  }
  const hd = { width: 1280, height: 720 };
  return [
    { name: 'street, dense', format: 'evt3', ...hd, bytes: looped('evt3_street.raw', 166, 60, Uint16Array, 3) },
    { name: 'noise, sparse', format: 'evt3', ...hd, bytes: looped('packets_evt3_trigger.bin', 0, 20, Uint16Array, 306) },
    { name: 'sparklers', format: 'evt2', width: 640, height: 480, bytes: looped('evt2_sparklers.raw', 166, 12, Uint32Array, 1500) },
    {
      name: 'lab bench',
      format: 'aedat4',
      width: 346,
      height: 260,
      bytes: Uint8Array.from(readFileSync(new URL('davis346_bench.aedat4', recordings))),
    },
    ...written,
  ];
}

/** Events of a kind that no format packs better than it would real ones: alone, in time. */
function plainRows(count: number, width: number, height: number): Row[] {
  let seed = 1;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  return Array.from({ length: count }, (_, i): Row => [Math.floor(i / 5), random(width), random(height), random(2)]);
}

/** The best of at least seven runs: events a second of wall time and of processor time. */
async function best(stream: Stream, into: string, run: () => number | Promise<number>): Promise<Line> {
  let [mevPerS, mevPerCpuS, mbPerS] = [0, 0, 0];
  const begun = performance.now();
  // Short streams are repeated until the engine has compiled what they run through.
  for (let i = 0; i < RUNS || performance.now() - begun < 700; i++) {
    const cpu = process.cpuUsage();
    const started = performance.now();
    const events = await run();
    const ms = performance.now() - started;
    const { user, system } = process.cpuUsage(cpu);
    mevPerS = Math.max(mevPerS, events / ms / 1000);
    mevPerCpuS = Math.max(mevPerCpuS, events / (user + system));
    mbPerS = Math.max(mbPerS, stream.bytes.length / ms / 1000);
  }
  return { stream: stream.name, format: stream.format, into, mevPerS, mevPerCpuS, mbPerS };
}

function decodeAll(start: Start, { bytes, width, height }: Stream): number {
  const decoder = start({ width, height });
  for (let at = 0; at < bytes.length; at += PACKET_BYTES) decoder.push(bytes.subarray(at, at + PACKET_BYTES));
  decoder.end();
  return decoder.counters.events;
}

function* packetsOf({ name, format, bytes, width, height }: Stream): Generator<Packet> {
  for (let first = 0, seq = 0; first < bytes.length; first += PACKET_BYTES, seq++) {
    const piece = bytes.subarray(first, first + PACKET_BYTES);
    const position = { source: name, unit: 'byte', partition: 0, first, end: first + piece.length } as const;
    yield { sensor: name, position, ack() {}, seq, encoding: format, width, height, timeBaseNs: 0n, capturedAtUs: 0, bytes: piece };
  }
}

/** Packets through decoding and windows to pictures, and on to PNG where `png`; other work has its turn after each packet. */
async function pictures(stream: Stream, png: boolean): Promise<{ events: number; frames: number }> {
  const decode = decodeSensor(allFormats);
  const assigner = tumbling({ everyMs: WINDOW_MS }).start({ horizonUs: 0 });
  const renderer = polarity({ palette: 'grey', longSide: LONG_SIDE });
  let [events, frames] = [0, 0];
  const encoding = new Set<Promise<unknown>>();
  for (const packet of packetsOf(stream)) {
    const batch = decode(packet);
    events += batch.events.length;
    for (const window of assigner.push(batch)) {
      frames++;
      const pixels = renderer.draw(window);
      if (!png) continue;
      const done = encode(pixels).finally(() => encoding.delete(done));
      encoding.add(done);
      if (encoding.size >= 4) await Promise.race(encoding);
    }
    if (png) await turn();
  }
  await Promise.all(encoding);
  return { events, frames };
}

/** Decodes so many events in one stream and says how much memory is left behind, in MB. */
async function memoryGrowth({ bytes, width, height }: Stream, start: Start, events: number): Promise<number> {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  const settled = async (): Promise<number> => {
    for (let i = 0; i < 3; i++) {
      collect();
      await turn();
    }
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / 2 ** 20;
  };
  const decoder = start({ width, height });
  const pass = (): void => {
    for (let at = 0; at < bytes.length; at += PACKET_BYTES) decoder.push(bytes.subarray(at, at + PACKET_BYTES));
  };
  pass();
  const before = await settled();
  while (decoder.counters.events < events) pass();
  return (await settled()) - before;
}

export async function bench(): Promise<void> {
  const json = process.argv.includes('--json');
  const lines: Line[] = [];
  const show = (line: Line): void => {
    lines.push(line);
    if (json) return;
    const { stream: name, format, into, mevPerS, mevPerCpuS, mbPerS } = line;
    const figures = [mevPerS, mevPerCpuS, mbPerS].map((figure) => figure.toFixed(figure < 10 ? 2 : 0).padStart(12)).join('');
    process.stdout.write(`${format.padEnd(10)}${name.padEnd(16)}${into.padEnd(32)}${figures}\n`);
  };
  if (!json) process.stdout.write(`${'format'.padEnd(10)}${'stream'.padEnd(16)}${'into'.padEnd(32)}       Mev/s   Mev/CPU s        MB/s\n`);
  const all = streams();
  for (const stream of all) {
    const format = allFormats.find(({ name }) => name === stream.format) as Format;
    const reference = { evt3: startEvt3, evt2: startEvt2 }[stream.format];
    show(await best(stream, 'columns', () => decodeAll((info) => format.start(info), stream)));
    if (reference) show(await best(stream, 'columns, JavaScript', () => decodeAll((info) => reference(info), stream)));
  }
  const delay = monitorEventLoopDelay({ resolution: 1 });
  for (const stream of all.filter(({ format }) => format === 'evt3' || format === 'evt2')) {
    show(await best(stream, `pictures of ${WINDOW_MS} ms`, async () => (await pictures(stream, false)).events));
    delay.enable();
    show(await best(stream, `PNG of ${WINDOW_MS} ms, ${LONG_SIDE} px`, async () => (await pictures(stream, true)).events));
    delay.disable();
  }
  const [dense] = all;
  const format = allFormats.find(({ name }) => name === dense?.format) as Format;
  const memoryMb = dense ? await memoryGrowth(dense, (info) => format.start(info), 1e9) : 0;
  const loopP99Ms = delay.percentile(99) / 1e6;
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), node: process.version };
  if (json) process.stdout.write(`${JSON.stringify({ machine, lines, memoryMb, loopP99Ms })}\n`);
  else {
    process.stdout.write(
      `memory after 10^9 events: ${memoryMb.toFixed(2)} MB more; event loop p99 while encoding: ${loopP99Ms.toFixed(1)} ms\n`,
    );
    process.stdout.write(`${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, best of ${RUNS}\n`);
  }
}
