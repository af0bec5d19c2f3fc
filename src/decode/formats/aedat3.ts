import { makeByteQueue } from '../byteQueue.ts';
import { columns } from '../columns.ts';
import { type Decoder, type Detected, type Format, type StreamInfo, noCounts } from '../decoder.ts';

/*
  AEDAT 3 file (cAER)
    lines that begin with "#", the first "#!AER-DAT3.1", the last "#!END-HEADER"; lines end with CR LF
    packets, little endian
      i16 event type: 0 special, 1 polarity, others; i16 source, i32 event size, i32 offset of t in an event,
      i32 wraps of the clock, i32 capacity, i32 events, i32 valid events
      events: event size * events bytes
        polarity, 8 bytes: u32 valid[0], polarity[1], y[16:2], x[31:17]; i32 t (µs)
  t in full = wraps * 2^31 + t.
*/

const HEADER = 28;
const SPECIAL = 0;
const POLARITY = 1;
const LARGEST_EVENT = 2 ** 24;
const MOST_EVENTS = 2 ** 24;
/** Times stay below 2^53. */
const MOST_WRAPS = 2 ** 21;
const END = '#!END-HEADER\r\n';
const CHIPS: readonly (readonly [RegExp, number, number])[] = [
  [/davis_?346/i, 346, 260],
  [/davis_?640/i, 640, 480],
  [/davis_?(?:240|hd)?240/i, 240, 180],
  [/davis240/i, 240, 180],
  [/davis_?208/i, 208, 192],
  [/davis_?128/i, 128, 128],
  [/dvs_?128/i, 128, 128],
  [/dvxplorer|dvs_?xplorer/i, 640, 480],
];

export const aedat3: Format = {
  name: 'aedat3',
  detect: detectAedat3,
  start: startAedat3,
};

function detectAedat3(head: Uint8Array): Detected | undefined {
  const text = Buffer.from(head).toString('latin1');
  if (!text.startsWith('#!AER-DAT3')) return undefined;
  const end = text.indexOf(END);
  if (end < 0) return { headerBytes: 0, width: 0, height: 0, geometryFrom: 'a header without its end' };
  const header = text.slice(0, end);
  const [, width = 0, height = 0] = CHIPS.find(([name]) => name.test(header)) ?? [];
  return {
    headerBytes: end + END.length,
    width,
    height,
    geometryFrom: width > 0 ? 'chip named in the header' : 'no known chip in the header',
  };
}

/** What the header of a packet says, and how many of its events are still to come. */
interface OpenPacket {
  readonly type: number;
  /** Bytes of an event. */
  readonly size: number;
  readonly offsetUs: number;
  left: number;
}

/** Undefined where the bytes are no header. */
function readPacketHeader(bytes: Uint8Array): OpenPacket | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER);
  const type = view.getInt16(0, true);
  const [size, wraps, left] = [view.getInt32(4, true), view.getInt32(12, true), view.getInt32(20, true)];
  const isPossible =
    type >= 0 && type < 256 && size > 0 && size <= LARGEST_EVENT && left >= 0 && left <= MOST_EVENTS && wraps >= 0 && wraps < MOST_WRAPS;
  if (!isPossible || ((type === POLARITY || type === SPECIAL) && size < 8)) return undefined;
  return { type, size, left, offsetUs: wraps * 2 ** 31 };
}

/** 2, 3, 4: an edge or a pulse at the external input. */
const isTrigger = (special: number): boolean => (special & 1) === 1 && special >> 1 >= 2 && special >> 1 <= 4;

function startAedat3({ width, height }: StreamInfo): Decoder {
  const counters = noCounts();
  const queue = makeByteQueue();
  let clockUs = Number.NaN;
  let n = 0;
  let packet: OpenPacket = { type: 0, size: 1, left: 0, offsetUs: 0 };
  let lost = false;

  const readEvents = (bytes: Uint8Array): void => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    columns.reserve(n + bytes.length / packet.size);
    const { t, x, y, p } = columns;
    for (let at = 0; at < bytes.length; at += packet.size) {
      const data = view.getUint32(at, true);
      const time = packet.offsetUs + view.getInt32(at + 4, true);
      if ((data & 1) === 0) {
        counters.otherWords++;
        continue;
      }
      const column = data >>> 17;
      const row = (data >>> 2) & 0x7fff;
      if (column >= (width || 32_768) || row >= (height || 32_768) || time < packet.offsetUs) {
        counters.outOfRange++;
        continue;
      }
      if (time < clockUs) counters.timeBackward++;
      clockUs = time;
      t[n] = time;
      x[n] = column;
      y[n] = row;
      p[n++] = (data >>> 1) & 1;
    }
  };

  const readSpecial = (bytes: Uint8Array): void => {
    for (let at = 0; at < bytes.length; at += packet.size) {
      if (isTrigger(bytes[at]!)) counters.triggers++;
      else counters.otherWords++;
    }
  };

  /** Takes what is complete at the front of the queue. False if there is nothing more. */
  const step = (): boolean => {
    if (lost) {
      counters.leftoverBytes += queue.length;
      queue.drop(queue.length);
      return false;
    }
    if (packet.left === 0) {
      if (queue.length < HEADER) return false;
      const next = readPacketHeader(queue.view());
      if (next) {
        packet = next;
        queue.drop(HEADER);
        return true;
      }
      // Nothing marks the beginning of a packet, so that the next one cannot be found.
      lost = true;
      counters.unknownWords++;
      counters.gaps++;
      return true;
    }
    const count = Math.min(packet.left, Math.floor(queue.length / packet.size));
    if (count === 0) return false;
    const bytes = queue.view().subarray(0, count * packet.size);
    if (packet.type === POLARITY) readEvents(bytes);
    else if (packet.type === SPECIAL) readSpecial(bytes);
    else counters.otherWords += count;
    packet.left -= count;
    queue.drop(bytes.length);
    return true;
  };

  return {
    push(bytes) {
      n = 0;
      queue.append(bytes);
      while (step());
      counters.events += n;
      return columns.events(n);
    },
    gap() {
      counters.gaps++;
      lost = true;
    },
    end() {
      counters.leftoverBytes += queue.length;
      queue.drop(queue.length);
      return columns.events(0);
    },
    counters,
    get heldBytes() {
      return queue.heldBytes;
    },
    width,
    height,
    get clockUs() {
      return clockUs;
    },
  };
}
