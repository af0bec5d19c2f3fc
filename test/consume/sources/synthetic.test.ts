import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Packet } from '../../../src/stage/packet.ts';
import type { Mover } from '../../../src/consume/syntheticCamera/mover.ts';
import { type SyntheticOptions, synthetic } from '../../../src/consume/sources/synthetic.ts';
import { decodeSensor } from '../../../src/decode/decodeSensor.ts';
import { noCounts } from '../../../src/decode/decoder.ts';
import type { EventBatch } from '../../../src/decode/events.ts';
import { evt3 } from '../../../src/decode/formats/evt3.ts';

const never = new AbortController().signal;
const read = (options: SyntheticOptions): Promise<Packet[]> => Array.fromAsync(synthetic(options).packets(never));
const digestOf = (packets: readonly Packet[]): string => {
  const hash = createHash('sha256');
  for (const { sensor, seq, bytes } of packets) hash.update(`${sensor} ${seq}`).update(bytes);
  return hash.digest('hex');
};

/** The events of each packet of the first sensor. */
async function filmed(options: SyntheticOptions): Promise<EventBatch[]> {
  const decode = decodeSensor([evt3]);
  return (await read(options)).filter(({ sensor }) => sensor === 'synthetic-0').map(decode);
}
const countOf = (batches: readonly EventBatch[]): number => batches.reduce((sum, { events }) => sum + events.length, 0);

/** Nothing but what the scene causes. */
const clean = { noiseHz: 0, hotPixels: 0 } satisfies SyntheticOptions;
const disc = { name: 'ball', shape: 'disc', size: 60, brightness: 0.9, x: 80, y: 100 } satisfies Mover;

