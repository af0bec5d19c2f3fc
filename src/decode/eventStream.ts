import { columns } from './columns.ts';
import { type Decoder, type Detected, type Format, type StreamInfo, noCounts } from './decoder.ts';
import { startsWith } from './startsWith.ts';

/*
  Event Stream file (.es), little endian
    "Event Stream", u8 x 3 version (2.x.y), u8 type: 0 generic, 1 dvs, 2 atis, 4 color
    u16 width, u16 height (not for generic)
    dvs      u8 c: FF: t += 127; FE: reset, skipped; else t += c >> 1, polarity c & 1, u16 x, u16 y
    atis     u8 c: 111111nn: t += 63 * n; else t += c >> 2, c & 3: 0 OFF, 1 exposure start, 2 ON, 3 exposure end, u16 x, u16 y
    color    u8 c: FF: t += 254; else t += c, u16 x, u16 y, u8 r, g, b
    generic  u8 c: FF: t += 254; else t += c, length in groups of 7 bits (bit 0: more follow), so many bytes
  y counts from the bottom. Times are differences: after a gap they are unknown for good, and so is where the next event begins.
*/

const MAGIC = Buffer.from('Event Stream');
const LONGEST_RECORD = 8;

export interface EventStreamLayout {
  /** The type in the file's header. */
  readonly type: number;
  /** Bytes of an event. */
  readonly size: number;
  /** The time that a first byte stands for where it is not the beginning of an event; undefined where it is. */
  readonly wait: (first: number) => number | undefined;
  /** The time from the event before. */
  readonly step: (first: number) => number;
  /** Polarity; undefined for events without one. */
  readonly polarity: (first: number) => number | undefined;
}

/** A format of Event Stream files whose events have one size. */
export const eventStream = (name: string, layout: EventStreamLayout): Format => ({
  name,
  withoutTriggers: true,
  detect: (head) => detectEventStream(head, layout.type),
  start: (stream) => start(stream, layout),
});

export function detectEventStream(head: Uint8Array, type: number): Detected | undefined {
  if (!startsWith(head, MAGIC) || head[15] !== type) return undefined;
  if (type === 0) return { headerBytes: 16, width: 0, height: 0, geometryFrom: 'none in the file' };
  if (head.length < 20) return undefined;
  const [width, height] = [head[16]! | (head[17]! << 8), head[18]! | (head[19]! << 8)];
  return { headerBytes: 20, width, height, geometryFrom: 'header' };
}

function start({ width, height }: StreamInfo, { size, wait, step, polarity }: EventStreamLayout): Decoder {
  const counters = noCounts();
  let rest = new Uint8Array(0);
  let now = Number.NaN;
  let lost = false;

  const read = (bytes: Uint8Array): { n: number; used: number } => {
    columns.reserve(Math.ceil(bytes.length / size));
    const { t, x, y, p } = columns;
    let n = 0;
    let at = 0;
    while (at < bytes.length) {
      const first = bytes[at]!;
      const waited = wait(first);
      if (waited !== undefined) {
        if (waited === 0) counters.otherWords++;
        now += waited;
        at++;
        continue;
      }
      if (at + size > bytes.length) break;
      now += step(first);
      const column = bytes[at + 1]! | (bytes[at + 2]! << 8);
      const row = height - 1 - (bytes[at + 3]! | (bytes[at + 4]! << 8));
      at += size;
      const on = polarity(first);
      if (on === undefined) counters.otherWords++;
      else if (column >= width || row < 0) counters.outOfRange++;
      else {
        t[n] = now;
        x[n] = column;
        y[n] = row;
        p[n++] = on;
      }
    }
    return { n, used: at };
  };

  return {
    push(bytes) {
      if (lost) {
        counters.leftoverBytes += bytes.length;
        return columns.events(0);
      }
      if (bytes.length > 0 && Number.isNaN(now)) now = 0;
      const joined = rest.length > 0 ? Buffer.concat([rest, bytes]) : bytes;
      const { n, used } = read(joined);
      rest = Uint8Array.from(joined.subarray(used, used + LONGEST_RECORD));
      counters.events += n;
      return columns.events(n);
    },
    gap() {
      lost = true;
      counters.gaps++;
      counters.leftoverBytes += rest.length;
      rest = new Uint8Array(0);
    },
    end() {
      counters.leftoverBytes += rest.length;
      rest = new Uint8Array(0);
      return columns.events(0);
    },
    counters,
    width,
    height,
    get clockUs() {
      return now;
    },
  };
}
