import { DatabaseSync } from 'node:sqlite';
import { McapWriter } from '@mcap/core';

/** Writers of ROS files, straight from their descriptions, to test the readers with. */

export interface TestPacket {
  readonly topic: string;
  readonly seq: number;
  readonly encoding: string;
  readonly width: number;
  readonly height: number;
  readonly timeBaseNs: bigint;
  readonly sec: number;
  readonly nsec: number;
  readonly bytes: Uint8Array;
}

export const PACKET_FIELDS = [
  'std_msgs/Header header',
  'uint32 height',
  'uint32 width',
  'uint64 seq',
  'uint64 time_base',
  'string encoding',
  'bool is_bigendian',
  'uint8[] events',
].join('\n');

const u16 = (value: number): Buffer => Buffer.from(Uint16Array.of(value).buffer);
const u32 = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);
const u64 = (value: bigint): Buffer => Buffer.from(BigUint64Array.of(value).buffer);
const text1 = (text: string): Buffer => Buffer.concat([u32(text.length), Buffer.from(text)]);

/** An EventPacket as ROS 1 serialises it. */
export const ros1Packet = ({ seq, encoding, width, height, timeBaseNs, sec, nsec, bytes }: TestPacket): Buffer =>
  Buffer.concat([
    u32(seq),
    u32(sec),
    u32(nsec),
    text1('camera'),
    u32(height),
    u32(width),
    u64(BigInt(seq)),
    u64(timeBaseNs),
    text1(encoding),
    Buffer.of(0),
    u32(bytes.length),
    bytes,
  ]);

/** A dvs_msgs/EventArray as ROS 1 serialises it. */
export const ros1EventArray = (
  width: number,
  height: number,
  events: readonly (readonly [t: number, x: number, y: number, p: number])[],
): Buffer =>
  Buffer.concat([
    u32(1),
    u32(5),
    u32(6),
    text1(''),
    u32(height),
    u32(width),
    u32(events.length),
    ...events.flatMap(([t, x, y, p]) => [u16(x), u16(y), u32(Math.floor(t / 1e6)), u32((t % 1e6) * 1000), Buffer.of(p)]),
  ]);

/** An EventPacket in CDR, as ROS 2 serialises it. */
export function cdrPacket({ seq, encoding, width, height, timeBaseNs, sec, nsec, bytes }: TestPacket): Buffer {
  const parts: Buffer[] = [];
  let length = 0;
  const put = (part: Buffer, align: number): void => {
    const padding = (align - (length % align)) % align;
    parts.push(Buffer.alloc(padding), part);
    length += padding + part.length;
  };
  const text = (value: string): void => {
    put(u32(value.length + 1), 4);
    put(Buffer.from(`${value}\0`), 1);
  };
  put(u32(sec), 4);
  put(u32(nsec), 4);
  text('camera_a');
  put(u32(height), 4);
  put(u32(width), 4);
  put(u64(BigInt(seq)), 8);
  put(u64(timeBaseNs), 8);
  text(encoding);
  put(Buffer.of(0), 1);
  put(u32(bytes.length), 4);
  put(Buffer.from(bytes), 1);
  return Buffer.concat([Buffer.of(0, 1, 0, 0), ...parts]);
}

export interface BagMessage {
  readonly topic: string;
  readonly type: string;
  readonly sec: number;
  readonly nsec: number;
  readonly data: Buffer;
}

/*
  ROS 1 bag 2.0: "#ROSBAG V2.0\n", records of { u32 length, fields { u32 length, name "=" value }, u32 length, data }
  http://wiki.ros.org/Bags/Format/2.0
*/
const record = (fields: Readonly<Record<string, Buffer>>, data: Buffer): Buffer => {
  const header = Buffer.concat(
    Object.entries(fields).map(([name, value]) => Buffer.concat([u32(name.length + 1 + value.length), Buffer.from(`${name}=`), value])),
  );
  return Buffer.concat([u32(header.length), header, u32(data.length), data]);
};

