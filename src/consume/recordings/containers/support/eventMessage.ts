import { messageOf } from '../../../../errors.ts';
import { shown } from '../../../../stage/shown.ts';
import { MOST, seqOf, wholeNumber } from '../../../wholeNumber.ts';
import type { ContainedPacket } from '../../container.ts';
import { faultyPacket } from './faultyPacket.ts';

/*
  event_camera_msgs/EventPacket
    header { [u32 seq, ROS 1 only], stamp { u32 sec, u32 nsec }, string frame_id }
    u32 height, u32 width, u64 seq, u64 time_base (ns), string encoding, bool is_bigendian, u8[] events
  dvs_msgs/EventArray
    header as above, u32 height, u32 width, events[] { u16 x, u16 y, { u32 sec, u32 nsec } ts, bool polarity }

  ROS 1: fields one after the other, little endian; strings and arrays begin with their u32 length.
  ROS 2 (CDR): 4 bytes before all (bit 0 of the second: little endian), then each number at a multiple of its own size,
    counted from after those 4; strings end with a zero byte that is in their length.
*/

/** What the messages of a topic with events hold, recognised by the name of their type; `array` is a list of events. */
export type EventMessage = 'packet' | 'array';

/** What the messages of a type are; undefined for those without events. */
export function eventMessage(type: string): EventMessage | undefined {
  const [name, message] = [type.split('/')[0], type.split('/').at(-1)];
  if (message === 'EventPacket' || (message === 'EventArray' && name === 'event_array_msgs')) return 'packet';
  return message === 'EventArray' && (name === 'dvs_msgs' || name === 'prophesee_event_msgs') ? 'array' : undefined;
}

interface Reader {
  u8(): number;
  u16(): number;
  u32(): number;
  u64(): bigint;
  text(): string;
  bytes(length: number): Uint8Array;
  /** Bytes that were not read yet. */
  readonly left: number;
}

/** Reads fields in turn. Reading beyond the end throws RangeError. */
function makeReader(data: Uint8Array, cdr: boolean): Reader {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const start = cdr ? 4 : 0;
  const little = !cdr || (view.getUint8(1) & 1) === 1;
  let at = start;
  const next = (size: number): number => {
    if (cdr) at += (size - ((at - start) % size)) % size;
    at += size;
    return at - size;
  };
  const bytes = (length: number): Uint8Array => {
    if (at + length > data.length) throw new RangeError(`it ends ${at + length - data.length} bytes too early`);
    at += length;
    return data.subarray(at - length, at);
  };
  const u32 = (): number => view.getUint32(next(4), little);
  return {
    u8: () => view.getUint8(next(1)),
    u16: () => view.getUint16(next(2), little),
    u32,
    u64: () => view.getBigUint64(next(8), little),
    text() {
      const text = bytes(u32());
      return Buffer.from(text.at(-1) === 0 ? text.subarray(0, -1) : text).toString('utf8');
    },
    bytes,
    get left() {
      return data.length - at;
    },
  };
}

/**
 * The packet in a message of `topic`; one with a `fault` where the message holds none.
 * @param data what the file has in the place of a message
 * @param count messages of this topic before it, for those that do not count themselves
 */
export function eventPacket(kind: EventMessage, topic: string, data: unknown, cdr: boolean, count: number): ContainedPacket {
  const bytes = data instanceof Uint8Array ? data : new Uint8Array(0);
  try {
    if (bytes !== data) throw new TypeError(`the message should be bytes (found ${shown(data)})`);
    return readMessage(kind, topic, bytes, cdr, count);
  } catch (cause) {
    return faultyPacket(topic, bytes, `message ${count} of the topic cannot be read as events: ${messageOf(cause)}`);
  }
}

/** Throws RangeError where the message ends too early. */
function readMessage(kind: EventMessage, topic: string, data: Uint8Array, cdr: boolean, count: number): ContainedPacket {
  const reader = makeReader(data, cdr);
  if (!cdr) reader.u32();
  const capturedAtUs = reader.u32() * 1e6 + Math.floor(reader.u32() / 1000);
  reader.text();
  const [height, width] = [reader.u32(), reader.u32()];
  const about = { sensor: topic, width, height, capturedAtUs };
  if (kind === 'array') return { ...about, seq: count, encoding: 'dvs_msgs', timeBaseNs: 0n, bytes: eventRecords(reader, cdr) };
  const seq = seqOf(reader.u64());
  const timeBaseNs = wholeNumber("field 'time_base'", reader.u64(), MOST.timeBaseNs);
  const encoding = reader.text();
  const bigEndian = reader.u8() !== 0;
  const events = reader.bytes(reader.u32());
  // Both encodings are made of 16-bit words; others never come this way round.
  const swapped = bigEndian && (encoding === 'evt3' || encoding === 'libcaer_cmp');
  return { ...about, seq, encoding, timeBaseNs, bytes: swapped ? Buffer.from(events.subarray(0, events.length & ~1)).swap16() : events };
}

/** The events of an array as ROS 1 lays them out, 13 bytes each: what the format `dvs_msgs` reads. */
function eventRecords(reader: Reader, cdr: boolean): Uint8Array {
  const count = reader.u32();
  if (!cdr) return reader.bytes(count * 13);
  if (count * 13 > reader.left) throw new RangeError(`the message ends before its ${count} events do`);
  const records = new Uint8Array(count * 13);
  const view = new DataView(records.buffer);
  for (let i = 0, at = 0; i < count; i++, at += 13) {
    view.setUint16(at, reader.u16(), true);
    view.setUint16(at + 2, reader.u16(), true);
    view.setUint32(at + 4, reader.u32(), true);
    view.setUint32(at + 8, reader.u32(), true);
    view.setUint8(at + 12, reader.u8());
  }
  return records;
}
