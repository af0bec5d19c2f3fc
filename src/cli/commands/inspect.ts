import { print, printJson } from '../support/print.ts';
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { openRecording, withGeometry } from '../../consume/recordings/openRecording.ts';
import { PipelineError } from '../../errors.ts';
import { shown } from '../../stage/shown.ts';
import { allContainers } from '../../consume/allContainers.ts';
import { allFormats } from '../../decode/allFormats.ts';
import { type RecordingFacts, type Inspection, type Rate, makeInspection } from '../support/inspection.ts';
import { recordingSheet } from '../support/recordingSheet.ts';

interface InspectOptions {
  json?: true;
  format?: string;
  width?: number;
  height?: number;
  packetBytes: number;
}

interface SheetOptions {
  sheet?: string;
  renderers: string;
}

/** `inspect RECORDING`: format, geometry, span, rates, counts and digests of a recording. */
export const inspectCommand = (program: Command): void => {
  program
    .command('inspect')
    .description('format, geometry, time span, rates, counters and digests of a recording')
    .argument('<recording>', 'path of a recording in any known format')
    .option('--json', 'one JSON object instead of a table')
    .option('--sheet <png>', 'write a contact sheet: windows spread evenly over the whole recording')
    .option('--renderers <names>', 'renderers of the sheet, separated by commas; several have a row each', 'polarity')
    .option('--format <name>', 'read the file in this format instead of recognising it')
    .option('--width <pixels>', 'sensor width, where the file does not say', pixels)
    .option('--height <pixels>', 'sensor height, where the file does not say', pixels)
    .option('--packet-bytes <bytes>', 'bytes decoded at a time', Number, 65_536)
    .action(async (file: string, options: InspectOptions & SheetOptions) => {
      const report = await inspect(file, options);
      if (options.sheet !== undefined) await writeSheet(file, options.sheet, report, options);
      if (options.json) printJson(report, 2);
      else print(table(report));
    });
};

function pixels(text: string): number {
  const size = Number(text);
  if (Number.isInteger(size) && size > 0 && size <= 65_536) return size;
  throw new PipelineError(
    'CONFIG_INVALID',
    `--width, --height: a sensor size is a whole number of pixels from 1 to 65536 (found '${text}')`,
  );
}

async function writeSheet(file: string, sheet: string, report: Report, options: InspectOptions & SheetOptions): Promise<void> {
  const entry = 'sensors' in report ? report.sensors.find(({ events }) => events > 0) : report;
  if (!entry || entry.firstT === null || entry.lastT === null) {
    throw new PipelineError('INPUT_UNREADABLE', `${file}: there are no events to draw on a sheet`);
  }
  // A sensor of unknown size is as large as its events need.
  const size = { width: entry.width ?? (entry.xMax ?? 0) + 1, height: entry.height ?? (entry.yMax ?? 0) + 1 };
  const recording = await openRecording({ formats: allFormats, containers: allContainers }, { file, ...options, ...size });
  const { sensor, firstT, lastT } = entry;
  await writeFile(sheet, await recordingSheet(recording, { sensor, firstT, lastT }, options.renderers.split(',')));
}

type Entry = Omit<RecordingFacts, 'rate'> & { readonly durationUs: number; readonly eventsPerSecond: number; readonly rate: Rate };
interface About {
  readonly file: string;
  readonly format: string;
  readonly fileBytes: number;
  readonly geometryFrom: string;
  /** Packets of a container that could not be made out, where there are any. */
  readonly unreadable?: { readonly packets: number; readonly first: string };
}

type Report = About & (Entry | { readonly sensors: readonly Entry[] });

