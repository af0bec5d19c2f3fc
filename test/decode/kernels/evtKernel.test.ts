import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Decoder, StreamInfo } from '../../../src/decode/decoder.ts';
import { startEvt2 } from '../../../src/decode/formats/evt2.ts';
import { startEvt3 } from '../../../src/decode/formats/evt3.ts';
import { type EvtKernel, evtKernel } from '../../../src/decode/kernels/evtKernel.ts';
import { makeRandom, mutate } from '../../fuzz/mutate.ts';
import { samples } from '../samples.ts';
import { type Row, hasRecordings, recordings, rowsOf } from '../support.ts';

type Start = (stream: StreamInfo, kernelOf?: () => EvtKernel | undefined) => Decoder;
const VGA = { width: 640, height: 480 };

/** Both ways through the same bytes: events, counters and time after every packet have to be the same. */
function expectSame(start: Start, bytes: Uint8Array, packet: number, stream: StreamInfo = VGA): void {
  const reference = start(stream);
  const fast = start(stream, evtKernel);
  for (let at = 0; at < bytes.length; at += packet) {
    const piece = bytes.subarray(at, at + packet);
    const [expected, found] = [rowsOf(reference.push(piece)), rowsOf(fast.push(piece))];
    if (expected.length !== found.length || expected.some((row, i) => row.join() !== found[i]?.join())) expect(found).toEqual(expected);
    expect(fast.counters).toEqual(reference.counters);
    expect(fast.clockUs).toBe(reference.clockUs);
  }
}

/** Words of a format in proportions that reach every branch, with a clock that mostly goes forward. */
function noise(format: 'evt2' | 'evt3', seed: number, count: number): Uint8Array {
  const random = makeRandom(seed);
  let high = random(4096);
  if (format === 'evt2') {
    const types = [0, 1, 0, 1, 0, 1, 0, 1, 8, 10, 13, 15];
    return new Uint8Array(
      Uint32Array.from({ length: count }, (_, i) => {
        const calm = (i >> 6) % 2 === 0 ? (types[random(8)] ?? 0) : random(200) === 0 ? random(16) : (types[random(12)] ?? 0);
        if (calm === 8) return ((8 << 28) | (high += random(50) === 0 ? random(5000) : random(3))) >>> 0;
        return (
          ((calm << 28) | (random(64) << 22) | (random(random(40) === 0 ? 2048 : 640) << 11) | random(random(40) === 0 ? 2048 : 480)) >>> 0
        );
      }).buffer,
    );
  }
  const types = [0, 2, 2, 2, 2, 6, 3, 4, 5, 8, 8, 10, 14, 15, 7, 9];
  const words: number[] = [];
  while (words.length < count) {
    const type = random(300) === 0 ? random(16) : (types[random(16)] ?? 0);
    if (type === 8) words.push(0x8000 | ((high += random(40) === 0 ? random(3000) : random(2)) & 0xfff));
    else if (type === 3 && random(3) > 0)
      words.push(0x3000 | random(680) | (random(2) << 11), 0x4000 | random(4096), 0x4000 | random(4096), 0x5000 | random(256));
    else words.push((type << 12) | (random(2) << 11) | random(type === 0 ? 490 : type === 2 ? 660 : 2048));
  }
  return new Uint8Array(Uint16Array.from(words).buffer);
}

describe('the kernel', () => {
  it('runs on this engine', () => {
    expect(evtKernel()).toBeDefined();
  });

  describe.each([
    ['evt3', startEvt3],
    ['evt2', startEvt2],
  ] as const)('of %s makes what the reference makes', (format, start) => {
    it('of words of all kinds', () => {
      for (let seed = 1; seed <= 60; seed++) expectSame(start, noise(format, seed, 4000), 1024 + ((seed * 37) % 3000));
    });

    it('of damaged streams', () => {
      const sample = samples.find(({ name }) => name === format);
      const rows = Array.from({ length: 3000 }, (_, i): Row => [i * 17, (i * 7) % 640, (i >> 3) % 480, (i >> 2) & 1]);
      const bytes = sample?.bytes(rows) ?? new Uint8Array(0);
      const random = makeRandom(5);
      for (let i = 0; i < 100; i++) expectSame(start, mutate(bytes, random, bytes), 2048 + random(8192));
    });

    it('of packets of any length, whatever the columns held before', () => {
      const bytes = noise(format, 99, 200_000);
      expectSame(start, bytes, 1_000_003);
      expectSame(start, bytes, 5001);
    });
  });

  it('makes room as dense vectors need it', () => {
    const words = [0x8001, 0x6001, 0x0005, ...Array.from({ length: 1000 }, () => [0x3000, 0x4fff, 0x4fff, 0x50ff]).flat()];
    const dense = Uint16Array.from({ length: 40_000 }, (_, i) => words[i % words.length] ?? 0);
    expectSame(startEvt3, new Uint8Array(dense.buffer), 65_536);
  });

  it.skipIf(!hasRecordings).each([
    ['evt3_street.raw', startEvt3, 166, { width: 1280, height: 720 }],
    ['packets_evt3_trigger.bin', startEvt3, 0, { width: 1280, height: 720 }],
    ['evt2_sparklers.raw', startEvt2, 166, VGA],
  ] as const)('makes of %s what the reference makes', (file, start, header, stream) => {
    expectSame(start, readFileSync(`${recordings}${file}`).subarray(header), 65_536, stream);
  });
});
