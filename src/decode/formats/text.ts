import { columns } from '../columns.ts';
import { type Decoder, type Detected, type Format, type StreamInfo, noCounts } from '../decoder.ts';
import { END_OF_TIME_US, type Events } from '../events.ts';
import { makeLines } from '../lines.ts';
import { sizeOf } from '../propheseeHeader.ts';
import { type TextLayout, columnsNamed, layoutOf, splitLine } from '../textLayout.ts';

/*
  Text: one event a line, numbers apart by blanks, commas or semicolons
    comments begin with % or #; "%geometry:1280,720" and a first line of two numbers are the size of the sensor
    a heading may name the columns (t, x, y, p); else they are found by what the first lines hold
  Usual: "t x y p" in seconds (ECD, DSEC), "x,y,p,t" in microseconds (Metavision). Polarity is 1, or 0 or -1.
*/

/** The layout is found from so many lines, or from fewer after so many bytes. */
const LINES_FOR_LAYOUT = 64;
const BYTES_FOR_LAYOUT = 16_384;
const LONGEST_LINE = 1024;

export const text: Format = {
  name: 'text',
  withoutTriggers: true,
  withoutGeometry: true,
  detect: detectText,
  start: startText,
};

function detectText(head: Uint8Array): Detected | undefined {
  const sample = head.subarray(0, BYTES_FOR_LAYOUT);
  if (sample.some((byte) => byte > 0x7e || (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d))) return undefined;
  const lines = Buffer.from(sample).toString('latin1').split('\n');
  // The last line may be cut off by the end of the head.
  if (lines.length > 1 && head.length > sample.length) lines.pop();
  const preface = readPreface(lines);
  if (!layoutOf(preface.events.slice(0, LINES_FOR_LAYOUT), preface.named)) return undefined;
  const { width, height } = preface;
  return { headerBytes: 0, width, height, geometryFrom: width > 0 ? 'header' : 'none in the file' };
}

interface Preface {
  readonly events: string[];
  readonly named: ReturnType<typeof columnsNamed>;
  readonly width: number;
  readonly height: number;
}

/** Divides the first lines of a file into events, and what describes them. */
function readPreface(lines: readonly string[]): Preface {
  const events: string[] = [];
  let named = {};
  let size: readonly [number, number] | undefined;
  for (const line of lines) {
    const geometry = /^[%#]\s*geometry(?:\s*:\s*|\s+)(\d+)\s*[,x]\s*(\d+)/i.exec(line);
    if (geometry) size = sizeOf(geometry[1], geometry[2]);
    else if (line.trim() === '') continue;
    else if (events.length === 0 && splitLine(line).length === 2) size ??= sizeOf(...(splitLine(line) as [string, string]));
    else if (events.length === 0 && isHeading(line)) {
      const found = columnsNamed(line);
      if (Object.keys(found).length >= 4) named = found;
    } else if (!isComment(line)) events.push(line);
  }
  const [width, height] = size ?? [0, 0];
  return { events, named, width, height };
}

const isNumbers = (line: string): boolean =>
  splitLine(line).length >= 4 &&
  !splitLine(line)
    .slice(0, 4)
    .some((word) => Number.isNaN(Number(word)));
const isComment = (line: string): boolean => line.startsWith('%') || line.startsWith('#');
const isHeading = (line: string): boolean => /^[%#\s]*[a-z]/i.test(line);

function startText(stream: StreamInfo): Decoder {
  const counters = noCounts();
  const lines = makeLines(LONGEST_LINE, counters);
  /** Lines that wait until there are enough to find the layout. */
  const waiting: string[] = [];
  let waitingBytes = 0;
  let layout: TextLayout | undefined;
  let { width, height } = stream;
  let clockUs = Number.NaN;
  let n = 0;

  const readLine = (line: string, at: TextLayout): void => {
    if (line.trim() === '' || isComment(line)) return;
    const words = splitLine(line);
    const numberAt = (index: number): number => Number(words[index] ?? Number.NaN);
    const [t, column, row, on] = [Math.round(numberAt(at.t) * at.unitUs), numberAt(at.x), numberAt(at.y), numberAt(at.p)];
    if (Number.isNaN(t) || !Number.isInteger(column) || !Number.isInteger(row) || Number.isNaN(on)) {
      counters.unknownWords++;
      return;
    }
    const isPossible = column >= 0 && row >= 0 && column < (width || 65_536) && row < (height || 65_536) && t >= 0 && t < END_OF_TIME_US;
    if (!isPossible || (on !== 0 && on !== 1 && on !== -1)) {
      counters.outOfRange++;
      return;
    }
    if (t < clockUs) counters.timeBackward++;
    clockUs = t;
    columns.reserve(n + 1);
    columns.t[n] = t;
    columns.x[n] = column;
    columns.y[n] = row;
    columns.p[n++] = on === 1 ? 1 : 0;
  };

  /** Finds the layout of the lines that waited for it, and reads them. */
  const settle = (): void => {
    const preface = readPreface(waiting);
    width ||= preface.width;
    height ||= preface.height;
    layout = layoutOf(preface.events.filter(isNumbers).slice(0, LINES_FOR_LAYOUT), preface.named);
    if (layout) for (const line of preface.events) readLine(line, layout);
    else {
      counters.unknownWords += preface.events.length;
      layout = { t: 0, x: 1, y: 2, p: 3, unitUs: 1e6 };
    }
    waiting.length = 0;
  };

  const takeLine = (line: string): void => {
    if (layout) return readLine(line, layout);
    waiting.push(line);
    waitingBytes += line.length + 1;
    if (waiting.length >= LINES_FOR_LAYOUT || waitingBytes >= BYTES_FOR_LAYOUT) settle();
  };

  /** The events that were read since `n` was 0. */
  const delivered = (): Events => {
    counters.events += n;
    return columns.events(n);
  };

  return {
    push(bytes) {
      n = 0;
      for (const line of lines.take(bytes)) takeLine(line);
      return delivered();
    },
    gap() {
      counters.gaps++;
      lines.gap();
    },
    end() {
      n = 0;
      const last = lines.end();
      if (last !== undefined) takeLine(last);
      if (!layout && waiting.length > 0) settle();
      return delivered();
    },
    counters,
    get heldBytes() {
      return layout ? 0 : waitingBytes;
    },
    get width() {
      return width;
    },
    get height() {
      return height;
    },
    get clockUs() {
      return clockUs;
    },
  };
}