/** Reads a whole recording and reports what is in it. Throws INPUT_UNREADABLE. */
export async function inspect(file: string, options: InspectOptions): Promise<Report> {
  const found = await openRecording({ formats: allFormats, containers: allContainers }, { file, ...options });
  const sizeless = allFormats.find(({ name }) => name === found.format)?.withoutGeometry;
  const recording = sizeless ? found : withGeometry(file, found);
  const sensors = new Map<string, Inspection>();
  let unreadable: About['unreadable'];
  for await (const packet of recording.packets(new AbortController().signal)) {
    if (packet.fault !== undefined) {
      unreadable = { packets: (unreadable?.packets ?? 0) + 1, first: unreadable?.first ?? packet.fault };
      continue;
    }
    let inspection = sensors.get(packet.sensor);
    if (!inspection) {
      const format = allFormats.find(({ name }) => name === packet.encoding);
      if (!format) throw new PipelineError('INPUT_UNREADABLE', `${file}: packets of the unknown encoding ${shown(packet.encoding)}`);
      inspection = makeInspection(format, packet);
      sensors.set(packet.sensor, inspection);
    }
    inspection.take(packet);
  }
  if (unreadable && sensors.size === 0) throw new PipelineError('INPUT_UNREADABLE', `${file}: ${unreadable.first}`);
  const entries = [...sensors.values()].map(entryOf);
  const { format, bytes: fileBytes, geometryFrom } = recording;
  const [first] = entries;
  const about = { file, format, fileBytes, geometryFrom, ...(unreadable && { unreadable }) };
  return entries.length === 1 && first ? { ...about, ...first } : { ...about, sensors: entries };
}

function entryOf(inspection: Inspection): Entry {
  inspection.finish();
  const facts = inspection.facts();
  const durationUs = (facts.lastT ?? 0) - (facts.firstT ?? 0);
  return { ...facts, durationUs, eventsPerSecond: durationUs > 0 ? Math.round((facts.events / durationUs) * 1e6) : 0 };
}

const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });
const show = (value: number | null): string => (value === null ? '-' : number.format(value));

function table(report: Report): string {
  const { file, format, fileBytes, geometryFrom, unreadable } = report;
  const entries = 'sensors' in report ? report.sensors : [report];
  const lost = unreadable ? row('unreadable', `${show(unreadable.packets)} packets, the first: ${unreadable.first}`) : '';
  const head = `${file}\n${row('format', format)}${row('size', `${show(fileBytes)} bytes`)}${lost}`;
  return head + entries.map((entry) => rows(entry, geometryFrom)).join('\n');
}

const row = (name: string, value: string): string => `  ${name.padEnd(12)}${value}\n`;

function rows(entry: Entry, geometryFrom: string): string {
  const { sensor, encoding, width, height, events, on, off, firstT, lastT, durationUs, eventsPerSecond, triggers, counters, extras } =
    entry;
  const share = (count: number): string => (events > 0 ? ` (${((100 * count) / events).toFixed(1)} %)` : '');
  const damage = Object.entries(counters).filter(([name, count]) => count > 0 && name !== 'events' && name !== 'triggers');
  return [
    row('sensor', `${sensor} (${encoding}, ${width ?? '?'} x ${height ?? '?'} from ${geometryFrom})`),
    row('events', `${show(events)}; ON ${show(on)}${share(on)}, OFF ${show(off)}${share(off)}`),
    row('time', `${show(firstT)} to ${show(lastT)} µs: ${show(durationUs / 1000)} ms`),
    row('rate', `${show(eventsPerSecond / 1e6)} Mev/s`),
    row('triggers', show(triggers)),
    ...Object.entries(extras).map(([name, count]) => row(name, show(count))),
    row('counters', damage.length > 0 ? damage.map(([name, count]) => `${name} ${show(count)}`).join(', ') : 'nothing but events and time'),
    row(
      'digests',
      Object.entries(entry.digests)
        .map(([name, hex]) => `${name} ${hex.slice(0, 12)}`)
        .join('  '),
    ),
    chart(entry.rate),
  ].join('');
}

const BARS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Event rate over time, one character a bar. */
function chart({ binUs, counts }: Rate): string {
  if (counts.length === 0) return '';
  const most = Math.max(...counts);
  const bars = counts.map((count) => BARS[Math.ceil((count / most) * (BARS.length - 1))]).join('');
  return `  ${bars}\n  ${' '.repeat(10)}one bar ${show(binUs / 1000)} ms, the highest ${show(most / binUs)} Mev/s\n`;
}