describe('synthetic', () => {
  it('makes the same bytes for the same options, and others for another seed', async () => {
    const options = { seconds: 0.2, corruptEvery: 7, sensors: 2 };
    const first = digestOf(await read(options));
    expect(digestOf(await read(options))).toBe(first);
    expect(digestOf(await read({ ...options, seed: 2 }))).not.toBe(first);
  });

  it('sends EVT3 without a flaw: every event is decoded, inside the sensor, inside its packet and in order', async () => {
    const packets = await read({ seconds: 0.5, width: 320, height: 240, packetMs: 20 });
    const decoder = evt3.start({ width: 320, height: 240 });
    for (const { bytes, seq } of packets) {
      const { t, length } = decoder.push(bytes);
      const times = Array.from(t.subarray(0, length));
      expect(times.every((time, i) => time >= (times[i - 1] ?? seq * 20_000))).toBe(true);
      expect(times.at(-1)).toBeLessThan((seq + 1) * 20_000);
      expect(decoder.clockUs).toBe((seq + 1) * 20_000 - 1);
    }
    const { events, ...flaws } = decoder.counters;
    expect(events).toBeGreaterThan(50_000);
    expect(flaws).toEqual(Object.fromEntries(Object.entries(noCounts()).filter(([name]) => name !== 'events')));
    expect(packets.map(({ position }) => [position.first, position.end])).toEqual(packets.map((_, i) => [i, i + 1]));
  });

  it('has the events where the truth has the thing, with the light edge ahead of a bright one', async () => {
    const options = { ...clean, seconds: 0.6, scene: [{ ...disc, vx: 200, vy: 40 }] };
    const { truth } = synthetic(options);
    for (const [index, { events }] of (await filmed(options)).entries()) {
      const [{ x, y, vx, direction, visible }] = truth((index + 0.5) * 10_000) as [ReturnType<typeof truth>[0]];
      expect([vx, direction, visible]).toEqual([200, 'right', true]);
      let [sumX, sumY, onX, on, furthest] = [0, 0, 0, 0, 0];
      for (let i = 0; i < events.length; i++) {
        furthest = Math.max(furthest, Math.hypot(events.x[i]! - x, events.y[i]! - y));
        sumX += events.x[i]!;
        sumY += events.y[i]!;
        on += events.p[i]!;
        if (events.p[i] === 1) onX += events.x[i]!;
      }
      expect(events.length).toBeGreaterThan(200);
      expect(furthest).toBeLessThan(disc.size / 2 + 4);
      expect(Math.abs(sumX / events.length - x)).toBeLessThan(6);
      expect(Math.abs(sumY / events.length - y)).toBeLessThan(6);
      expect(onX / on).toBeGreaterThan(x + disc.size / 4);
    }
  });

  it.each([
    [100, 0, 'right'],
    [-100, 100, 'down and left'],
    [0, -100, 'up'],
    [1, 0, 'still'],
  ])('calls a motion of %d, %d pixels a second %s', (vx, vy, direction) => {
    expect(synthetic({ scene: [{ ...disc, vx, vy }] }).truth(0)).toMatchObject([{ name: 'ball', direction }]);
  });

  it('turns things back at the edge, or lets them come in again on the other side', () => {
    const at = (edge: 'bounce' | 'wrap', seconds: number) => synthetic({ scene: [{ ...disc, vx: 346, edge }] }).truth(seconds * 1e6)[0]!;
    expect(at('bounce', 0.9)).toMatchObject({ direction: 'left', visible: true });
    expect(at('wrap', 0.9)).toMatchObject({ direction: 'right', visible: false });
    expect(at('wrap', 1.1)).toMatchObject({ direction: 'right', visible: true });
  });

  it('is quiet in the quiet stretch, and goes on where it stood', async () => {
    const options = { ...clean, seconds: 0.6, scene: 'single', quiet: { fromMs: 200, toMs: 400 } } as const;
    const batches = await filmed(options);
    const moving = countOf([...batches.slice(0, 20), ...batches.slice(40)]);
    expect(countOf(batches.slice(20, 40))).toBe(0);
    expect(moving).toBeGreaterThan(10_000);
    const { truth } = synthetic(options);
    expect(truth(390_000)).toEqual(truth(200_000));
    expect(truth(500_000)).toEqual(synthetic({ ...options, quiet: undefined } as never).truth(300_000));
  });

  it('adds noise at the rate that was asked for', async () => {
    const [width, height, seconds, noiseHz] = [200, 100, 2, 5];
    const batches = await filmed({ scene: 'still', hotPixels: 0, noiseHz, width, height, seconds });
    const expected = width * height * seconds * noiseHz;
    expect(Math.abs(countOf(batches) / expected - 1)).toBeLessThan(0.02);
  });

  it('has hot pixels that send as often as was asked for', async () => {
    const batches = await filmed({ scene: 'still', noiseHz: 0, hotPixels: 3, hotPixelHz: 400, seconds: 2 });
    const counts = new Map<number, number>();
    for (const { events, width } of batches)
      for (let i = 0; i < events.length; i++) {
        const pixel = events.y[i]! * width + events.x[i]!;
        counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
      }
    expect(counts.size).toBe(3);
    for (const count of counts.values()) expect(Math.abs(count / 800 - 1)).toBeLessThan(0.1);
  });

  it('never lets a pixel send twice within its blind time', async () => {
    const batches = await filmed({ seconds: 0.3, noiseHz: 50, refractoryUs: 3_000 });
    const last = new Map<number, number>();
    let shortest = Infinity;
    for (const { events, width } of batches)
      for (let i = 0; i < events.length; i++) {
        const pixel = events.y[i]! * width + events.x[i]!;
        shortest = Math.min(shortest, events.t[i]! - (last.get(pixel) ?? -Infinity));
        last.set(pixel, events.t[i]!);
      }
    expect(shortest).toBeGreaterThanOrEqual(3_000);
  });

  it('films with several sensors, each from a later moment of the scene on', async () => {
    const packets = await read({ seconds: 0.1, sensors: 3 });
    expect(packets.slice(0, 4).map(({ sensor, seq }) => `${sensor} ${seq}`)).toEqual([
      'synthetic-0 0',
      'synthetic-1 0',
      'synthetic-2 0',
      'synthetic-0 1',
    ]);
    expect(packets.map(({ position }) => position.partition).slice(0, 3)).toEqual([0, 1, 2]);
    expect(digestOf([packets[0]!])).not.toBe(digestOf([{ ...packets[1]!, sensor: 'synthetic-0' }]));
    const { truth } = synthetic({ sensors: 3 });
    expect(truth(0, 1)).not.toEqual(truth(0));
    expect(truth(0, 1)).toEqual(truth(1_700_000));
  });

  it('loses and spoils packets when asked, and counts what comes', async () => {
    const source = synthetic({ seconds: 0.2, loseEvery: 5, corruptEvery: 4 });
    const packets = await Array.fromAsync(source.packets(never));
    expect(packets.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13, 15, 16, 17, 18]);
    expect(await source.total?.()).toBe(packets.length);
    const good = await read({ seconds: 0.2 });
    const spoilt = packets.filter(({ seq, bytes }) => Buffer.compare(bytes, good[seq]!.bytes) !== 0);
    expect(spoilt.map(({ seq }) => seq)).toEqual([3, 7, 11, 15]);
  });

  it('ends when it is told to', async () => {
    const stop = new AbortController();
    const seqs: number[] = [];
    for await (const { seq } of synthetic({ seconds: 1 }).packets(stop.signal)) {
      seqs.push(seq);
      if (seq === 2) stop.abort();
    }
    expect(seqs).toEqual([0, 1, 2]);
  });

  it.each([
    [{ scene: 'circus' as never }, /synthetic\.scene: must be shapes, .* \(found "circus"\)/],
    [{ scene: [{ ...disc, size: 0 }] }, /synthetic\.scene/],
    [{ seconds: 0 }, /synthetic\.seconds: .*\(found 0\)/],
    [{ sensor: 2 } as never, /synthetic: unknown key 'sensor'/],
  ] satisfies [SyntheticOptions, RegExp][])('names what is wrong with %j', (options, message) => {
    expect(() => synthetic(options)).toThrow(message);
  });

  describe('in real time', () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it('delivers each packet when the sensor would have ended it, with the time of the clock', async () => {
      const came: [seq: number, ms: number, capturedMs: number][] = [];
      const begun = Date.now();
      const reading = (async () => {
        for await (const { seq, capturedAtUs } of synthetic({ seconds: 0.1, packetMs: 20, realtime: true }).packets(never))
          came.push([seq, Date.now() - begun, capturedAtUs / 1000 - begun]);
      })();
      await vi.advanceTimersByTimeAsync(45);
      expect(came).toEqual([
        [0, 20, 20],
        [1, 40, 40],
      ]);
      await vi.advanceTimersByTimeAsync(1000);
      await reading;
      expect(came.map(([, ms]) => ms)).toEqual([20, 40, 60, 80, 100]);
    });

    it('does not wait when it is told to end', async () => {
      const stop = new AbortController();
      const next = synthetic({ packetMs: 1000, realtime: true }).packets(stop.signal)[Symbol.asyncIterator]().next();
      await vi.advanceTimersByTimeAsync(10);
      stop.abort();
      expect(await next).toMatchObject({ done: true });
    });
  });
});
