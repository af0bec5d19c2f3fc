import type { OpenedRecording } from '../../consume/recordings/openRecording.ts';
import { decodeSensor } from '../../decode/decodeSensor.ts';
import { PipelineError } from '../../errors.ts';
import { allFormats } from '../../decode/allFormats.ts';
import type { EventWindow } from '../../frame/eventWindow.ts';
import type { Renderer } from '../../frame/renderer.ts';
import { dvAccumulator } from '../../frame/renderers/dvAccumulator.ts';
import { dvEdgeMap } from '../../frame/renderers/dvEdgeMap.ts';
import { eventClip } from '../../frame/renderers/eventClip.ts';
import { eventCount } from '../../frame/renderers/eventCount.ts';
import { eventGpt } from '../../frame/renderers/eventGpt.ts';
import { greyReconstruction } from '../../frame/renderers/greyReconstruction.ts';
import { polarity } from '../../frame/renderers/polarity.ts';
import { signedCount } from '../../frame/renderers/signedCount.ts';
import { timeSurface } from '../../frame/renderers/timeSurface.ts';
import { tumbling } from '../../frame/windows/tumbling.ts';
import { type Cell, contactSheet } from './contactSheet.ts';

/** The renderers that a sheet can show, with their default options. */
const renderers: Readonly<Record<string, () => Renderer>> = {
  dvAccumulator,
  dvEdgeMap,
  eventClip,
  eventCount,
  eventGpt,
  greyReconstruction,
  polarity,
  signedCount,
  timeSurface,
};

const WINDOW_MS = 33;
const COLUMNS = 4;
const ROWS = 3;

/** What a first pass over the recording has found. */
export interface Span {
  readonly sensor: string;
  /** First and last event, sensor time in microseconds. */
  readonly firstT: number;
  readonly lastT: number;
}

/**
 * Windows spread evenly over the whole recording as one PNG: with one renderer in rows, with several one row for each. Windows are
 * 33 ms long, or shorter where the recording is too short for that. Throws CONFIG_INVALID for the name of no renderer.
 */
export async function recordingSheet(
  recording: OpenedRecording,
  { sensor, firstT, lastT }: Span,
  names: readonly string[],
): Promise<Buffer> {
  const drawers = names.map(rendererNamed);
  const wanted = drawers.length === 1 ? COLUMNS * ROWS : COLUMNS + 2;
  const everyMs = Math.min(WINDOW_MS, Math.max(0.001, (lastT - firstT) / 1000 / wanted));
  const horizonUs = Math.max(...drawers.map((renderer) => renderer.horizonUs ?? 0));
  const cells: Cell[][] = drawers.map(() => []);
  for await (const window of windowsOf(recording, sensor, everyMs, horizonUs)) {
    // The n-th picture is the first window at or after the n-th part of the span.
    if (window.start + everyMs * 1000 <= firstT + (cells[0]!.length * (lastT - firstT)) / wanted || cells[0]!.length >= wanted) continue;
    for (const [row, renderer] of drawers.entries())
      cells[row]!.push({ picture: renderer.draw(window), lines: linesOf(window, renderer, firstT) });
  }
  const rows = drawers.length === 1 ? Array.from({ length: ROWS }, (_, row) => cells[0]!.slice(row * COLUMNS, (row + 1) * COLUMNS)) : cells;
  const [first] = cells[0]!;
  const shape = first && !(first.picture instanceof Uint8Array) ? first.picture.height / first.picture.width : 0.75;
  return contactSheet(
    rows.filter((row) => row.length > 0),
    { cellWidth: 320, cellHeight: Math.round(320 * shape), lines: 2 },
  );
}

function rendererNamed(name: string): Renderer {
  const make = renderers[name];
  if (make) return make();
  throw new PipelineError('CONFIG_INVALID', `--renderers: no renderer '${name}'; there are ${Object.keys(renderers).join(', ')}`);
}

async function* windowsOf(recording: OpenedRecording, sensor: string, everyMs: number, horizonUs: number): AsyncIterable<EventWindow> {
  const decode = decodeSensor(allFormats);
  const assigner = tumbling({ everyMs }).start({ horizonUs });
  for await (const packet of recording.packets(new AbortController().signal)) {
    if (packet.sensor !== sensor) continue;
    try {
      yield* assigner.push(decode(packet));
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      // A packet that is mostly damaged has no picture; `inspect` counts it.
    }
  }
  const held = decode.end();
  if (held) yield* assigner.push(held);
  yield* assigner.flush();
}

const linesOf = (window: EventWindow, { name }: Renderer, firstT: number): string[] => [
  `${signed((window.start - firstT) / 1000)} ms, ${((window.end - window.start) / 1000).toFixed(1)} ms, ${name}`,
  `${window.count.toLocaleString('en-US')} events, ${window.count > 0 ? Math.round((100 * window.on) / window.count) : 0} % ON`,
];

const signed = (ms: number): string => `${ms < 0 ? '' : '+'}${ms.toFixed(1)}`;
