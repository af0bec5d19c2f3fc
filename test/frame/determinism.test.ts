import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Packet } from '../../src/stage/packet.ts';
import { type SyntheticOptions, synthetic } from '../../src/consume/sources/synthetic.ts';
import { decodeSensor } from '../../src/decode/decodeSensor.ts';
import { type EventBatch, copyEvents } from '../../src/decode/events.ts';
import { evt3 } from '../../src/decode/formats/evt3.ts';
import type { EventWindow } from '../../src/frame/eventWindow.ts';
import type { Renderer } from '../../src/frame/renderer.ts';
import { backgroundActivity } from '../../src/frame/filters/backgroundActivity.ts';
import { eventRateControl } from '../../src/frame/filters/eventRateControl.ts';
import { hotPixel } from '../../src/frame/filters/hotPixel.ts';
import { refractory } from '../../src/frame/filters/refractory.ts';
import { spatioTemporalContrast } from '../../src/frame/filters/spatioTemporalContrast.ts';
import { greyReconstruction } from '../../src/frame/renderers/greyReconstruction.ts';
import { polarity } from '../../src/frame/renderers/polarity.ts';
import type { AssignerOptions } from '../../src/frame/windowing/windowAssigner.ts';
import type { Windowing } from '../../src/frame/windowing/windowing.ts';
import { adaptive } from '../../src/frame/windows/adaptive.ts';
import { fixedCount } from '../../src/frame/windows/fixedCount.ts';
import { mixed } from '../../src/frame/windows/mixed.ts';
import { sliding } from '../../src/frame/windows/sliding.ts';
import { tumbling } from '../../src/frame/windows/tumbling.ts';

interface Way {
  readonly window: Windowing;
  readonly renderer: Renderer;
}

const packetsOf = async (options: SyntheticOptions = {}): Promise<Packet[]> => {
  const packets: Packet[] = [];
  for await (const packet of synthetic({ width: 160, height: 120, seconds: 0.6, ...options }).packets(new AbortController().signal)) {
    packets.push(packet);
  }
  return packets;
};

const cutAll = (packets: readonly Packet[], { window, renderer }: Way, after?: AssignerOptions['after']): EventWindow[] => {
  const decode = decodeSensor([evt3]);
  const assigner = window.start({ horizonUs: renderer.horizonUs ?? 0, after });
  return [...packets.flatMap((packet) => assigner.push(decode(packet))), ...assigner.flush()];
};

/** Start, end and digest of the picture of each window. */
const framesOf = (windows: readonly EventWindow[], { renderer }: Way): string[] =>
  windows.map((window) => `${window.start} ${window.end} ${createHash('sha256').update(renderer.draw(window).data).digest('hex')}`);

/** Packets with counted acks. */
const counted = (packets: readonly Packet[]): { packets: Packet[]; open: Set<number> } => {
  const open = new Set(packets.map(({ seq }) => seq));
  return { packets: packets.map((packet) => ({ ...packet, ack: () => void open.delete(packet.seq) })), open };
};

