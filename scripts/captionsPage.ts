/**
 * Draws frames of real recordings with every renderer and puts them into docs/captions.md, beside what the motion
 * describer says of the same events. Only recordings whose licence allows derived pictures are used.
 *
 *   node scripts/captionsPage.ts ../shared/data/recordings
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { openRecording } from '../src/consume/recordings/openRecording.ts';
import { type Events, copyEvents } from '../src/decode/events.ts';
import { allContainers } from '../src/consume/allContainers.ts';
import { allFormats } from '../src/decode/allFormats.ts';
import type { EventSlice, EventWindow } from '../src/frame/eventWindow.ts';
import { measureMotion } from '../src/motion/measureMotion.ts';
import type { Renderer } from '../src/frame/renderer.ts';
import { eventCount } from '../src/frame/renderers/eventCount.ts';
import { dvAccumulator } from '../src/frame/renderers/dvAccumulator.ts';
import { dvEdgeMap } from '../src/frame/renderers/dvEdgeMap.ts';
import { eventGpt } from '../src/frame/renderers/eventGpt.ts';
import { greyReconstruction } from '../src/frame/renderers/greyReconstruction.ts';
import { signedCount } from '../src/frame/renderers/signedCount.ts';
import { polarity } from '../src/frame/renderers/polarity.ts';
import { timeSurface } from '../src/frame/renderers/timeSurface.ts';
import { describeMotion, directionWord } from '../src/motion/describeMotion.ts';

interface Shown {
  readonly file: string;
  /** What a person sees in it, and whose it is. */
  readonly scene: string;
  readonly licence: string;
  readonly windowMs: number;
  /** Where in the recording, 0..1. */
  readonly at: number;
  readonly format?: string;
  readonly width?: number;
  readonly height?: number;
  /** Also say the direction of the largest mover in this many windows from beginning to end. */
  readonly journey?: number;
}

const recordings: readonly Shown[] = [
  { file: 'evt2_sparklers.raw', scene: 'sparklers, 640 x 480', licence: 'MIT, from faery', windowMs: 20, at: 0.5 },
  {
    file: 'davis346_bench.aedat4',
    scene: 'a laboratory bench with a robot arm, 346 x 260',
    licence: 'MIT, from aestream',
    windowMs: 30,
    at: 0.5,
  },
  { file: 'dvs.es', scene: 'a small moving object, 320 x 240', licence: 'MIT, from faery', windowMs: 50, at: 0.5, journey: 10 },
  {
    file: 'packets_evt3_trigger.bin',
    scene: 'noise in the dark, 1280 x 720',
    licence: 'Apache-2.0, from event_camera_codecs',
    windowMs: 50,
    at: 0.5,
    format: 'evt3',
    width: 1280,
    height: 720,
  },
];

const renderers: readonly (readonly [string, Renderer])[] = [
  ['polarity dark', polarity({ palette: 'dark' })],
  ['polarity light', polarity({ palette: 'light' })],
  ['time surface', timeSurface()],
  ['count', eventCount()],
  ['signed count', signedCount()],
  ['DV accumulator', dvAccumulator()],
  ['DV edge map', dvEdgeMap()],
  ['grey reconstruction', greyReconstruction()],
  ['EventGPT', eventGpt()],
];
const COLUMNS = 3;

const root = join(import.meta.dirname, '..');
const folder = process.argv[2] ?? join(root, '../shared/data/recordings');
const page = join(root, 'docs/captions.md');

const sections: string[] = [];
for (const shown of recordings) {
  if (!existsSync(join(folder, shown.file))) throw new Error(`${join(folder, shown.file)} is not there; name the folder of the recordings`);
  sections.push(await section(shown));
}
const [before, after] = ['<!-- frames -->', '<!-- end of frames -->'];
const text = readFileSync(page, 'utf8');
const [head, tail] = [text.slice(0, text.indexOf(before) + before.length), text.slice(text.indexOf(after))];
writeFileSync(page, `${head}\n\n${sections.join('\n')}\n${tail}`);

