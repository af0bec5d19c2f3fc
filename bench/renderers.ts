import { copyEvents } from '../src/decode/events.ts';
import { decodeSensor } from '../src/decode/decodeSensor.ts';
import { evt3 } from '../src/decode/formats/evt3.ts';
import { synthetic } from '../src/consume/sources/synthetic.ts';
import type { Filter } from '../src/frame/filter.ts';
import type { EventWindow } from '../src/frame/eventWindow.ts';
import { backgroundActivity } from '../src/frame/filters/backgroundActivity.ts';
import { eventRateControl } from '../src/frame/filters/eventRateControl.ts';
import { flip } from '../src/frame/filters/flip.ts';
import { hotPixel } from '../src/frame/filters/hotPixel.ts';
import { refractory } from '../src/frame/filters/refractory.ts';
import { spatioTemporalContrast } from '../src/frame/filters/spatioTemporalContrast.ts';
import type { Renderer } from '../src/frame/renderer.ts';
import { eventCount } from '../src/frame/renderers/eventCount.ts';
import { dvAccumulator } from '../src/frame/renderers/dvAccumulator.ts';
import { dvEdgeMap } from '../src/frame/renderers/dvEdgeMap.ts';
import { eventClip } from '../src/frame/renderers/eventClip.ts';
import { eventGpt } from '../src/frame/renderers/eventGpt.ts';
import { greyReconstruction } from '../src/frame/renderers/greyReconstruction.ts';
import { polarity } from '../src/frame/renderers/polarity.ts';
import { signedCount } from '../src/frame/renderers/signedCount.ts';
import { timeSurface } from '../src/frame/renderers/timeSurface.ts';
import { tumbling } from '../src/frame/windows/tumbling.ts';

/*
  One window of a simulated street (1280 x 720, 33 ms) drawn by each renderer, and its events through each filter: best of
  many runs, in processor time of one thread. `at 512` bins down to a long side of 512 pixels.
*/

const ROUNDS = 4;
const RUNS = 20;

const renderers: readonly ((canvas: { longSide?: number }) => Renderer)[] = [
  polarity,
  timeSurface,
  eventCount,
  signedCount,
  eventClip,
  eventGpt,
  dvEdgeMap,
  dvAccumulator,
  greyReconstruction,
];
const filters: readonly Filter[] = [
  backgroundActivity(),
  refractory(),
  hotPixel(),
  spatioTemporalContrast(),
  eventRateControl(),
  flip({ horizontal: true }),
];

export async function bench(): Promise<void> {
  const window = await busiestWindow();
  const mev = window.count / 1e6;
  const drawn = renderers.map((make) => {
    const { name } = make({});
    const [nativeMs, at512Ms] = [{}, { longSide: 512 }].map((canvas) => bestMs(drawing(make(canvas), window))) as [number, number];
    return { renderer: name, nativeMs: rounded(nativeMs), at512Ms: rounded(at512Ms), mevPerS: rounded((1000 * mev) / nativeMs) };
  });
  const sifted = filters.map((filter) => ({ filter: filter.name, mevPerS: rounded((1000 * mev) / bestMs(sifting(filter, window))) }));
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ events: window.count, renderers: drawn, filters: sifted })}\n`);
    return;
  }
  process.stdout.write(`${window.count.toLocaleString('en-US')} events at ${window.width} x ${window.height}\n`);
  process.stdout.write(`${'renderer'.padEnd(24)}${'ms'.padStart(8)}${'at 512'.padStart(8)}${'Mev/s'.padStart(8)}\n`);
  for (const { renderer, nativeMs, at512Ms, mevPerS } of drawn)
    process.stdout.write(`${renderer.padEnd(24)}${[nativeMs, at512Ms, mevPerS].map((n) => String(n).padStart(8)).join('')}\n`);
  process.stdout.write(`${'filter'.padEnd(40)}${'Mev/s'.padStart(8)}\n`);
  for (const { filter, mevPerS } of sifted) process.stdout.write(`${filter.padEnd(40)}${String(mevPerS).padStart(8)}\n`);
}

const drawing =
  (renderer: Renderer, window: EventWindow): (() => void) =>
  () =>
    void renderer.draw(window);

const sifting =
  (filter: Filter, { slices, width, height }: EventWindow): (() => void) =>
  () => {
    const run = filter.start();
    for (const { events } of slices) run.push(events, width, height);
  };

async function busiestWindow(): Promise<EventWindow> {
  const decode = decodeSensor([evt3]);
  const assigner = tumbling({ everyMs: 33 }).start({ horizonUs: 0 });
  const windows: EventWindow[] = [];
  const source = synthetic({ scene: 'traffic', width: 1280, height: 720, seconds: 0.15 });
  for await (const packet of source.packets(new AbortController().signal)) {
    const batch = decode(packet);
    windows.push(...assigner.push({ ...batch, events: copyEvents(batch.events) }));
  }
  return windows.reduce((most, window) => (window.count > most.count ? window : most));
}

/**
 * Processor time of this thread, so that a busy machine does not count. Its clock is coarse: a run is measured as a
 * part of many.
 */
function bestMs(work: () => void): number {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const begun = process.threadCpuUsage();
    for (let run = 0; run < RUNS; run++) work();
    const { user, system } = process.threadCpuUsage(begun);
    best = Math.min(best, (user + system) / 1000 / RUNS);
  }
  return best;
}

const rounded = (value: number): number => Number(value.toPrecision(3));