describe('the same recording makes the same frames', () => {
  const windows = [tumbling({ everyMs: 33 }), sliding({ everyMs: 20, lengthMs: 50 }), mixed({ everyMs: 33, orEvents: 1500 })];
  const inSeries = [fixedCount({ events: 2000 }), adaptive({ perPixel: 0.1 })];
  const renderers = [polarity(), greyReconstruction({ historyMs: 80 })];
  const ways = [...windows, ...inSeries].flatMap((window) => renderers.map((renderer): Way => ({ window, renderer })));

  it.each(ways)('in every run, and in packets of any length: $window.name, $renderer.name', async (way) => {
    const once = framesOf(cutAll(await packetsOf(), way), way);
    expect(once.length).toBeGreaterThan(5);
    expect(framesOf(cutAll(await packetsOf(), way), way)).toEqual(once);
    // One simulated step a packet, or all in one: the same events at other borders.
    const whole = await packetsOf();
    const bytes = new Uint8Array(Buffer.concat(whole.map((packet) => packet.bytes)));
    for (const size of [997, 65_536, bytes.length]) {
      const cut = Array.from({ length: Math.ceil(bytes.length / size) }, (_, seq) => ({
        ...whole[0]!,
        seq,
        bytes: bytes.subarray(seq * size, (seq + 1) * size),
      }));
      expect(framesOf(cutAll(cut, way), way)).toEqual(once);
    }
  });

  it('live-paced as at full speed', async () => {
    const way = ways[1]!;
    const live = await packetsOf({ realtime: true });
    expect(framesOf(cutAll(live, way), way)).toEqual(framesOf(cutAll(await packetsOf(), way), way));
  });

  it.each(ways)('split over a restart anywhere, from the lowest packet that was not acked: $window.name, $renderer.name', async (way) => {
    const all = await packetsOf();
    const once = framesOf(cutAll(all, way), way);
    for (const stopAt of [13, 30, 47]) {
      const { packets, open } = counted(all);
      const decode = decodeSensor([evt3]);
      const assigner = way.window.start({ horizonUs: way.renderer.horizonUs ?? 0 });
      const done = packets.slice(0, stopAt).flatMap((packet) => assigner.push(decode(packet)));
      for (const window of done) window.ack();
      const last = done.at(-1)!;
      const first = Math.min(...open);
      const rest = cutAll(all.slice(first), way, { start: last.start, end: last.end, offset: last.position.end });
      expect([...framesOf(done, way), ...framesOf(rest, way)]).toEqual(once);
    }
  });

  it.each([
    { filters: [hotPixel({ learnMs: 100, sigma: 3 }), backgroundActivity()] },
    { filters: [spatioTemporalContrast({ mode: 'stcKeepTrail' }), eventRateControl({ events: 20 })] },
    { filters: [refractory()] },
  ])('split over a restart after filters with a memory: $filters.0.name', async ({ filters }) => {
    const way: Way = { window: tumbling({ everyMs: 33 }), renderer: greyReconstruction({ historyMs: 40 }) };
    const memoryUs = filters.reduce((sum, filter) => sum + (filter.memoryUs ?? 0), 0);
    const sift = (): ((batch: EventBatch) => EventBatch) => {
      const runs = filters.map((filter) => filter.start());
      return (batch) => ({
        ...batch,
        events: copyEvents(runs.reduce((events, run) => run.push(events, batch.width, batch.height), batch.events)),
      });
    };
    const cut = (after?: AssignerOptions['after']): ((packet: Packet) => EventWindow[]) => {
      const assigner = way.window.start({ horizonUs: way.renderer.horizonUs ?? 0, memoryUs, after });
      const [decode, filtered] = [decodeSensor([evt3]), sift()];
      return (packet) => assigner.push(filtered(decode(packet)));
    };
    const all = await packetsOf({ hotPixels: 20 });
    const once = framesOf(all.flatMap(cut()), way);
    for (const stopAt of [33, 47]) {
      const { packets, open } = counted(all);
      const done = packets.slice(0, stopAt).flatMap(cut());
      for (const window of done) window.ack();
      const last = done.at(-1)!;
      const rest = all.slice(Math.min(...open)).flatMap(cut({ start: last.start, end: last.end, offset: last.position.end }));
      expect([...framesOf(done, way), ...framesOf(rest, way)]).toEqual(once);
    }
  });

  it('also after filters, whose columns are overwritten', async () => {
    const [way] = ways;
    const filtered = (packets: readonly Packet[]): string[] => {
      const decode = decodeSensor([evt3]);
      const filter = backgroundActivity().start();
      const assigner = way!.window.start({ horizonUs: 0 });
      const push = (packet: Packet): EventWindow[] => {
        const batch = decode(packet);
        return assigner.push({ ...batch, events: copyEvents(filter.push(batch.events, batch.width, batch.height)) });
      };
      return framesOf([...packets.flatMap(push), ...assigner.flush()], way!);
    };
    expect(filtered(await packetsOf())).toEqual(filtered(await packetsOf()));
  });
});