async function section(shown: Shown): Promise<string> {
  const { window, horizonFrom } = await windowOf(shown);
  const cells: string[] = [];
  for (const [name, renderer] of renderers) {
    const file = `${shown.file.replace(/\..*/, '')}-${name.replaceAll(' ', '-')}.png`;
    const { width, height, channels, data } = renderer.draw(window);
    await sharp(data, { raw: { width, height, channels } })
      .resize({ width: 240, kernel: 'nearest' })
      .png({ palette: true, compressionLevel: 9 })
      .toFile(join(root, 'docs/captions', file));
    cells.push(`![${shown.scene}, ${name}](captions/${file})`);
  }
  const motion = measureMotion(window);
  const facts = `${window.count.toLocaleString('en')} events in ${shown.windowMs} ms, ${Math.round(100 * motion.on)} % ON, ${Math.round(100 * motion.noise)} % without company`;
  return [
    `**${shown.file}**: ${shown.scene} (${shown.licence}). ${facts}; ${((window.start - horizonFrom) / 1000).toFixed(0)} ms after its beginning.`,
    '',
    ...rows(cells),
    '',
    `> ${describeMotion(motion, window)}`,
    '',
    ...(await journeyOf(shown)),
  ].join('\n');
}

/** The directions of the largest mover over the whole recording: where a single window may be luck, a path is not. */
async function journeyOf(shown: Shown): Promise<string[]> {
  const ways: string[] = [];
  for (let k = 1; k <= (shown.journey ?? 0); k += 1) {
    const { window } = await windowOf({ ...shown, at: k / ((shown.journey ?? 0) + 1) });
    const [largest] = measureMotion(window).blobs;
    ways.push(largest?.kind === 'moving' ? directionWord(largest) : (largest?.kind ?? 'nothing'));
  }
  return ways.length === 0 ? [] : [`From beginning to end: ${ways.join(' → ')}.`, ''];
}

/** A table of pictures, each row under the names of its renderers. */
function rows(cells: readonly string[]): string[] {
  const lines: string[] = [];
  for (let at = 0; at < cells.length; at += COLUMNS) {
    const names = renderers.slice(at, at + COLUMNS).map(([name]) => name);
    lines.push(`| ${names.join(' | ')} |`);
    if (at === 0) lines.push(`|${names.map(() => '---|').join('')}`);
    lines.push(`| ${cells.slice(at, at + COLUMNS).join(' | ')} |`);
  }
  return lines;
}

async function windowOf(shown: Shown): Promise<{ window: EventWindow; horizonFrom: number }> {
  const { batches, width, height } = await read(shown);
  const first = batches[0]!.t[0]!;
  const lastBatch = batches[batches.length - 1]!;
  const last = lastBatch.t[lastBatch.length - 1]!;
  const start = Math.round(first + shown.at * (last - first - shown.windowMs * 1000));
  const end = start + shown.windowMs * 1000;
  const slices = batches.map((events) => within(events, start, end)).filter(({ from, to }) => to > from);
  const history = batches.map((events) => within(events, first, start)).filter(({ from, to }) => to > from);
  let inside = 0;
  let on = 0;
  for (const { events, from, to } of slices) {
    inside += to - from;
    for (let i = from; i < to; i += 1) on += events.p[i]!;
  }
  const position = { source: shown.file, unit: 'packet', partition: 0, first: 0, end: 1 } as const;
  const window = {
    sensor: shown.file,
    position,
    ack: () => undefined,
    start,
    end,
    closedBy: 'time',
    width,
    height,
    slices,
    history,
    count: inside,
    on,
    capturedAtUs: 0,
  } as const;
  return { window, horizonFrom: first };
}

async function read(shown: Shown): Promise<{ batches: Events[]; width: number; height: number }> {
  const recording = await openRecording(
    { formats: allFormats, containers: allContainers },
    { packetBytes: 65_536, ...shown, file: join(folder, shown.file) },
  );
  const batches: Events[] = [];
  let decoder: ReturnType<(typeof allFormats)[number]['start']> | undefined;
  for await (const packet of recording.packets(new AbortController().signal)) {
    decoder ??= allFormats.find(({ name }) => name === packet.encoding)!.start(packet);
    const events = copyEvents(decoder.push(packet.bytes, packet.timeBaseNs));
    if (events.length > 0) batches.push(events);
  }
  return { batches, width: decoder?.width || recording.width, height: decoder?.height || recording.height };
}

function within(events: Events, start: number, end: number): EventSlice {
  let from = 0;
  while (from < events.length && events.t[from]! < start) from += 1;
  let to = from;
  while (to < events.length && events.t[to]! < end) to += 1;
  return { events, from, to };
}