/** A bag with one chunk for each two messages. */
export function bagFile(messages: readonly BagMessage[], compression = 'none', pack = (content: Buffer): Uint8Array => content): Buffer {
  const topics = [...new Set(messages.map(({ topic }) => topic))];
  const connection = (topic: string): Buffer => {
    const fields = { topic: Buffer.from(topic), type: Buffer.from(messages.find((message) => message.topic === topic)?.type ?? '') };
    const about = record(
      { ...fields, md5sum: Buffer.from('0'.repeat(32)), message_definition: Buffer.from(PACKET_FIELDS) },
      Buffer.alloc(0),
    );
    // The data of a connection is a header of its own, without lengths around it.
    const inner = about.subarray(4, about.length - 4);
    return record({ op: Buffer.of(7), conn: u32(topics.indexOf(topic)), topic: Buffer.from(topic) }, inner);
  };
  const magic = Buffer.from('#ROSBAG V2.0\n');
  const parts: Buffer[] = [];
  const infos: Buffer[] = [];
  let at = magic.length + 4096;
  const add = (part: Buffer): void => {
    parts.push(part);
    at += part.length;
  };
  for (let i = 0; i < messages.length; i += 2) {
    const inside = messages.slice(i, i + 2);
    const entries = new Map<number, Buffer[]>();
    let content = Buffer.alloc(0);
    for (const { topic, sec, nsec, data } of inside) {
      const conn = topics.indexOf(topic);
      if (!entries.has(conn)) content = Buffer.concat([content, connection(topic)]);
      const time = Buffer.concat([u32(sec), u32(nsec)]);
      entries.set(conn, [...(entries.get(conn) ?? []), Buffer.concat([time, u32(content.length)])]);
      content = Buffer.concat([content, record({ op: Buffer.of(2), conn: u32(conn), time }, data)]);
    }
    const times = inside.map(({ sec, nsec }) => Buffer.concat([u32(sec), u32(nsec)]));
    const chunkAt = BigInt(at);
    add(record({ op: Buffer.of(5), compression: Buffer.from(compression), size: u32(content.length) }, Buffer.from(pack(content))));
    for (const [conn, index] of entries) {
      add(record({ op: Buffer.of(4), ver: u32(1), conn: u32(conn), count: u32(index.length) }, Buffer.concat(index)));
    }
    const counts = [...entries].map(([conn, index]) => Buffer.concat([u32(conn), u32(index.length)]));
    const [start, end] = [times[0] ?? Buffer.alloc(8), times.at(-1) ?? Buffer.alloc(8)];
    const fields = { op: Buffer.of(6), ver: u32(1), chunk_pos: u64(chunkAt), start_time: start, end_time: end, count: u32(entries.size) };
    infos.push(record(fields, Buffer.concat(counts)));
  }
  const indexAt = BigInt(at);
  const header = { op: Buffer.of(3), index_pos: u64(indexAt), conn_count: u32(topics.length), chunk_count: u32(infos.length) };
  const bare = record(header, Buffer.alloc(0));
  const bagHeader = record(header, Buffer.alloc(4096 - bare.length, 0x20));
  return Buffer.concat([magic, bagHeader, ...parts, ...topics.map(connection), ...infos]);
}

export interface McapMessage {
  readonly topic: string;
  readonly type: string;
  readonly encoding: 'cdr' | 'ros1';
  readonly timeNs: bigint;
  readonly data: Uint8Array;
}

/** An MCAP file made by the library's own writer. */
export async function mcapFile(
  messages: readonly McapMessage[],
  compression = '',
  pack = (content: Uint8Array): Uint8Array => content,
): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let position = 0n;
  const writable = {
    async write(bytes: Uint8Array): Promise<void> {
      parts.push(Uint8Array.from(bytes));
      position += BigInt(bytes.length);
    },
    position: () => position,
  };
  const writer = new McapWriter({ writable, chunkSize: 4096, compressChunk: (data) => ({ compression, compressedData: pack(data) }) });
  await writer.start({ profile: 'ros2', library: 'test' });
  const channels = new Map<string, number>();
  for (const { topic, type, encoding, timeNs, data } of messages) {
    let channelId = channels.get(topic);
    if (channelId === undefined) {
      const schemaId = await writer.registerSchema({ name: type, encoding: 'ros2msg', data: Buffer.from(PACKET_FIELDS) });
      channelId = await writer.registerChannel({ schemaId, topic, messageEncoding: encoding, metadata: new Map() });
      channels.set(topic, channelId);
    }
    await writer.addMessage({ channelId, sequence: 0, logTime: timeNs, publishTime: timeNs, data });
  }
  await writer.end();
  return Buffer.concat(parts);
}

/** A ROS 2 bag in SQLite. */
export function writeDb3(path: string, messages: readonly McapMessage[]): void {
  const database = new DatabaseSync(path);
  database.exec('CREATE TABLE topics (id INTEGER PRIMARY KEY, name TEXT, type TEXT, serialization_format TEXT, offered_qos_profiles TEXT)');
  database.exec('CREATE TABLE messages (id INTEGER PRIMARY KEY, topic_id INTEGER, timestamp INTEGER, data BLOB)');
  const topics = [...new Map(messages.map(({ topic, type }) => [topic, type]))];
  topics.forEach(([topic, type], i) => database.prepare('INSERT INTO topics VALUES (?, ?, ?, ?, ?)').run(i + 1, topic, type, 'cdr', ''));
  for (const { topic, timeNs, data } of messages) {
    const id = topics.findIndex(([name]) => name === topic) + 1;
    database.prepare('INSERT INTO messages (topic_id, timestamp, data) VALUES (?, ?, ?)').run(id, timeNs, data);
  }
  database.close();
}
